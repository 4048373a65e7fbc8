import { expect } from 'chai';
import { childrenOf, fieldGrants, fieldsOf, fileNamed, filesOf, textOf } from './force-app.ts';

const HALT_FIELDS = [
  'HaltedAt__c',
  'HaltReason__c',
  'HaltedByTaskId__c',
  'HaltedByTask__c',
  'HaltedByReplyKey__c',
  'PriorStatus__c',
  'PriorNextStepAt__c',
  'PriorResumeAt__c',
  'UndoneReplyKey__c',
];

const editable = (permissionSet: string): string[] =>
  [...fieldGrants(permissionSet)].filter(([, edit]) => edit).map(([field]) => field);

function objectRights(permissionSet: string, object: string): string[] {
  const grants = childrenOf(fileNamed('PermissionSet', permissionSet).root, 'objectPermissions');
  const grant = grants.find((each) => textOf(each, 'object') === object);
  return (grant?.children ?? []).filter(({ text }) => text === 'true').map(({ name }) => name);
}

describe('permission sets in force-app', () => {
  it('grant neither required nor master-detail fields and let nobody edit a formula', () => {
    const closed = filesOf('CustomField').filter(
      ({ root }) => textOf(root, 'required') === 'true' || textOf(root, 'type') === 'MasterDetail',
    );
    const formulas = filesOf('CustomField').filter(({ root }) => textOf(root, 'formula') !== undefined);
    expect(closed.map(({ name }) => name)).to.have.members([
      'ConnectedMailbox__c.Address__c',
      'SalesSequenceStep__c.SalesSequence__c',
      'SalesSequenceStep__c.StepOrder__c',
      'TrackedEmail__c.MessageKey__c',
      'TrackedRecipient__c.Address__c',
      'TrackedRecipient__c.TrackedEmail__c',
    ]);
    expect(formulas).to.have.lengthOf(4);
    for (const { name } of filesOf('PermissionSet')) {
      for (const field of closed) expect(fieldGrants(name).has(field.name), `${name} ${field.name}`).to.equal(false);
      for (const field of formulas) expect(editable(name), name).to.not.include(field.name);
    }
  });

  it('let a rep read everything about a halt and edit none of it', () => {
    const grants = fieldGrants('ReplyTrackingUser');
    for (const field of HALT_FIELDS) expect(grants.get(`CampaignStatus__c.${field}`), field).to.equal(false);
    expect(grants.get('CampaignStatus__c.Status__c')).to.equal(true);
  });

  it('let a rep read the reply fields of a Task and edit none of them', () => {
    const grants = fieldGrants('ReplyTrackingUser');
    const names = fieldsOf('Activity').map(({ name }) => name.replace('Activity.', 'Task.'));
    for (const name of names) expect(grants.get(name), name).to.equal(false);
  });

  it('show a rep the own records alone', () => {
    for (const { name } of filesOf('CustomObject')) {
      expect(objectRights('ReplyTrackingUser', name), name).to.not.include.members(['viewAllRecords']);
      expect(objectRights('ReplyTrackingUser', name), name).to.not.include.members(['modifyAllRecords']);
    }
    expect(objectRights('ReplyTrackingUser', 'ReplyProblem__c')).to.deep.equal([]);
  });

  it('let the connector write replies and mails but change no status, person or sequence', () => {
    const names = editable('ReplyTrackingConnector');
    const ofReplies = fieldsOf('Activity').map(({ name }) => name.replace('Activity.', 'Task.'));
    const ofUsers = ofReplies.filter((name) => name.startsWith('Task.ReplyDismissed'));
    expect(names).to.include.members(ofReplies.filter((name) => !ofUsers.includes(name)));
    expect(names).to.not.include.members(ofUsers);
    expect(
      names.filter((name) => /^(CampaignStatus__c|SalesSequence\w*__c|Contact|Lead|Account)\./.test(name)),
    ).to.deep.equal([]);
    for (const object of ['CampaignStatus__c', 'Contact', 'Lead', 'Account']) {
      expect(objectRights('ReplyTrackingConnector', object), object).to.have.members(['allowRead', 'viewAllRecords']);
    }
  });

  it('let a viewer read what a rep reads and change nothing', () => {
    expect(editable('ReplyTrackingViewer')).to.deep.equal([]);
    expect([...fieldGrants('ReplyTrackingViewer').keys()]).to.have.members([
      ...fieldGrants('ReplyTrackingUser').keys(),
    ]);
    for (const { name } of filesOf('CustomObject').filter((object) => object.name !== 'ReplyProblem__c')) {
      expect(objectRights('ReplyTrackingViewer', name), name).to.deep.equal(
        name.endsWith('__mdt') ? [] : ['allowRead'],
      );
    }
  });

  it('let an admin see everything and change nothing that is known of a reply or a halt', () => {
    const names = editable('ReplyTrackingAdmin');
    expect(
      names.filter((name) => /^(Task|TrackedEmail__c|TrackedRecipient__c|ConnectedMailbox__c)\./.test(name)),
    ).to.deep.equal([]);
    expect(names.filter((name) => HALT_FIELDS.includes(name.replace('CampaignStatus__c.', '')))).to.deep.equal([]);
    for (const { name } of filesOf('CustomObject').filter((object) => !object.name.endsWith('__mdt'))) {
      expect(objectRights('ReplyTrackingAdmin', name), name).to.include.members(['allowRead', 'viewAllRecords']);
    }
  });

  it('let the connector alone name the reply that halts, and the admin alone undo the halts of others', () => {
    const permissions = filesOf('PermissionSet').map(({ name, root }) => [
      name,
      childrenOf(root, 'customPermissions').map((each) => textOf(each, 'name')),
    ]);
    expect(Object.fromEntries(permissions)).to.deep.equal({
      ReplyTrackingAdmin: ['UndoAnyHalt'],
      ReplyTrackingConnector: ['ApplyReplies'],
      ReplyTrackingUser: [],
      ReplyTrackingViewer: [],
    });
  });

  it('show the application and the tabs to people and not to the connector', () => {
    for (const { name, root } of filesOf('PermissionSet')) {
      const tabs = childrenOf(root, 'tabSettings').map((each) => textOf(each, 'tab'));
      const applications = childrenOf(root, 'applicationVisibilities').map((each) => textOf(each, 'application'));
      const isPerson = name !== 'ReplyTrackingConnector';
      expect(applications, name).to.deep.equal(isPerson ? ['ReplyTracking'] : []);
      if (isPerson) expect(tabs, name).to.include.members(['CampaignStatus__c', 'TrackedEmail__c']);
      else expect(tabs).to.deep.equal([]);
      expect(tabs.includes('ReplyProblem__c'), name).to.equal(name === 'ReplyTrackingAdmin');
    }
  });

  it('ask for no licence, so that an integration user and a user of any edition can hold them', () => {
    const licensed = filesOf('PermissionSet').filter(({ root }) => textOf(root, 'license') !== undefined);
    expect(licensed.map(({ name }) => name)).to.deep.equal([]);
  });

  it('give the connector the user permissions that its work needs, and nobody else any', () => {
    const permissions = filesOf('PermissionSet').map(({ name, root }) => [
      name,
      childrenOf(root, 'userPermissions').map((each) => textOf(each, 'name')),
    ]);
    expect(permissions).to.deep.equal([
      ['ReplyTrackingAdmin', []],
      ['ReplyTrackingConnector', ['ActivitiesAccess', 'ApiEnabled', 'EditTask']],
      ['ReplyTrackingUser', []],
      ['ReplyTrackingViewer', []],
    ]);
  });
});
