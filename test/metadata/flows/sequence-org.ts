import { Connection } from 'jsforce';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { assignPermissionSets, deployForceApp } from '../../../scripts/deploy-force-app.ts';
import type { AutolaunchedOutcome } from '../../simulators/salesforce/flow-run.ts';
import { startLocalOrg, type LocalOrg } from '../../simulators/salesforce/local-org.ts';
import { deploy, metadataFile } from '../../simulators/salesforce/tests/metadata-files.ts';
import { createUser } from '../../simulators/salesforce/tests/people.ts';
import { fileNamed, ROOT } from '../force-app.ts';

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** A local org with force-app in it, an administrator who may do all, and a clock that the suite sets. */
export interface SequenceOrg {
  readonly org: LocalOrg;
  readonly admin: Connection;
  /** What the clock of the org shows; it stands still until it is set. */
  now: Date;
  /** Makes a user with these permission sets; gives the id. */
  addUser(name: string, ...permissionSets: string[]): Promise<string>;
  /** The user's own connection. */
  connectionOf(userId: string): Connection;
  /** Creates a record, as the administrator unless another connection is given; gives the id. Throws what refused it. */
  create(object: string, row: Row, by?: Connection): Promise<string>;
  update(object: string, id: string, row: Row, by?: Connection): Promise<void>;
  /** The record with all its fields. */
  read(object: string, id: string): Promise<Row>;
  /** The records of a query, without what REST adds to them. */
  query(soql: string): Promise<Row[]>;
  /** What flows have written to Reply Problem since the last time this was asked. */
  takeProblems(): Promise<Row[]>;
  /** Deploys the Default record of Reply Tracking Setting with these fields changed; null leaves a field empty. */
  changeSettings(fields: Row): Promise<void>;
  /** Lets the administrator edit fields that the package lets flows alone write, as other software of an org might. */
  openFields(object: string, ...fields: string[]): Promise<void>;
  close(): Promise<void>;
}

/** What a reply writes on a status. */
export const HALT_FIELDS = [
  ...['HaltedAt__c', 'HaltReason__c', 'HaltedByTaskId__c', 'HaltedByReplyKey__c', 'UndoneReplyKey__c'],
  ...['PriorStatus__c', 'PriorNextStepAt__c', 'PriorResumeAt__c'],
];

const SETTINGS = readFileSync(join(ROOT, fileNamed('CustomMetadata', 'ReplyTrackingSetting.Default').path), 'utf8');

/** What an org has that is not as the package leaves it. */
export interface SequenceOrgOptions {
  /** The name of a file of the package that somebody has deleted in the org. */
  readonly without?: string;
}

/** Starts the org, at noon of a Tuesday. */
export async function openSequenceOrg({ without }: SequenceOrgOptions = {}): Promise<SequenceOrg> {
  const clock = { now: new Date('2026-11-24T12:00:00.000Z') };
  const org = await startLocalOrg({ now: () => clock.now });
  const connectionOf = (accessToken: string): Connection =>
    new Connection({ instanceUrl: org.url, accessToken, version: '67.0' });
  const admin = connectionOf(org.accessToken);
  await deployPackage(admin, without);
  await assignPermissionSets(admin, org.userId, ['ReplyTrackingAdmin', 'ReplyTrackingConnector']);

  const query = async (soql: string): Promise<Row[]> => {
    const { records } = await admin.query<Record<string, unknown>>(soql);
    return records.map(({ attributes: _, ...row }) => row as Row);
  };
  return {
    org,
    admin,
    get now() {
      return clock.now;
    },
    set now(moment) {
      clock.now = moment;
    },
    async addUser(name, ...permissionSets) {
      const id = await createUser(admin, name, {});
      await assignPermissionSets(admin, id, permissionSets);
      return id;
    },
    connectionOf: (userId) => connectionOf(org.openSession(userId)),
    async create(object, row, by = admin) {
      const { id = '' } = await by.sobject(object).create({ ...row });
      return id;
    },
    async update(object, id, row, by = admin) {
      await by.sobject(object).update({ ...row, Id: id });
    },
    read: (object, id) => admin.sobject(object).retrieve(id),
    query,
    async takeProblems() {
      const problems = await query('SELECT Id, Source__c, RecordId__c, Problem__c, OccurredAt__c FROM ReplyProblem__c');
      if (problems.length > 0) await admin.sobject('ReplyProblem__c').delete(problems.map(({ Id }) => String(Id)));
      return problems.map(({ Id: _, ...problem }) => problem);
    },
    async changeSettings(fields) {
      const failures = await deploy(admin, { 'customMetadata/ReplyTrackingSetting.Default.md': settingsWith(fields) });
      if (failures.length > 0) throw new Error(JSON.stringify(failures));
    },
    async openFields(object, ...fields) {
      const grants = fields.map(
        (field) =>
          `<fieldPermissions><editable>true</editable><field>${object}.${field}</field><readable>true</readable></fieldPermissions>`,
      );
      const file = metadataFile('PermissionSet', `${grants.join('')}<label>Open Fields</label>`);
      const failures = await deploy(admin, { 'permissionsets/OpenFields.permissionset': file });
      if (failures.length > 0) throw new Error(JSON.stringify(failures));
      await assignPermissionSets(admin, org.userId, ['OpenFields']);
    },
    close: () => org.close(),
  };
}

async function deployPackage(admin: Connection, without: string | undefined): Promise<void> {
  const main = join(ROOT, 'force-app/main');
  if (without === undefined) return deployForceApp(admin, main);
  const copy = mkdtempSync(join(tmpdir(), 'force-app-'));
  try {
    cpSync(main, copy, { recursive: true, filter: (path) => basename(path) !== without });
    await deployForceApp(admin, copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function settingsWith(fields: Row): string {
  return Object.entries(fields).reduce((xml, [name, value]) => {
    const setting = new RegExp(`<values>\\s*<field>${name}</field>\\s*<value[^>]*>([^<]*)</value>\\s*</values>`);
    if (!setting.test(xml)) throw new Error(`The Default record has no ${name}`);
    return xml.replace(setting, (whole, given: string) =>
      value === null ? '' : whole.replace(`>${given}<`, `>${String(value)}<`),
    );
  }, SETTINGS);
}

/** A moment as ISO 8601 writes it in UTC; null for an empty field. */
export function instant(value: Row[string] | undefined): string | null {
  return value === null || value === undefined ? null : new Date(String(value)).toISOString();
}

/** The outputs of a flow that has run; throws what made it fail. */
export function outputsOf(outcome: AutolaunchedOutcome): Record<string, unknown> {
  if ('error' in outcome) throw new Error(outcome.error.message);
  return outcome.outputs;
}
