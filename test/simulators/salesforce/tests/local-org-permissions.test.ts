import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { assignPermissionSets } from '../../../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { deploy, metadataFile } from './metadata-files.ts';
import { createUser } from './people.ts';

const API_ONLY = 'Minimum Access - API Only Integrations';

const object = (name: string, allFields = false): string =>
  `<objectPermissions><allowCreate>true</allowCreate><allowDelete>false</allowDelete><allowEdit>true</allowEdit>
<allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>${name}</object>
<viewAllFields>${allFields}</viewAllFields><viewAllRecords>true</viewAllRecords></objectPermissions>`;

const field = (name: string, editable: boolean): string =>
  `<fieldPermissions><editable>${editable}</editable><field>${name}</field><readable>true</readable></fieldPermissions>`;

const permission = (name: string): string =>
  `<userPermissions><enabled>true</enabled><name>${name}</name></userPermissions>`;

const permissionSet = (label: string, content: string): Record<string, string> => ({
  [`permissionsets/${label}.permissionset`]: metadataFile('PermissionSet', `<label>${label}</label>${content}`),
});

const FILES = {
  ...permissionSet('People', object('Account') + object('Contact')),
  ...permissionSet('Email', field('Contact.Email', false)),
  ...permissionSet('Fields', object('Account') + object('Contact', true)),
  ...permissionSet('Readers', permission('ActivitiesAccess')),
  ...permissionSet('Writers', permission('ActivitiesAccess') + permission('EditTask')),
  ...permissionSet('Api', permission('ApiEnabled')),
};

describe('local org: permissions of the calling user', () => {
  let org: LocalOrg;
  let admin: Connection;
  let users = 0;

  before(async () => {
    org = await startLocalOrg();
    admin = connect(org);
    expect(await deploy(admin, FILES)).to.deep.equal([]);
  });

  after(() => org.close());

  async function logIn(profile: string, ...permissionSets: string[]): Promise<Connection> {
    users += 1;
    const id = await createUser(admin, `user${users}`, {}, profile);
    await assignPermissionSets(admin, id, permissionSets);
    return connect(org, org.openSession(id));
  }

  it('asks every user for the right to use the API', async () => {
    const person = await logIn('Minimum Access - Salesforce');
    const allowed = await logIn('Minimum Access - Salesforce', 'Api');
    const { errorCode } = await refusalOf(person.query('SELECT Id FROM User'));
    expect(errorCode).to.equal('API_DISABLED_FOR_ORG');
    expect((await allowed.query('SELECT Id FROM Organization')).totalSize).to.equal(1);
  });

  it('hides objects and standard fields from an integration user until a permission set grants them', async () => {
    const nothing = await logIn(API_ONLY);
    const people = await logIn(API_ONLY, 'People');
    const email = await logIn(API_ONLY, 'People', 'Email');
    const fields = await logIn(API_ONLY, 'Fields');
    const ask = (connection: Connection, columns: string) => connection.query(`SELECT ${columns} FROM Contact`);
    expect((await refusalOf(ask(nothing, 'Id'))).errorCode).to.equal('INVALID_TYPE');
    expect((await refusalOf(ask(people, 'Email'))).errorCode).to.equal('INVALID_FIELD');
    expect((await ask(people, 'Id, Name, LastName, OwnerId')).totalSize).to.equal(0);
    expect((await ask(email, 'Email')).totalSize).to.equal(0);
    expect((await ask(fields, 'Email, Phone, Description')).totalSize).to.equal(0);
  });

  it('writes a standard field only where the grant says so', async () => {
    const email = await logIn(API_ONLY, 'People', 'Email');
    const person = { LastName: 'Person', Email: 'person@acme.example' };
    const read = await refusalOf(email.sobject('Contact').create(person));
    const rep = await logIn('Standard User');
    const written = await rep.sobject('Contact').create(person);
    expect(read.errorCode).to.equal('INVALID_FIELD_FOR_INSERT_UPDATE');
    expect(written.success).to.equal(true);
  });

  it('opens tasks by user permissions', async () => {
    const create = (connection: Connection) => connection.sobject('Task').create({ Subject: 'Call back' });
    const nobody = await refusalOf((await logIn(API_ONLY)).query('SELECT Id FROM Task'));
    const reader = await logIn(API_ONLY, 'Readers');
    const writer = await logIn(API_ONLY, 'Writers');
    expect(nobody.errorCode).to.equal('INVALID_TYPE');
    expect((await reader.query('SELECT Id FROM Task')).totalSize).to.equal(0);
    expect((await refusalOf(create(reader))).errorCode).to.equal('INSUFFICIENT_ACCESS_OR_READONLY');
    expect((await create(writer)).success).to.equal(true);
  });

  it('lets administrators alone make users, roles and assignments', async () => {
    const rep = await logIn('Standard User');
    const refusals = await Promise.all(
      ['User', 'UserRole', 'PermissionSetAssignment'].map((type) => refusalOf(rep.sobject(type).create({}))),
    );
    expect(new Set(refusals.map(({ errorCode }) => errorCode))).to.deep.equal(
      new Set(['INSUFFICIENT_ACCESS_OR_READONLY']),
    );
  });

  it('says in the describe call which fields a permission set can grant', async () => {
    const { fields } = await admin.sobject('Contact').describe();
    const permissionable = new Map(fields.map(({ name, permissionable: is }) => [name, is]));
    expect([permissionable.get('Email'), permissionable.get('HasOptedOutOfEmail')]).to.deep.equal([true, true]);
    expect([permissionable.get('LastName'), permissionable.get('Id')]).to.deep.equal([false, false]);
  });
});
