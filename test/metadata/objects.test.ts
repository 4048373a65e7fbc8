import { expect } from 'chai';
import { childrenOf, fieldsOf, fileNamed, filesOf, FILES, textOf } from './force-app.ts';
import { allBelow } from '../../scripts/check-source.ts';

const OBJECTS = filesOf('CustomObject').map(({ name }) => name);
const RECORDS = OBJECTS.filter((name) => !name.endsWith('__mdt'));

const fieldNames = (object: string): string[] => fieldsOf(object).map(({ name }) => name.split('.')[1] ?? '');

describe('objects in force-app', () => {
  it('are the eight that the product needs, each as private as it can be', () => {
    const sharing = filesOf('CustomObject').map(({ name, root }) => [name, textOf(root, 'sharingModel')]);
    expect(Object.fromEntries(sharing)).to.deep.equal({
      CampaignStatus__c: 'Private',
      ConnectedMailbox__c: 'Private',
      ReplyProblem__c: 'Private',
      ReplyTrackingSetting__mdt: undefined,
      SalesSequence__c: 'Read',
      SalesSequenceStep__c: 'ControlledByParent',
      TrackedEmail__c: 'Private',
      TrackedRecipient__c: 'ControlledByParent',
    });
  });

  it('show every own field on their one page layout', () => {
    for (const object of OBJECTS) {
      const layouts = filesOf('Layout').filter(({ name }) => name.startsWith(`${object}-`));
      expect(layouts, object).to.have.lengthOf(1);
      const shown = layouts.flatMap(({ root }) => allBelow(root)).filter(({ name }) => name === 'field');
      expect(
        shown.map(({ text }) => text),
        object,
      ).to.include.members(fieldNames(object));
    }
  });

  it('let people edit on a layout only what somebody may edit, besides names and owners', () => {
    const editable = filesOf('PermissionSet')
      .filter(({ name }) => name !== 'ReplyTrackingConnector')
      .flatMap(({ root }) => childrenOf(root, 'fieldPermissions'))
      .filter((grant) => textOf(grant, 'editable') === 'true')
      .map((grant) => textOf(grant, 'field'));
    for (const object of RECORDS) {
      const { root } = filesOf('Layout').find(({ name }) => name.startsWith(`${object}-`))!;
      const edited = allBelow(root)
        .filter(({ name, children }) => name === 'layoutItems' && children.some(({ text }) => text === 'Edit'))
        .map((item) => textOf(item, 'field') ?? '')
        .filter((name) => name.endsWith('__c'));
      for (const name of edited) expect(editable).to.include(`${object}.${name}`);
    }
  });

  it('come with a compact layout, columns for searches and look-ups, and list views', () => {
    for (const object of RECORDS) {
      const { root } = fileNamed('CustomObject', object);
      const search = childrenOf(root, 'searchLayouts').flatMap(({ children }) => children.map(({ name }) => name));
      expect(textOf(root, 'compactLayoutAssignment'), object).to.match(/Summary$/);
      expect(search, object).to.include.members([
        'customTabListAdditionalFields',
        'lookupDialogsAdditionalFields',
        'searchResultsAdditionalFields',
      ]);
    }
    const listed = new Set(filesOf('ListView').map(({ name }) => name.split('.')[0]));
    expect(RECORDS.filter((object) => !listed.has(object))).to.deep.equal(['TrackedRecipient__c']);
  });

  it('offer the lists that a rep and an admin open in the morning', () => {
    expect(filesOf('ListView').map(({ name }) => name)).to.include.members([
      'TrackedEmail__c.RepliesToday',
      'CampaignStatus__c.HaltedThisWeek',
      'CampaignStatus__c.PausedAndResuming',
      'CampaignStatus__c.DueSteps',
      'ConnectedMailbox__c.MailboxesInTrouble',
      'ReplyProblem__c.ProblemsThisWeek',
    ]);
  });

  it('keep the history of what halts a sequence and of the state of a mailbox', () => {
    const kept = filesOf('CustomField').filter(({ root }) => textOf(root, 'trackHistory') === 'true');
    expect(kept.map(({ name }) => name)).to.have.members([
      'CampaignStatus__c.HaltReason__c',
      'CampaignStatus__c.NextStepAt__c',
      'CampaignStatus__c.ResumeAt__c',
      'CampaignStatus__c.Status__c',
      'ConnectedMailbox__c.State__c',
    ]);
    for (const { name } of filesOf('CustomObject')) {
      const keeps = textOf(fileNamed('CustomObject', name).root, 'enableHistory') === 'true';
      expect(keeps, name).to.equal(kept.some((field) => field.name.startsWith(`${name}.`)));
    }
  });

  it('take no picklist value that is not in the list', () => {
    const open = filesOf('CustomField').filter(({ root }) =>
      childrenOf(root, 'valueSet').some((set) => textOf(set, 'restricted') !== 'true'),
    );
    expect(open.map(({ name }) => name)).to.deep.equal([]);
  });

  it('compare every key by its letters in their case, and look records up by it', () => {
    const keys = filesOf('CustomField').filter(({ root }) => textOf(root, 'unique') === 'true');
    expect(keys.map(({ name }) => name)).to.have.members([
      'Activity.ReplyKey__c',
      'ConnectedMailbox__c.MailboxKey__c',
      'TrackedEmail__c.MessageKey__c',
      'TrackedRecipient__c.RecipientKey__c',
    ]);
    for (const { name, root } of keys) {
      expect([textOf(root, 'caseSensitive'), textOf(root, 'externalId')], name).to.deep.equal(['true', 'true']);
    }
  });

  it('ship settings that say what an empty setting would mean as well', () => {
    const record = fileNamed('CustomMetadata', 'ReplyTrackingSetting.Default').root;
    for (const { name, root } of fieldsOf('ReplyTrackingSetting__mdt')) {
      const given = childrenOf(record, 'values').find((each) => textOf(each, 'field') === name.split('.')[1])!;
      const chosen = allBelow(root).find(
        (value) =>
          value.name === 'value' && value.children.some((child) => child.name === 'default' && child.text === 'true'),
      );
      const standard = textOf(root, 'defaultValue') ?? (chosen && textOf(chosen, 'fullName'));
      expect(String(textOf(given, 'value')).replace(/\.0$/, ''), name).to.equal(standard);
    }
  });

  it('lie in the room of their feature together with their layouts and settings', () => {
    const rooms = new Map(FILES.map(({ path, name, type }) => [`${type}:${name}`, path.split('/')[2]]));
    for (const object of OBJECTS) {
      const layout = filesOf('Layout').find(({ name }) => name.startsWith(`${object}-`))!;
      expect(rooms.get(`Layout:${layout.name}`), object).to.equal(rooms.get(`CustomObject:${object}`));
    }
  });
});
