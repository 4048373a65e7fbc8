import { expect } from 'chai';
import { childrenOf, FILES, filesOf, flowElements, textOf, type XmlElement } from './force-app.ts';

/** Metadata types that the platform lets describe, each with the longest description it takes. */
const DESCRIBED: Readonly<Record<string, number>> = {
  CustomApplication: 1000,
  CustomField: 1000,
  CustomNotificationType: 255,
  CustomObject: 1000,
  CustomPermission: 255,
  CustomTab: 1000,
  Dashboard: 255,
  FlexiPage: 255,
  Flow: 1000,
  FlowTest: 255,
  LightningComponentBundle: 1000,
  PermissionSet: 255,
  QuickAction: 255,
  Report: 255,
  ReportType: 255,
  ValidationRule: 255,
};
/** Metadata types that have no place for a description, or show it to nobody. */
const UNDESCRIBED = ['CompactLayout', 'CustomMetadata', 'DashboardFolder', 'Layout', 'ListView', 'ReportFolder'];
const MAX_ELEMENT_DESCRIPTION = 1000;
const MAX_HELP = 510;
/** Elements in which a type keeps the name that people read. */
const LABELS = ['label', 'masterLabel', 'title', 'name', 'fullName'];

/** Fields in which an address or words about a person can stand. */
const PERSONAL_DATA = [
  'Activity.ReplyDismissedReason__c',
  'Activity.ReplyFrom__c',
  'CampaignStatus__c.HaltReason__c',
  'ConnectedMailbox__c.Address__c',
  'ConnectedMailbox__c.LastError__c',
  'ReplyProblem__c.Problem__c',
  'TrackedEmail__c.SenderAddress__c',
  'TrackedEmail__c.Subject__c',
  'TrackedRecipient__c.Address__c',
];

interface Described {
  readonly what: string;
  readonly label: string;
  readonly description: string;
  /** The most characters that the platform takes. */
  readonly longest: number;
}

function described(what: string, element: XmlElement, longest: number): Described {
  const label = LABELS.map((name) => textOf(element, name)).find((text) => text !== undefined) ?? '';
  return { what, label, description: textOf(element, 'description') ?? '', longest };
}

const files = FILES.filter(({ type }) => type in DESCRIBED).map(({ name, root, type }) =>
  described(`${type} ${name}`, root, DESCRIBED[type] ?? 0),
);
const elements = filesOf('Flow').flatMap((flow) =>
  flowElements(flow).map((element) =>
    described(`${flow.name} ${textOf(element, 'name')}`, element, MAX_ELEMENT_DESCRIPTION),
  ),
);
const values = filesOf('CustomField').flatMap(({ name, root }) =>
  childrenOf(root, 'valueSet')
    .flatMap((set) => childrenOf(set, 'valueSetDefinition'))
    .flatMap((definition) => childrenOf(definition, 'value'))
    .map((value) => described(`${name} ${textOf(value, 'fullName')}`, value, MAX_ELEMENT_DESCRIPTION)),
);

const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/\w+/g));
const addedWords = ({ label, description }: Described): number =>
  [...words(description)].filter((word) => !words(label).has(word)).length;
const names = (found: readonly Described[]): string[] => found.map(({ what }) => what);

describe('descriptions in force-app', () => {
  it('know of every type of metadata whether it can be described', () => {
    const types = new Set(FILES.map(({ type }) => type));
    expect([...types].filter((type) => !(type in DESCRIBED) && !UNDESCRIBED.includes(type))).to.deep.equal([]);
  });

  it('describe every file of a type that can be described', () => {
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
    expect(
      names([...files, ...elements, ...values].filter(({ description, longest }) => description.length > longest)),
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

  it('mark every field that can hold personal data, and say that it is in use', () => {
    const personal = filesOf('CustomField').filter(({ root }) => textOf(root, 'complianceGroup') !== undefined);
    expect(personal.map(({ name }) => name)).to.have.members(PERSONAL_DATA);
    for (const { name, root } of personal) {
      expect(textOf(root, 'complianceGroup'), name).to.equal('PII;GDPR');
      expect(textOf(root, 'securityClassification'), name).to.equal('Confidential');
      expect(textOf(root, 'businessStatus'), name).to.equal('Active');
    }
  });

  it('leave no field unmarked whose words speak of an address', () => {
    const unmarked = filesOf('CustomField').filter(
      ({ root }) =>
        ['Text', 'LongTextArea'].includes(textOf(root, 'type') ?? '') &&
        textOf(root, 'unique') !== 'true' &&
        /\baddress(?!ed)/i.test(`${textOf(root, 'label')} ${textOf(root, 'inlineHelpText')}`) &&
        textOf(root, 'complianceGroup') === undefined,
    );
    expect(unmarked.map(({ name }) => name)).to.deep.equal([]);
  });

  it('classify every field but the master-detail ones and those of settings, which the platform does not classify', () => {
    const open = filesOf('CustomField').filter(
      ({ name, root }) =>
        textOf(root, 'type') !== 'MasterDetail' &&
        !name.includes('__mdt') &&
        textOf(root, 'securityClassification') === undefined,
    );
    expect(open.map(({ name }) => name)).to.deep.equal([]);
  });
});
