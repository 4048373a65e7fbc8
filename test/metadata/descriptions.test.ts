import { expect } from 'chai';
import { childrenOf, fieldsOf, FILES, filesOf, flowElements, textOf, type XmlElement } from './force-app.ts';

/** Metadata types that the platform lets describe. */
const DESCRIBED = ['CustomObject', 'CustomField', 'Flow', 'PermissionSet', 'CustomApplication', 'CustomTab'];
/** The platform's limits for a description and for a help text. */
const MAX_DESCRIPTION = 1000;
const MAX_PERMISSION_SET_DESCRIPTION = 255;
const MAX_HELP = 510;

interface Described {
  readonly what: string;
  readonly label: string;
  readonly description: string;
}

function described(what: string, element: XmlElement): Described {
  const name = textOf(element, 'name') ?? textOf(element, 'fullName') ?? '';
  return { what, label: textOf(element, 'label') ?? name, description: textOf(element, 'description') ?? '' };
}

const files = FILES.filter(({ type }) => DESCRIBED.includes(type)).map(({ name, root, type }) =>
  described(`${type} ${name}`, root),
);
const elements = filesOf('Flow').flatMap((flow) =>
  flowElements(flow).map((element) => described(`${flow.name} ${textOf(element, 'name')}`, element)),
);
const values = filesOf('CustomField').flatMap(({ name, root }) =>
  childrenOf(root, 'valueSet')
    .flatMap((set) => childrenOf(set, 'valueSetDefinition'))
    .flatMap((definition) => childrenOf(definition, 'value'))
    .map((value) => described(`${name} ${textOf(value, 'fullName')}`, value)),
);

const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/\w+/g));
const addedWords = ({ label, description }: Described): number =>
  [...words(description)].filter((word) => !words(label).has(word)).length;
const names = (found: readonly Described[]): string[] => found.map(({ what }) => what);

describe('descriptions in force-app', () => {
  it('describe every object, field, flow, permission set, application and tab', () => {
    expect(names(files.filter(({ description }) => description === ''))).to.deep.equal([]);
    expect(files).to.have.lengthOf.above(50);
  });

  it('describe every element, variable, constant and formula of a flow', () => {
    expect(names(elements.filter(({ description }) => description === ''))).to.deep.equal([]);
    expect(elements).to.have.lengthOf.above(20);
  });

  it('describe every picklist value', () => {
    expect(names(values.filter(({ description }) => description === ''))).to.deep.equal([]);
  });

  it('say at least six words that the label does not say', () => {
    expect(names([...files, ...elements].filter((each) => addedWords(each) < 6))).to.deep.equal([]);
  });

  it('are whole sentences', () => {
    const sentence = /^[A-Z0-9].*[.]$/s;
    expect(
      names([...files, ...elements, ...values].filter(({ description }) => !sentence.test(description))),
    ).to.deep.equal([]);
  });

  it('say of every field when or by whom it is written', () => {
    const writer = /\b(written|writes|set|filled|calculated)\b/i;
    const silent = filesOf('CustomField').filter(({ root }) => !writer.test(textOf(root, 'description') ?? ''));
    expect(silent.map(({ name }) => name)).to.deep.equal([]);
  });

  it('fit the limits of the platform', () => {
    const limit = ({ what }: Described): number =>
      what.startsWith('PermissionSet') ? MAX_PERMISSION_SET_DESCRIPTION : MAX_DESCRIPTION;
    expect(
      names([...files, ...elements, ...values].filter((each) => each.description.length > limit(each))),
    ).to.deep.equal([]);
    const help = filesOf('CustomField').filter(({ root }) => (textOf(root, 'inlineHelpText') ?? '').length > MAX_HELP);
    expect(help.map(({ name }) => name)).to.deep.equal([]);
  });

  it('come with a help text on every field, which is not the description again', () => {
    const fields = filesOf('CustomField').map(({ name, root }) => ({
      name,
      help: textOf(root, 'inlineHelpText') ?? '',
      description: textOf(root, 'description'),
    }));
    expect(
      fields.filter(({ help, description }) => help.length < 20 || help === description).map(({ name }) => name),
    ).to.deep.equal([]);
  });

  it('mark every field that holds an address as personal data', () => {
    const addresses = filesOf('CustomField').filter(({ root }) =>
      /\baddress/i.test(`${textOf(root, 'label')} ${textOf(root, 'inlineHelpText')}`),
    );
    const texts = addresses.filter(
      ({ root }) =>
        textOf(root, 'type') === 'Text' && textOf(root, 'unique') !== 'true' && textOf(root, 'length') === '255',
    );
    expect(texts.map(({ name }) => name)).to.include.members([
      'Activity.ReplyFrom__c',
      'TrackedEmail__c.SenderAddress__c',
      'TrackedRecipient__c.Address__c',
    ]);
    for (const { name, root } of texts) {
      expect(textOf(root, 'complianceGroup'), name).to.equal('PII;GDPR');
      expect(textOf(root, 'securityClassification'), name).to.equal('Confidential');
    }
  });

  it('classify every field but the master-detail ones', () => {
    const open = filesOf('CustomField').filter(
      ({ root }) => textOf(root, 'type') !== 'MasterDetail' && textOf(root, 'securityClassification') === undefined,
    );
    expect(open.map(({ name }) => name)).to.deep.equal([]);
    expect(fieldsOf('Activity')).to.have.lengthOf(12);
  });
});
