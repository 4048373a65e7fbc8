import { randomUUID } from 'node:crypto';
import { openEwsMailbox } from '../../connector/src/mailbox/ews/ews-mailbox.ts';
import { openGmailMailbox } from '../../connector/src/mailbox/gmail/gmail-mailbox.ts';
import { openGraphMailbox } from '../../connector/src/mailbox/graph/graph-mailbox.ts';
import { openImapMailbox } from '../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { Mailbox } from '../../connector/src/mailbox/mailbox.ts';
import { mail } from '../../test/contract/sample-mail.ts';
import { startDovecot } from '../../test/servers/dovecot.ts';
import { openImapAccount } from '../../test/servers/imap-account.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { startEwsSimulator } from '../../test/simulators/ews/ews-simulator.ts';
import { startGmailSimulator } from '../../test/simulators/gmail/gmail-simulator.ts';
import { startGraphSimulator } from '../../test/simulators/graph/graph-simulator.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { rounded } from './statistics.ts';
import { HOUR_MS, REP, startDay, TICK_MS, virtualClock, type VirtualClock } from './virtual-day.ts';

const TOKEN = 'token-of-the-rep';
const MESSAGES = 200;
/** Hints in a row after which a provider is relied on. */
const PROVEN = 3;
const DAYS_MS = 7 * 24 * HOUR_MS;

/** A mailbox, and somebody who writes to it; nobody listens for what its provider tells. */
interface Silent {
  readonly mailbox: Mailbox;
  readonly deliver: (raw: string) => unknown;
}

type OpenSilent = (clock: VirtualClock, surroundings: Surroundings) => Promise<Silent>;

/** The providers, each by its stand-in; IMAP by a real Dovecot. */
const PROVIDERS = {
  gmail: async ({ now }, { belongings }) => {
    const gmail = await startGmailSimulator({ now });
    belongings.defer(() => gmail.close());
    gmail.mailbox(REP, { token: TOKEN, scopes: ['gmail.metadata'] });
    const accessToken = (): Promise<string> => Promise.resolve(TOKEN);
    return {
      mailbox: openGmailMailbox({ address: REP, rootUrl: gmail.rootUrl, accessToken, unitsPerMinute: 1_000_000_000 }),
      deliver: (raw) => gmail.deliver(REP, raw),
    };
  },
  graph: async ({ now }, { belongings }) => {
    const graph = await startGraphSimulator();
    belongings.defer(() => graph.close());
    graph.mailbox(REP, { token: TOKEN, permissions: ['Mail.ReadBasic.All'] });
    const accessToken = (): Promise<string> => Promise.resolve(TOKEN);
    return {
      mailbox: openGraphMailbox({ address: REP, rootUrl: graph.rootUrl, accessToken }),
      deliver: (raw) => graph.deliver(REP, raw, { receivedAt: now() }),
    };
  },
  exchange: async ({ now }, { belongings }) => {
    const exchange = await startEwsSimulator();
    belongings.defer(() => exchange.close());
    exchange.mailbox(REP, { password: TOKEN });
    const credential = { kind: 'basic', user: REP, password: TOKEN } as const;
    return {
      mailbox: openEwsMailbox({ address: REP, url: exchange.url, credential: () => Promise.resolve(credential) }),
      deliver: (raw) => exchange.deliver(REP, raw, { receivedAt: now() }),
    };
  },
  imap: async ({ now }, { belongings }) => {
    const dovecot = await startDovecot();
    const account = await openImapAccount(dovecot, REP);
    belongings.defer(() => account.close());
    const { host, port, password } = dovecot;
    return {
      mailbox: openImapMailbox({
        ...{ host, port, secure: false, user: REP, credential: () => Promise.resolve({ password }) },
      }),
      deliver: (raw) => account.append(raw, { receivedAt: now() }),
    };
  },
} satisfies Record<string, OpenSilent>;

/** Every hint is lost after the provider has proven itself: what is found, and how late. */
export async function findWithoutHints(
  provider: keyof typeof PROVIDERS,
  surroundings: Surroundings,
): Promise<Measured | Skipped> {
  const missing = provider === 'imap' ? reasonAgainst('dovecot') : undefined;
  if (missing !== undefined) return { skipped: missing };
  const clock = virtualClock();
  const now = (): number => clock.now().getTime();
  const { mailbox, deliver } = await PROVIDERS[provider](clock, surroundings);
  const day = await startDay(mailbox, clock, surroundings);
  const write = async (): Promise<unknown> => deliver(mail({ id: `<${randomUUID()}@example.org>` }));
  await day.pass(HOUR_MS);
  await day.store.recordPush(day.mailboxId, new Date(now() + DAYS_MS), new Date(now() + DAYS_MS));
  for (let news = 0; news < PROVEN; news++) {
    await write();
    await day.told();
  }
  const random = createRandom(2);
  const arrivals: number[] = [];
  const messagesSoFar = day.commits.reduce((sum, { messages }) => sum + messages, 0);
  for (let count = 0; count < scaled(MESSAGES, surroundings, 10); count++) {
    await write();
    arrivals.push(now());
    await day.pass((1 + random.below(20)) * TICK_MS);
  }
  await day.pass(HOUR_MS);
  const found = day.commits.flatMap(({ at, messages }) => Array.from({ length: messages }, () => at));
  const late = found.slice(messagesSoFar).map((at, place) => at - arrivals[place]!);
  return {
    ratio: rounded((arrivals.length - late.length) / arrivals.length),
    words: `${late.length} of ${arrivals.length} found, the latest after ${rounded(Math.max(...late) / 60_000)} minutes`,
    detail: {
      what: 'each hint lost, on a virtual clock, after three that came; sweeps alone find the messages',
      ...{ provider, arrivals: arrivals.length, found: late.length, latestMs: Math.max(...late) },
    },
  };
}
