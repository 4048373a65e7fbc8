import { openImapMailbox } from '../../connector/src/mailbox/imap/imap-mailbox.ts';
import { startMailWorld, type MailWorld } from '../../test/journeys/mail-world.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { besidePoller, timeReplies, type Written } from './reply-delays.ts';
import { median } from './statistics.ts';

const REPLIES = 40;
/** Between a Task and the next reply, so that none finds the connector at work or always equally long at rest. */
const SPACING_MS = { least: 100, most: 700 };
/** Looks of the poller whose time is taken. */
const LOOKS = 5;

/** The time from SMTP submission to the Task, through real servers, beside that of a poller. */
export async function measureDelays(surroundings: Surroundings): Promise<Measured | Skipped> {
  const missing = reasonAgainst('dovecot') ?? reasonAgainst('postfix');
  if (missing !== undefined) return { skipped: missing };
  const { belongings, progress } = surroundings;
  progress('starting Postfix, Dovecot, a local org and the connector');
  const world = await startMailWorld(NO_TEST);
  belongings.defer(() => world.close());
  const replies = scaled(REPLIES, surroundings, 2);
  progress(`the rep writes ${replies} mails`);
  const written: Written[] = [];
  for (let number = 0; number < replies; number++) {
    const prospect = await world.enrol();
    written.push({ prospect, messageId: await world.repWrites({ to: prospect.address }) });
  }
  // Sent is read when something arrives, so that something has to.
  await world.settled();
  for (const { messageId } of written) await world.tracked(messageId);
  progress(`${replies} prospects answer, one after the other`);
  const delays = await timeReplies(written, {
    ...{ stage: world, spacingMs: SPACING_MS },
    answer: ({ prospect, messageId }) => world.somebodyWrites({ from: prospect.address, inReplyTo: messageId }),
  });
  return besidePoller(delays, {
    what: 'SMTP submission to Postfix -> Dovecot -> connector process on PGlite, waiting with IDLE -> Task in a local org, seen by a query every 50 ms',
    detail: { spacingMs: SPACING_MS },
    lookMs: median(await timeLooks(world)),
  });
}

/** What the servers' own check would skip is known to be there, so that it is never called. */
const NO_TEST = {
  skip: (): never => {
    throw new Error('A mail server that was there a moment ago is missing.');
  },
} as unknown as Mocha.Context;

/** What one look of a poller takes: it logs in and asks for what is new. */
async function timeLooks({ dovecot, rep }: MailWorld): Promise<number[]> {
  const { host, port, password } = dovecot;
  const open = () =>
    openImapMailbox({
      ...{ host, port, secure: false, user: rep.address },
      credential: () => Promise.resolve({ password }),
    });
  const first = open();
  const { cursor } = await first.changesSince(await first.openingCursor(new Date(0)), 500);
  await first.close();
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const begun = performance.now();
    const mailbox = open();
    await mailbox.changesSince(cursor, 500);
    times.push(performance.now() - begun);
    await mailbox.close();
  }
  return times;
}
