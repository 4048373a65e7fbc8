import { randomUUID } from 'node:crypto';
import { openGmailMailbox } from '../../connector/src/mailbox/gmail/gmail-mailbox.ts';
import { startGmailSimulator, type GmailSimulator } from '../../test/simulators/gmail/gmail-simulator.ts';
import { DEFAULT_COSTS } from '../../test/simulators/gmail/quota.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { rounded } from './statistics.ts';
import { HOUR_MS, REP, startDay, TICK_MS, virtualClock, type VirtualDay } from './virtual-day.ts';

const TOKEN = 'token-of-the-rep';
const TOPIC = 'projects/replies/topics/mail';
const MAILS = 1_000;
/** Of so many mails one is a reply. */
const REPLIES_ONE_IN = 50;
/** Of so many replies one has another subject, which begins another thread. */
const RETHREADED_ONE_IN = 5;

/** A day of a Gmail mailbox. */
interface GmailDay extends VirtualDay {
  readonly gmail: GmailSimulator;
}

async function startGmailDay(surroundings: Surroundings, push: boolean): Promise<GmailDay> {
  const clock = virtualClock();
  const gmail = await startGmailSimulator({ now: clock.now });
  surroundings.belongings.defer(() => gmail.close());
  gmail.mailbox(REP, { token: TOKEN, scopes: ['gmail.metadata'] });
  gmail.pubsub.setTopic(TOPIC, {});
  const mailbox = openGmailMailbox({
    ...{ address: REP, rootUrl: gmail.rootUrl, unitsPerMinute: 1_000_000_000 },
    accessToken: () => Promise.resolve(TOKEN),
    ...(push && { topic: TOPIC }),
  });
  return { ...(await startDay(mailbox, clock, surroundings)), gmail };
}

const deliver = ({ gmail }: GmailDay, fields: Readonly<Record<string, string>> = {}) =>
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
  const day = await startGmailDay(surroundings, push);
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

/** Quota units for a thousand mails, beside those of reading each header by a call of its own. */
export async function countUnits(surroundings: Surroundings): Promise<Measured> {
  const day = await startGmailDay(surroundings, true);
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
