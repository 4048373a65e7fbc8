import { deliverInTurn } from '../../connector/src/deliver/deliver-in-turn.ts';
import { SalesforceError } from '../../connector/src/salesforce/salesforce-error.ts';
import type { Salesforce, SalesforceWrite } from '../../connector/src/salesforce/salesforce.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Store } from '../../connector/src/store/store.ts';
import { sampleReply } from '../../test/contract/store-samples.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { heapMeter, megabytes } from './heap.ts';
import { READ_SINCE } from './sample-mail.ts';
import { rounded } from './statistics.ts';
import { openPglite } from './stores.ts';

const REPLIES = 100_000;
const COMMITTED_AT_ONCE = 500;
/** Looks at the org while it is away: about a quarter of an hour of them. */
const PROBES = 20;

/** An org that is away until it is said to be back; then it takes every row and notes where it stood in the queue. */
class OrgAway implements Pick<Salesforce, 'write' | 'apiCalls' | 'apiUsage'> {
  apiCalls = 0;
  readonly apiUsage = undefined;
  isBack = false;
  onWritten: (keys: readonly string[]) => void = () => undefined;

  write(rows: readonly SalesforceWrite[]) {
    this.apiCalls += 1;
    if (!this.isBack) return Promise.reject(new SalesforceError('retry', 'under maintenance', []));
    this.onWritten(rows.filter(({ type }) => type === 'Task').map(({ key }) => key));
    return Promise.resolve(rows.map(({ key }) => ({ key, outcome: 'written' as const, recordId: undefined })));
  }
}

/**
 * Memory at the end of the drain of a long queue beside what was held before the outage. Fails when a reply is written
 * before an older one.
 */
export async function measureOutageQueue(surroundings: Surroundings): Promise<Measured> {
  const { progress } = surroundings;
  const store = await openStore(await openPglite(surroundings));
  const heap = heapMeter();
  const replies = scaled(REPLIES, surroundings, 5000);
  progress(`putting ${replies} replies into the outbox`);
  const place = await fill(store, replies);
  const salesforce = new OrgAway();
  let now = READ_SINCE;
  const delivery = { store, salesforce, now: () => now, random: Math.random, holder: 'bench', dailyCalls: undefined };
  const before = heap();
  for (let probe = 0; probe < PROBES; probe += 1) now = (await deliverInTurn(delivery)).pauseUntil ?? now;
  const away = heap();
  const order: number[] = [];
  let most = 0;
  salesforce.onWritten = (keys) => {
    order.push(...keys.map((key) => place.get(key) ?? -1));
    most = Math.max(most, heap());
  };
  salesforce.isBack = true;
  now = new Date(now.getTime() + 3_600_000);
  const { delivered } = await deliverInTurn(delivery);
  const pages = order.map((number) => Math.floor(number / COMMITTED_AT_ONCE));
  if (delivered < replies || order.length !== replies) throw new Error(`${order.length} of ${replies} were written.`);
  if (pages.some((page, index) => index > 0 && page < pages[index - 1]!))
    throw new Error('A reply overtook an older one.');
  return {
    ratio: rounded(most / before),
    words: `${replies} replies, ${salesforce.apiCalls} calls; heap ${megabytes(before)} MB before the outage, ${megabytes(away)} MB in it, at most ${megabytes(most)} MB while draining`,
    detail: {
      what: 'heap in use after a collection; the replies lie in PGlite, whose memory is counted apart, and are written page by page in the order in which their pages were committed',
      ...{ replies, calls: salesforce.apiCalls, probes: PROBES },
    },
  };
}

/** Commits the replies page by page; returns the place of each key in the queue. */
async function fill(store: Store, count: number): Promise<ReadonlyMap<string, number>> {
  const place = new Map<string, number>();
  const mailbox = { provider: 'imap', address: 'rep@seller.example', ownerId: '005000000000001AAA' };
  const { id: mailboxId } = await store.connectMailbox({ ...mailbox, readSince: READ_SINCE });
  const nothing = { seen: 0, notReplies: 0, excluded: 0, registrations: [], waiting: [], settled: [] };
  for (let first = 0; first < count; first += COMMITTED_AT_ONCE) {
    const matched = Array.from({ length: Math.min(COMMITTED_AT_ONCE, count - first) }, (_, index) => {
      const id = `answer-${first + index}@buyer.example`;
      const reply = sampleReply(id, 'sent@seller.example');
      place.set(reply.replyKey, first + index);
      return { digest: store.digest(id), replies: [reply], latches: [], aliasOf: [] };
    });
    await store.commitPage({ ...nothing, mailboxId, matched, at: READ_SINCE });
  }
  return place;
}
