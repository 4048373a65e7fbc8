/**
 * The process that knows what is true: it holds the mailboxes and the org, writes every reply into a book of its own as
 * it delivers it, lets one call in twenty fail, and judges in the end by what the org holds. It shares nothing with the
 * service but sockets, and is never killed.
 *
 * Started by `node:child_process` fork; each message is a request of `LedgerRequest`, answered in order.
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { startSalesStage, type Prospect, type SalesStage } from '../../test/journeys/sales-stage.ts';
import { GoogleError } from '../../test/simulators/gmail/google-error.ts';
import { startGmailSimulator, type GmailSimulator } from '../../test/simulators/gmail/gmail-simulator.ts';
import type { Fault as MailFault } from '../../test/simulators/gmail/fault.ts';
import type { Fault as OrgFault } from '../../test/simulators/salesforce/faults.ts';
import type { LedgerAnswer, LedgerRequest, MailboxToRead, StoredState, Verdict } from './ledger-words.ts';

const MAILBOXES = 8;
const PROSPECTS = 160;
const SCOPES = ['https://www.googleapis.com/auth/gmail.metadata'];
/** One in so many fails of the calls to the org, and of those that list what is new in a mailbox. */
const CALLS_A_FAULT = 20;
const LISTS_CHANGES = 'users.history.list';
const FAULT_CHECK_MS = 20;
/** The org is not to slow the writing down: its limit is not what is tried here. */
const API_LIMIT = 1_000_000_000;
const UNITS_PER_MINUTE = 1_000_000_000;

const MAIL_FAULTS: readonly MailFault[] = [
  { kind: 'error', error: new GoogleError(503, 'backendError', 'Service unavailable') },
  { kind: 'half-json' },
  { kind: 'broken-off' },
  { kind: 'reset' },
];
const ORG_FAULTS: readonly OrgFault[] = [
  { kind: 'lost-answer' },
  { kind: 'cut-json' },
  { kind: 'refused' },
  { kind: 'status', status: 503 },
  { kind: 'login-page' },
];

/** A reply as it lies in its mailbox. */
interface Delivered {
  readonly mailbox: string;
  /** Its id at the provider. */
  readonly id: string;
  readonly historyId: bigint;
}

interface World {
  readonly gmail: GmailSimulator;
  readonly stage: SalesStage;
  readonly mailboxes: readonly MailboxToRead[];
  /** Message-IDs of the mails that each mailbox has sent. */
  readonly sent: readonly (readonly string[])[];
  /** Replies by the address that they come from, which is another one each. */
  readonly book: Map<string, Delivered>;
  /** Addresses of the Tasks that were seen by `ahead`. */
  readonly seen: Set<string>;
  lookedAt?: Date;
  faults: number;
}

async function begin(): Promise<World> {
  const gmail = await startGmailSimulator({ unitsPerMinute: UNITS_PER_MINUTE, rewriting: 'keep' });
  const stage = await startSalesStage('rep@example.test', { apiLimit: API_LIMIT });
  const mailboxes = Array.from({ length: MAILBOXES }, (_, number) => {
    const mailbox = { address: `rep${number}@example.test`, token: randomUUID(), rootUrl: gmail.rootUrl };
    gmail.mailbox(mailbox.address, { token: mailbox.token, scopes: SCOPES });
    return mailbox;
  });
  const prospects: Prospect[] = [];
  for (let count = 0; count < PROSPECTS; count += 1) prospects.push(await stage.enrol());
  const sent = mailboxes.map(({ address }, number) =>
    prospects.filter((_, place) => place % MAILBOXES === number).map((prospect) => sendTo(prospect, address, gmail)),
  );
  return { gmail, stage, mailboxes, sent, book: new Map(), seen: new Set(), faults: 0 };
}

function sendTo(prospect: Prospect, from: string, gmail: GmailSimulator): string {
  const id = `<${randomUUID()}@example.test>`;
  const { message } = gmail.send(from, [
    ['Message-ID', id],
    ['From', from],
    ['To', prospect.address],
    ['Subject', 'Our offer'],
  ]);
  return message.headers.find(([name]) => name === 'Message-ID')![1];
}

/** Delivers replies, one to a mailbox in turn, each from an address that nobody else writes from. */
function deliver(count: number, { gmail, mailboxes, sent, book }: World): void {
  for (let more = 0; more < count; more += 1) {
    const number = book.size;
    const mailbox = mailboxes[number % MAILBOXES]!;
    const mails = sent[number % MAILBOXES]!;
    const from = `reply-${number}@example.org`;
    const { id, historyId } = gmail.deliver(mailbox.address, [
      ['Message-ID', `<${randomUUID()}@example.org>`],
      ['From', from],
      ['To', mailbox.address],
      ['Subject', 'Re: Our offer'],
      ['In-Reply-To', mails[Math.floor(number / MAILBOXES) % mails.length]!],
    ]);
    book.set(from, { mailbox: mailbox.address, id, historyId });
  }
}

/** Orders one fault for every twenty calls that have been made since the last look. */
function keepFailing(world: World): void {
  // The ledger's own questions to the org are answered.
  const ownCall = `Bearer ${world.stage.org.accessToken}`;
  let seen = { mail: 0, org: 0 };
  let [looked, lists] = [0, 0];
  const look = (): void => {
    for (; looked < world.gmail.requests.length; looked += 1) {
      if (world.gmail.requests[looked]!.method === LISTS_CHANGES) lists += 1;
    }
    const now = { mail: lists, org: world.stage.org.requests.length };
    for (; seen.mail + CALLS_A_FAULT <= now.mail; seen = { ...seen, mail: seen.mail + CALLS_A_FAULT }) {
      world.gmail.failNext(oneOf(MAIL_FAULTS), { method: LISTS_CHANGES });
      world.faults += 1;
    }
    for (; seen.org + CALLS_A_FAULT <= now.org; seen = { ...seen, org: seen.org + CALLS_A_FAULT }) {
      world.stage.org.failNext(oneOf(ORG_FAULTS), ({ headers }) => headers.authorization !== ownCall);
      world.faults += 1;
    }
  };
  setInterval(look, FAULT_CHECK_MS).unref();
}

const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)]!;

/** Addresses that Tasks name as theirs, each as often as there are Tasks. */
async function repliers({ stage }: World, since?: Date): Promise<string[]> {
  const later = since === undefined ? '' : ` AND CreatedDate >= ${since.toISOString()}`;
  const query = stage.admin.query<{ ReplyFrom__c: string }>(
    `SELECT ReplyFrom__c FROM Task WHERE ReplyKey__c != null${later}`,
    { autoFetch: true, maxFetch: 10_000_000 },
  );
  return (await query).records.map(({ ReplyFrom__c: from }) => from);
}

async function tasks({ stage }: World): Promise<number> {
  return (await stage.admin.query('SELECT COUNT() FROM Task WHERE ReplyKey__c != null')).totalSize;
}

/** Every reply has to be one Task; and no Task may be there that is no reply. */
async function judge(world: World): Promise<Verdict> {
  const found = await repliers(world);
  const counts = new Map<string, number>();
  for (const from of found) counts.set(from, (counts.get(from) ?? 0) + 1);
  const names = [...world.book.keys()];
  return {
    replies: names.length,
    tasks: found.length,
    lost: names.filter((name) => !counts.has(name)),
    doubled: [...counts].filter(([, count]) => count > 1).map(([name]) => name),
    unknown: [...counts.keys()].filter((name) => !world.book.has(name)),
    faults: world.faults,
    notSimulated: [...world.stage.org.notSimulated, ...world.gmail.violations],
  };
}

/** Replies that lie before the place of their mailbox, but are neither a Task nor kept to become one. */
async function ahead({ places, onTheWay, waiting }: StoredState, world: World): Promise<string[]> {
  const begun = Date.now();
  for (const from of await repliers(world, world.lookedAt)) world.seen.add(from);
  world.lookedAt = new Date(begun - 60_000);
  const [kept, known] = [new Set(waiting), new Set(onTheWay)];
  return [...world.book]
    .filter(([, { mailbox, historyId }]) => historyId <= BigInt(places[mailbox] ?? '0'))
    .filter(([from, { id }]) => !world.seen.has(from) && !known.has(from) && !kept.has(id))
    .map(([from]) => from);
}

async function answer(request: LedgerRequest, world: World): Promise<LedgerAnswer> {
  switch (request.ask) {
    case 'begin':
      return { variables: { ...world.stage.variables }, mailboxes: world.mailboxes, ownerId: world.stage.userId };
    case 'deliver':
      if (world.book.size === 0) keepFailing(world);
      deliver(request.count, world);
      return { replies: world.book.size };
    case 'tasks':
      return { tasks: await tasks(world) };
    case 'ahead':
      return { ahead: await ahead(request.state, world) };
    case 'judge':
      return { verdict: await judge(world) };
  }
}

const world = await begin();
process.on('message', (request: LedgerRequest) => {
  answer(request, world).then(
    (said) => process.send?.(said),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
