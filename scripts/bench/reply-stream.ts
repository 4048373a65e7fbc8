import { deliverInTurn } from '../../connector/src/deliver/deliver-in-turn.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import { startSampleOrg } from '../../test/connector/salesforce/sample-org.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { READ_SINCE } from './sample-mail.ts';
import { rounded } from './statistics.ts';
import { openPglite } from './stores.ts';

const SECONDS = 600;
const REPLIES_A_SECOND = 2;
const TICK_MS = 1000 / REPLIES_A_SECOND;
/** No reply may be older than this when its Task is written. */
const OLDEST_SECONDS = 30;
const SENT = 'sent@seller.example';

/**
 * Two replies a second by a clock that is moved by hand, each committed by itself and followed by a wake-up, as the
 * service does; calls beside those of one Task a call. Fails when a reply waits for longer than half a minute.
 */
export async function countStreamCalls(surroundings: Surroundings): Promise<Measured> {
  const { belongings, progress } = surroundings;
  const store = await openStore(await openPglite(surroundings));
  progress('starting a local org');
  const sample = await startSampleOrg();
  belongings.defer(() => sample.org.close());
  const salesforce = sample.connect();
  await salesforce.write([sample.mailRow(SENT)]);
  const before = sample.org.apiCalls;
  let now = READ_SINCE;
  const delivery = {
    ...{ store, salesforce, now: () => now, random: Math.random },
    ...{ holder: 'bench', dailyCalls: undefined },
  };
  const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: sample.repId, readSince: READ_SINCE };
  const { id: mailboxId } = await store.connectMailbox(mailbox);
  const count = scaled(SECONDS * REPLIES_A_SECOND, surroundings, 200);
  progress(`${count} replies, ${REPLIES_A_SECOND} a second of virtual time`);
  let oldest = 0;
  for (let number = 0, left = count; left > 0; number += 1) {
    if (number < count) await commitReply(number);
    const { outboxPendingSince } = await store.counts();
    const { delivered } = await deliverInTurn(delivery);
    if (delivered > 0) oldest = Math.max(oldest, now.getTime() - (outboxPendingSince ?? now).getTime());
    left -= delivered;
    now = new Date(now.getTime() + TICK_MS);
  }
  const calls = sample.org.apiCalls - before;
  const tasks = await sample.count('Task');
  if (tasks !== count) throw new Error(`${tasks} of ${count} replies became a Task.`);
  if (oldest > OLDEST_SECONDS * 1000) throw new Error(`A reply waited for ${oldest / 1000} s.`);
  return {
    ratio: rounded(calls / count),
    words: `${calls} calls for ${count} replies, ${REPLIES_A_SECOND} a second; the oldest had waited for ${oldest / 1000} s`,
    detail: {
      what: 'replies come one by one by a virtual clock, each is committed and followed by a wake-up; the pace decides when there is a call to a local org. One Task a call would be as many calls as replies',
      ...{ replies: count, calls, oldestSeconds: oldest / 1000, oldestAllowed: OLDEST_SECONDS },
    },
  };

  async function commitReply(number: number): Promise<void> {
    const id = `answer-${number}@buyer.example`;
    const matched = [{ digest: store.digest(id), replies: [sample.taskRow(id, SENT).reply], latches: [], aliasOf: [] }];
    const nothing = { seen: 0, notReplies: 0, excluded: 0, registrations: [], waiting: [], settled: [] };
    await store.commitPage({ ...nothing, mailboxId, matched, at: now });
  }
}
