import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { assignPermissionSets } from '../../../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { createUser, rowsOf } from './people.ts';
import { deploy, field, metadataFile, objectHead } from './metadata-files.ts';

const PARENT = { referenceTo: 'Thing__c', relationshipName: 'Parts', relationshipOrder: 0 };
const RIGHTS = ['Create', 'Delete', 'Edit', 'Read'].map((right) => `<allow${right}>true</allow${right}>`).join('');

const grant = (object: string, all = false): string =>
  `<objectPermissions>${RIGHTS}<modifyAllRecords>${all}</modifyAllRecords><object>${object}</object>
<viewAllRecords>${all}</viewAllRecords></objectPermissions>`;

const readAll = (object: string): string =>
  `<objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit>
<allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>${object}</object>
<viewAllRecords>true</viewAllRecords></objectPermissions>`;

const FILES = {
  'objects/Thing__c.object': metadataFile('CustomObject', objectHead('Thing')),
  'objects/Open__c.object': metadataFile('CustomObject', objectHead('Open', 'Read')),
  'objects/Part__c.object': metadataFile(
    'CustomObject',
    objectHead('Part', 'ControlledByParent') + field('Thing__c', 'MasterDetail', PARENT),
  ),
  'permissionsets/Users.permissionset': metadataFile(
    'PermissionSet',
    `<label>Users</label>${grant('Thing__c')}${grant('Open__c')}${grant('Part__c')}`,
  ),
  'permissionsets/Everything.permissionset': metadataFile(
    'PermissionSet',
    `<label>Everything</label>${grant('Thing__c', true)}${readAll('Open__c')}${grant('Part__c')}`,
  ),
};

describe('local org: sharing', () => {
  let org: LocalOrg;
  let admin: Connection;
  let rep: Connection;
  let colleague: Connection;
  let manager: Connection;
  let integration: Connection;
  let repId: string;

  /** A user with the permission set, in a role below another one, with a session. */
  async function start(name: string, role: string | null, permissionSet: string): Promise<Connection> {
    const id = await createUser(admin, name, { UserRoleId: role });
    await assignPermissionSets(admin, id, [permissionSet]);
    if (name === 'rep') repId = id;
    return connect(org, org.openSession(id));
  }

  async function create(connection: Connection, type: string, values: Record<string, unknown> = {}): Promise<string> {
    const result = await connection.sobject(type).create(values);
    if (!result.success) throw new Error(JSON.stringify(result.errors));
    return result.id;
  }

  const sees = async (connection: Connection, type: string, id: string): Promise<boolean> =>
    (await rowsOf(connection, `SELECT Id FROM ${type} WHERE Id = '${id}'`)).length === 1;

  before(async () => {
    org = await startLocalOrg();
    admin = connect(org);
    expect(await deploy(admin, FILES)).to.deep.equal([]);
    const sales = await create(admin, 'UserRole', { Name: 'Sales' });
    const east = await create(admin, 'UserRole', { Name: 'East', ParentRoleId: sales });
    rep = await start('rep', east, 'Users');
    colleague = await start('colleague', east, 'Users');
    manager = await start('manager', sales, 'Users');
    integration = await start('integration', null, 'Everything');
  });

  after(() => org.close());

  it('shows a private record to its owner, to those above, to View All and to administrators', async () => {
    const id = await create(rep, 'Thing__c');
    const everybody = [rep, manager, integration, admin, colleague];
    const seen = await Promise.all(everybody.map((connection) => sees(connection, 'Thing__c', id)));
    expect(seen).to.deep.equal([true, true, true, true, false]);
  });

  it('answers for a record that is not seen as if it were not there, and refuses to change it', async () => {
    const id = await create(rep, 'Thing__c');
    const things = colleague.sobject('Thing__c');
    const refusals = [
      await refusalOf(things.retrieve(id)),
      await refusalOf(things.update({ Id: id, OwnerId: repId })),
      await refusalOf(things.destroy(id)),
    ];
    expect(refusals.map(({ errorCode }) => errorCode)).to.deep.equal([
      'NOT_FOUND',
      'INSUFFICIENT_ACCESS_OR_READONLY',
      'INSUFFICIENT_ACCESS_OR_READONLY',
    ]);
    expect(refusals[1]?.message).to.equal('insufficient access rights on object id');
  });

  it('lets everybody read what is public, and only the owner and those above write it', async () => {
    const Id = await create(rep, 'Open__c');
    const own = await manager.sobject('Open__c').update({ Id });
    const refused = await refusalOf(colleague.sobject('Open__c').update({ Id }));
    expect(await sees(colleague, 'Open__c', Id)).to.equal(true);
    expect(own.success).to.equal(true);
    expect(refused.errorCode).to.equal('INSUFFICIENT_ACCESS_OR_READONLY');
  });

  it('gives details the sharing of their master', async () => {
    const Thing__c = await create(rep, 'Thing__c');
    const part = await create(integration, 'Part__c', { Thing__c });
    const refused = await refusalOf(create(colleague, 'Part__c', { Thing__c }));
    const seen = await Promise.all([rep, colleague].map((connection) => sees(connection, 'Part__c', part)));
    expect(seen).to.deep.equal([true, false]);
    expect(refused.errorCode).to.equal('INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY');
  });

  it('refuses a lookup to what is not seen, and lets the owner of a contact read its account', async () => {
    const AccountId = await create(rep, 'Account', { Name: 'Acme' });
    const lookup = await refusalOf(create(colleague, 'Contact', { LastName: 'Other', AccountId }));
    expect(lookup.errorCode).to.equal('INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY');
    expect(lookup.message).to.equal(`insufficient access rights on cross-reference id: ${AccountId.slice(0, 15)}`);
    const mine = await create(colleague, 'Contact', { LastName: 'Mine' });
    await admin.sobject('Contact').update({ Id: mine, AccountId: await create(admin, 'Account', { Name: 'Hidden' }) });
    const [row] = await rowsOf(colleague, `SELECT Account.Name FROM Contact WHERE Id = '${mine}'`);
    expect(row).to.have.nested.property('Account.Name', 'Hidden');
  });

  it('lets nobody but owners, those above and Modify All give a record away', async () => {
    const Id = await create(rep, 'Thing__c');
    const taken = await integration.sobject('Thing__c').update({ Id, OwnerId: org.userId });
    const refused = await refusalOf(rep.sobject('Thing__c').update({ Id, OwnerId: repId }));
    expect(taken.success).to.equal(true);
    expect(refused.errorCode).to.equal('INSUFFICIENT_ACCESS_OR_READONLY');
  });

  it('gives no record to an owner who could not read it', async () => {
    const stranger = await createUser(admin, 'stranger', {});
    const { errorCode } = await refusalOf(create(rep, 'Thing__c', { OwnerId: stranger }));
    expect(errorCode).to.equal('TRANSFER_REQUIRES_READ');
  });

  describe('activities', () => {
    it('shows a task to its owner, to those above, and to who sees all that it is about', async () => {
      const WhatId = await create(rep, 'Account', { Name: 'Deal maker' });
      const WhoId = await create(colleague, 'Contact', { LastName: 'Known' });
      const about = await create(admin, 'Task', { Subject: 'about both', WhoId, WhatId });
      const alone = await create(admin, 'Task', { Subject: 'about nobody' });
      const person = await create(admin, 'Task', { Subject: 'about a person', WhoId });
      const seen = async (connection: Connection): Promise<boolean[]> =>
        Promise.all([about, alone, person].map((id) => sees(connection, 'Task', id)));
      expect(await seen(rep)).to.deep.equal([false, false, false]);
      expect(await seen(colleague)).to.deep.equal([false, false, true]);
      expect(await seen(manager)).to.deep.equal([true, false, true]);
    });

    it('lets only the owner and those above change a task, whoever sees it', async () => {
      const WhoId = await create(rep, 'Contact', { LastName: 'Ours' });
      const Id = await create(admin, 'Task', { Subject: 'seen', WhoId });
      const refused = await refusalOf(rep.sobject('Task').update({ Id, Subject: 'changed' }));
      await admin.sobject('Task').update({ Id, OwnerId: repId });
      const changed = await manager.sobject('Task').update({ Id, Subject: 'changed' });
      expect(refused.errorCode).to.equal('INSUFFICIENT_ACCESS_OR_READONLY');
      expect(changed.success).to.equal(true);
    });

    it('says nothing of the person to the owner of a task who does not see that person', async () => {
      const WhoId = await create(colleague, 'Contact', { LastName: 'Hidden' });
      const id = await create(admin, 'Task', { Subject: 'given', WhoId, OwnerId: repId });
      const [row] = await rowsOf(rep, `SELECT Subject, Who.Name FROM Task WHERE Id = '${id}'`);
      expect(row).to.deep.include({ Subject: 'given', Who: null });
    });

    it('refuses a task about somebody whom the user does not see', async () => {
      const WhoId = await create(rep, 'Contact', { LastName: 'Hidden' });
      const { errorCode } = await refusalOf(create(colleague, 'Task', { WhoId }));
      expect(errorCode).to.equal('INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY');
    });
  });
});
