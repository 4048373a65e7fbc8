import { randomUUID } from 'node:crypto';
import { openGmailMailbox } from '../../connector/src/mailbox/gmail/gmail-mailbox.ts';
import type { Mailbox } from '../../connector/src/mailbox/mailbox.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { ownSideOf } from '../../connector/src/sync/own-side.ts';
import { renewPush, sweepMailboxes, type Sweep } from '../../connector/src/sync/sweep-mailboxes.ts';
import { syncMailbox } from '../../connector/src/sync/sync-mailbox.ts';
import { startGmailSimulator, type GmailSimulator } from '../../test/simulators/gmail/gmail-simulator.ts';
import { DEFAULT_COSTS } from '../../test/simulators/gmail/quota.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { OWNER_ID } from './sample-mail.ts';
import { rounded } from './statistics.ts';
import { openPglite } from './stores.ts';

const REP = 'rep@seller.example';
const TOKEN = 'token-of-the-rep';
const TOPIC = 'projects/replies/topics/mail';
const MAILS = 1_000;
/** Of so many mails one is a reply. */
const REPLIES_ONE_IN = 50;
/** Of so many replies one has another subject, which begins another thread. */
const RETHREADED_ONE_IN = 5;
const TICK_MS = 15_000;
const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-02T08:00:00Z');

/** A Gmail mailbox on a virtual clock: the stand-in, the adapter, the store and the sweeps. */
interface VirtualDay {
  readonly gmail: GmailSimulator;
  readonly store: Store;
  /** Lets time pass; the service does what it does meanwhile. */
  pass(milliseconds: number): Promise<void>;
  /** What a push does. */
  told(): Promise<void>;
  now(): number;
  /** When each message was committed, in the order of their commits, by how many. */
  readonly commits: readonly { readonly at: number; readonly messages: number }[];
}

async function startDay(surroundings: Surroundings, push: boolean): Promise<VirtualDay> {
  const { belongings } = surroundings;
  let clock = START;
  const now = (): Date => new Date(clock);
  const random = createRandom(1);
  const gmail = await startGmailSimulator({ now });
  belongings.defer(() => gmail.close());
  gmail.mailbox(REP, { token: TOKEN, scopes: ['gmail.metadata'] });
  gmail.pubsub.setTopic(TOPIC, {});
  const store = await openStore(await openPglite(surroundings));
  const { id } = await store.connectMailbox({ provider: 'gmail', address: REP, ownerId: OWNER_ID, readSince: now() });
  const mailbox: Mailbox = openGmailMailbox({
    ...{ address: REP, rootUrl: gmail.rootUrl, unitsPerMinute: 1_000_000_000 },
    accessToken: () => Promise.resolve(TOKEN),
    ...(push && { topic: TOPIC }),
  });
  belongings.defer(() => mailbox.close());
  const commits: { at: number; messages: number }[] = [];
  const options = {
    ...{ store, ownSide: ownSideOf([]), now, mailboxOf: () => mailbox },
    onPage: ({ messages }: { readonly messages: number }) =>
      void (messages > 0 && commits.push({ at: clock, messages })),
  };
  const read = async (told: 'by the provider' | 'by nobody'): Promise<void> => {
    const { messages } = await syncMailbox(id, options);
    if (messages > 0) await store.recordNews(id, told);
  };
  const sweep: Sweep = {
    ...{ store, now, leastSeconds: 300, mailboxOf: () => mailbox, random: () => random.below(1_000) / 1_000 },
    wake: async (queue) => {
      if (queue === 'renew') await renewPush(id, { ...sweep, store });
      await read('by nobody');
    },
  };
  return {
    ...{ gmail, store, commits, now: () => clock, told: () => read('by the provider') },
    pass: async (milliseconds) => {
      for (const end = clock + milliseconds; clock < end; clock += TICK_MS) await sweepMailboxes(sweep);
    },
  };
}

const deliver = ({ gmail }: VirtualDay, fields: Readonly<Record<string, string>> = {}) =>
  gmail.deliver(
    REP,
    Object.entries({
      'Message-ID': `<${randomUUID()}@example.org>`,
      From: 'a@example.org',
      Subject: 'News',
      ...fields,
    }),
  );

/** What a mailbox in which nothing happens costs in a day, beside a poller that asks once a minute. */
export async function countIdleCalls(surroundings: Surroundings, push: boolean): Promise<Measured> {
  const day = await startDay(surroundings, push);
  await day.pass(HOUR_MS);
  for (let news = 0; push && news < 3; news++) {
    deliver(day);
    await day.told();
    await day.pass(60_000);
  }
  await day.pass(HOUR_MS);
  const hours = scaled(24, surroundings, 2);
  const before = day.gmail.requests.length;
  await day.pass(hours * HOUR_MS);
  const calls = day.gmail.requests.length - before;
  const poller = hours * 60;
  return {
    ratio: rounded(calls / poller),
    words: `${calls} calls in ${hours} idle hours of virtual time; the poller ${poller}`,
    detail: { what: 'sweeps and renewals on a virtual clock, adapter on the Gmail stand-in', hours, calls, poller },
  };
}

/** Every push is lost after pushes have proven themselves: what is found, and how late. */
export async function findWithoutHints(surroundings: Surroundings): Promise<Measured> {
  const day = await startDay(surroundings, true);
  await day.pass(HOUR_MS);
  for (let news = 0; news < 3; news++) {
    deliver(day);
    await day.told();
    await day.pass(60_000);
  }
  const random = createRandom(2);
  const arrivals: number[] = [];
  const first = day.commits.reduce((sum, { messages }) => sum + messages, 0);
  for (let mail = 0; mail < scaled(200, surroundings, 10); mail++) {
    deliver(day);
    arrivals.push(day.now());
    await day.pass((1 + random.below(20)) * TICK_MS);
  }
  await day.pass(HOUR_MS);
  const found = day.commits.flatMap(({ at, messages }) => Array.from({ length: messages }, () => at)).slice(first);
  const late = found.map((at, place) => at - arrivals[place]!);
  return {
    ratio: rounded((arrivals.length - found.length) / arrivals.length),
    words: `${found.length} of ${arrivals.length} found, the latest after ${rounded(Math.max(...late) / 60_000)} minutes`,
    detail: {
      what: 'each push lost, on a virtual clock, after three that came; sweeps alone find the messages',
      ...{ arrivals: arrivals.length, found: found.length, latestMs: Math.max(...late) },
    },
  };
}

/** Quota units for a thousand mails, beside those of reading each header by a call of its own. */
export async function countUnits(surroundings: Surroundings): Promise<Measured> {
  const day = await startDay(surroundings, true);
  const { gmail } = day;
  await day.pass(HOUR_MS);
  const sent = gmail.send(REP, Object.entries({ From: REP, To: 'lead@example.org', Subject: 'Our offer' }));
  const [, sentId] = sent.message.headers.find(([name]) => name === 'Message-ID')!;
  await day.told();
  const before = gmail.requests.length;
  const mails = scaled(MAILS, surroundings, 100);
  let [replies, inThread] = [0, 0];
  for (let mail = 0; mail < mails; mail++) {
    const isReply = mail % REPLIES_ONE_IN === 0;
    const Subject = replies % RETHREADED_ONE_IN === 0 ? 'Another subject' : 'Re: Our offer';
    const { threadId } = deliver(day, isReply ? { 'In-Reply-To': sentId, Subject } : {});
    if (isReply) replies += 1;
    if (isReply && threadId === sent.threadId) inThread += 1;
    // News comes alone, as it does in a mailbox of a hundred mails a day.
    await day.told();
    await day.pass(TICK_MS);
  }
  const calls = gmail.requests.slice(before);
  const unitsOf = (method: string): number => DEFAULT_COSTS[method] ?? 0;
  const units = calls.reduce((sum, { method }) => sum + unitsOf(method), 0);
  const histories = calls.filter(({ method }) => method === 'users.history.list').length;
  const single = mails * unitsOf('users.messages.get') + histories * unitsOf('users.history.list');
  const prefilter = inThread * unitsOf('users.messages.get') + histories * unitsOf('users.history.list');
  return {
    ratio: rounded(units / single),
    words: `${units} units for ${mails} mails; a prefilter by thread ${prefilter} (${rounded(prefilter / units)} of it), which would miss ${replies - inThread} of ${replies} replies`,
    detail: {
      what: 'units counted at the Gmail stand-in; the prefilter is computed from the threads that it gave the mails',
      ...{ mails, replies, rethreaded: replies - inThread, units, everyHeader: single, prefilter },
    },
  };
}
