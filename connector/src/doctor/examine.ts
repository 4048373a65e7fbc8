import type { KeyFacts } from '../connect/stored-credentials.ts';
import type { CheckResult, ConnectorStatus, Examination, MailboxStatus, Told, WritingStatus } from '../facade.ts';
import type { DeadJob } from '../jobs/dead-jobs.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { ApiNames } from '../salesforce/api-names.ts';
import type { OrgIdentity, OrgSetup, Salesforce } from '../salesforce/salesforce.ts';
import type { MailboxRow, StoreCounts } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { checkDatabase, checkSchema, checkWithoutDatabase } from './check-database.ts';
import { checkHalts } from './check-halts.ts';
import { checkJobs } from './check-jobs.ts';
import { checkMailbox, type MailboxFacts } from './check-mailbox.ts';
import { checkMasterKey } from './check-master-key.ts';
import { checkMessages, checkOutbox } from './check-messages.ts';
import { checkApiBudget, checkClock, checkOrg } from './check-org.ts';
import { failure, wordsOf } from './check-result.ts';
import { checkService } from './check-service.ts';
import { checkSetup } from './check-setup.ts';

/** Mailboxes that are asked at the same time. */
const ASKED_TOGETHER = 4;
const DAY_MS = 86_400_000;

/** What an examination asks. */
export interface Examined {
  readonly status: () => Promise<ConnectorStatus>;
  readonly counts: () => Promise<StoreCounts>;
  readonly schema: { readonly read: () => Promise<number>; readonly expected: number };
  readonly key: () => Promise<KeyFacts>;
  /** Work that was given up after this instant. */
  readonly deadJobs: (since: Date) => Promise<readonly DeadJob[]>;
  readonly rows: () => Promise<readonly MailboxRow[]>;
  readonly mailboxOf: (id: string) => Mailbox | undefined;
  readonly salesforce: Salesforce | undefined;
  /** The org of the login, asked where the database cannot say whether it is its own. */
  readonly anyOrg: Salesforce | undefined;
  readonly names: ApiNames;
  readonly now: () => Date;
}

/** Looks at everything, one thing after the other; what cannot be looked at keeps nothing else from it. */
export async function examine(examined: Examined, told: Told): Promise<Examination> {
  try {
    return await examineAll(examined, told);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return examineWithoutDatabase(error, { salesforce: examined.anyOrg, names: examined.names }, told);
  }
}

/** Looks at what needs no database when that cannot be used, and why it cannot. */
export async function examineWithoutDatabase(
  error: StoreError,
  { salesforce, names }: Pick<Examined, 'salesforce' | 'names'>,
  told: Told,
): Promise<Examination> {
  told({ type: 'step', text: 'Asking Salesforce' });
  const facts = await askOrg(salesforce);
  return { checks: [...checkWithoutDatabase(error), ...checkSalesforce(facts, { salesforce, names }, undefined)] };
}

/** The org is asked first, because its answers tell the time and how many calls are used. */
async function examineAll(examined: Examined, told: Told): Promise<Examination> {
  const { schema, now, salesforce, names } = examined;
  told({ type: 'step', text: 'Asking Salesforce' });
  const facts = await askOrg(salesforce);
  told({ type: 'step', text: 'Asking the database' });
  const status = await examined.status();
  const counts = await examined.counts();
  const rows = await examined.rows();
  const database = [
    checkDatabase(status.database),
    checkSchema(await schema.read(), schema.expected),
    checkMasterKey(await examined.key()),
    checkMessages(counts),
    checkOutbox(counts, now()),
    checkJobs(await examined.deadJobs(new Date(now().getTime() - DAY_MS)), rows),
    checkHalts(status),
    checkService(status, status.mailboxes.length),
  ];
  told({ type: 'step', text: 'Asking the mailboxes' });
  const mailboxes = await askMailboxes(examined, rows, status);
  return {
    checks: [
      ...database,
      ...mailboxes.flatMap((mailbox) => checkMailbox(mailbox, now())),
      ...checkSalesforce(facts, { salesforce, names }, status.writing),
    ],
  };
}

function checkSalesforce(
  { org, setup }: OrgFacts,
  { salesforce, names }: Pick<Examined, 'salesforce' | 'names'>,
  writing: WritingStatus | undefined,
): CheckResult[] {
  const known = setup instanceof Error ? [refusedSetup(setup)] : setup === undefined ? [] : checkSetup(setup, names);
  const { apiUsage = null, clockSkewMs } = salesforce ?? {};
  return [checkOrg(org), checkClock(clockSkewMs), checkApiBudget(apiUsage, writing), ...known];
}

interface OrgFacts {
  readonly org: OrgIdentity | Error | undefined;
  /** Undefined when the org could not be asked at all. */
  readonly setup: OrgSetup | Error | undefined;
}

async function askOrg(salesforce: Salesforce | undefined): Promise<OrgFacts> {
  if (salesforce === undefined) return { org: undefined, setup: undefined };
  const org = await settled(salesforce.org());
  if (org instanceof Error) return { org, setup: undefined };
  const setup = await settled(salesforce.setup());
  // A token is taken as it is; whether the org answers to it shows with the first call.
  return setup instanceof Error && salesforce.clockSkewMs === undefined
    ? { org: setup, setup: undefined }
    : { org, setup };
}

function refusedSetup(error: Error): CheckResult {
  const { message, actions } = wordsOf(error);
  return failure('fields', message, actions);
}

async function askMailboxes(
  { mailboxOf, now }: Examined,
  rows: readonly MailboxRow[],
  status: ConnectorStatus,
): Promise<MailboxFacts[]> {
  const facts: MailboxFacts[] = [];
  for (let from = 0; from < status.mailboxes.length; from += ASKED_TOGETHER) {
    const part = status.mailboxes.slice(from, from + ASKED_TOGETHER);
    const asked = part.map(async (mailbox) => {
      const row = rows.find((each) => isOf(each, mailbox));
      const isServed = status.service !== null;
      return { status: mailbox, isServed, ...(await askMailbox(row && mailboxOf(row.id), now())) };
    });
    facts.push(...(await Promise.all(asked)));
  }
  return facts;
}

const isOf = (row: MailboxRow, { provider, address }: MailboxStatus): boolean =>
  row.provider === provider && row.address === address;

/** Counts what has come since this instant, which is the least that a mailbox can be asked. */
async function askMailbox(mailbox: Mailbox | undefined, at: Date): Promise<Pick<MailboxFacts, 'error' | 'scopes'>> {
  if (mailbox === undefined) return { error: new Error('No settings of the mailbox are stored.'), scopes: undefined };
  try {
    await mailbox.survey(at);
    return { error: undefined, scopes: await mailbox.grantedScopes?.() };
  } catch (error) {
    return { error, scopes: undefined };
  }
}

async function settled<Value>(work: Promise<Value>): Promise<Value | Error> {
  try {
    return await work;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
