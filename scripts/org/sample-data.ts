import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TargetOrg } from './find-org.ts';
import { withImportPermission } from './permission-sets.ts';
import { querySf, ROOT, runSf } from './sf.ts';
import { shiftDates, WRITTEN_AT } from './shift-dates.ts';

const FOLDER = join(ROOT, 'scripts/org/data');
const PLAN = 'plan.json';

/** By which field the records of a file are found again; the others go when these go. In the order of deletion. */
const KEYS = [
  { object: 'Task', field: 'ReplyKey__c', file: 'reply-tasks.json' },
  { object: 'TrackedEmail__c', field: 'MessageKey__c', file: 'tracked-emails.json' },
  { object: 'CampaignStatus__c', field: 'SalesSequence__r.Name', file: 'sequences.json' },
  { object: 'SalesSequence__c', field: 'Name', file: 'sequences.json' },
  { object: 'ConnectedMailbox__c', field: 'MailboxKey__c', file: 'connected-mailboxes.json' },
  { object: 'Lead', field: 'Email', file: 'leads.json' },
  { object: 'Account', field: 'Website', file: 'accounts.json' },
] as const;

/** What the import has led to. */
export type ImportOutcome = 'imported' | 'there already';

/**
 * Imports the sample data, with its days moved so that the newest reply came a moment ago. The Tasks come last: where
 * they are, everything is. What an import left that broke off is deleted first, the accounts last, so that they tell.
 * `tell` hears what takes its time.
 */
export async function importSampleData(org: TargetOrg, tell: (text: string) => void): Promise<ImportOutcome> {
  const [tasks, ...others] = KEYS;
  if ((await idsOf(org, tasks)).length > 0) return 'there already';
  await withImportPermission(org, async () => {
    if ((await idsOf(org, KEYS.at(-1)!)).length > 0) {
      tell('deletes what an import has left that broke off');
      const left = await Promise.all(others.map(async (key) => ({ ...key, ids: await idsOf(org, key) })));
      for (const { object, ids } of left) await deleteAll(org, object, ids);
    }
    tell('imports accounts, people, sequences, tracked mails, mailboxes and replies');
    await importPlan(org);
  });
  return 'imported';
}

async function importPlan({ alias }: TargetOrg): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'reply-tracking-data-'));
  try {
    const now = new Date();
    for (const name of await readdir(FOLDER)) {
      const content = shiftDates(await readData(name), WRITTEN_AT, now);
      await writeFile(join(folder, name), JSON.stringify(content));
    }
    await runSf('data', 'import', 'tree', '--plan', join(folder, PLAN), '--target-org', alias);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readData(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(FOLDER, name), 'utf8')) as unknown;
}

/** Ids of the records of the sample data that the org has. */
async function idsOf(org: TargetOrg, { object, field, file }: (typeof KEYS)[number]): Promise<string[]> {
  const { records } = (await readData(file)) as { records: readonly Record<string, string>[] };
  const own = field.split('.').at(-1)!;
  const values = records.map((record) => `'${record[own]!.replace(/['\\]/g, '\\$&')}'`);
  const rows = await querySf<{ Id: string }>(
    org.alias,
    `SELECT Id FROM ${object} WHERE ${field} IN (${values.join(', ')})`,
  );
  return rows.map(({ Id }) => Id);
}

async function deleteAll({ alias }: TargetOrg, object: string, ids: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'reply-tracking-ids-'));
  try {
    if (ids.length === 0) return;
    const file = join(folder, 'ids.csv');
    await writeFile(file, ['Id', ...ids, ''].join('\n'));
    const options = ['--sobject', object, '--file', file, '--line-ending', 'LF', '--wait', '10'];
    await runSf('data', 'delete', 'bulk', ...options, '--target-org', alias);
  } finally {
    await rm(folder, { recursive: true });
  }
}
