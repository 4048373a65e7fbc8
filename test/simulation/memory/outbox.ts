import type { DeliveryOutcome, OutboxItem, StaleTally, TallyOutcome } from '../../../connector/src/store/store.ts';
import type { Context } from './mailboxes.ts';
import { trackedMailOf } from './known-mails.ts';
import type { OutboxRecord, Tables } from './rows.ts';
import { storable } from './storable.ts';

const GATHERED_MS = 60_000;
const LONGEST_WAIT_MS = 2 * 3_600_000;

/** Due items, tracked emails before tasks, each oldest first. */
export function readDue(tables: Tables, at: Date, limit: number): OutboxItem[] {
  const due = [...tables.outbox.values()]
    .filter(({ state, notBefore }) => state === 'pending' && isDue(notBefore, at))
    .sort((a, b) => a.number - b.number);
  const mails = due.filter(({ type, key }) => type === 'TrackedEmail' && tables.mails.has(key));
  const tasks = due.filter(({ type }) => type === 'Task');
  return [...mails, ...tasks].slice(0, limit).map((record) => itemOf(record, tables));
}

/** A wait for longer than any comes of a clock that was set back. */
function isDue(notBefore: Date | undefined, at: Date): boolean {
  return notBefore === undefined || notBefore <= at || notBefore.getTime() > at.getTime() + LONGEST_WAIT_MS;
}

function itemOf({ number, key, attempts, createdAt, reply }: OutboxRecord, tables: Tables): OutboxItem {
  const item = { id: String(number), key, attempts, createdAt };
  if (reply !== undefined) return { ...item, type: 'Task', reply };
  return { ...item, type: 'TrackedEmail', mail: trackedMailOf(tables.mails.get(key)!) };
}

/** Records outcomes; what was delivered stays so, whatever a slower worker reports. */
export async function recordDeliveries(context: Context, given: readonly DeliveryOutcome[], at: Date): Promise<void> {
  const outcomes = new Map(
    storable(given)
      .toReversed()
      .map((outcome) => [outcome.id, outcome]),
  );
  const delivered = await settleItems(context, outcomes, at);
  await nameMails(context, delivered);
  await acknowledgeLatches(context, delivered);
  await markTallies(context, delivered, at);
}

async function settleItems(
  { tx, tables }: Context,
  outcomes: ReadonlyMap<string, DeliveryOutcome>,
  at: Date,
): Promise<OutboxRecord[]> {
  const open = () =>
    tx.entries(tables.outbox).filter(([, { number, state }]) => outcomes.has(String(number)) && state !== 'delivered');
  return tx.statement(
    'settle items',
    () => ({ exclusive: open().map(([key]) => `outbox ${key}`) }),
    () => {
      const settled = open().map(([key, row]) => {
        const next = settledRow(row, outcomes.get(String(row.number))!, at);
        tx.set(tables.outbox, key, next);
        return next;
      });
      return settled.filter(({ state }) => state === 'delivered');
    },
  );
}

function settledRow(row: OutboxRecord, outcome: DeliveryOutcome, at: Date): OutboxRecord {
  const attempts = row.attempts + (outcome.outcome === 'retry' && outcome.isTry === false ? 0 : 1);
  if (outcome.outcome === 'delivered') {
    const { recordId = row.recordId } = outcome;
    const nothing = { reply: undefined, reason: undefined, notBefore: undefined };
    return { ...row, ...nothing, attempts, state: 'delivered', settledAt: at, recordId };
  }
  const { reason } = outcome;
  if (outcome.outcome === 'dead') return { ...row, attempts, reason, state: 'dead', diedAt: at, notBefore: undefined };
  return { ...row, attempts, reason, state: 'pending', notBefore: outcome.notBefore };
}

async function nameMails({ tx, tables }: Context, delivered: readonly OutboxRecord[]): Promise<void> {
  const named = delivered.filter(({ type, recordId }) => type === 'TrackedEmail' && recordId !== undefined);
  await tx.statement(
    'name mails',
    () => ({ exclusive: named.map(({ key }) => `mail ${key}`) }),
    () => {
      for (const { key, recordId } of named) {
        const mail = tx.get(tables.mails, key);
        if (mail !== undefined) tx.set(tables.mails, key, { ...mail, trackedEmailId: recordId! });
      }
    },
  );
}

async function acknowledgeLatches({ tx, tables }: Context, delivered: readonly OutboxRecord[]): Promise<void> {
  const keys = new Set(delivered.filter(({ type }) => type === 'Task').map(({ key }) => key));
  const held = () => tx.entries(tables.latches).filter(([, latch]) => keys.has(latch.replyKey) && !latch.acknowledged);
  await tx.statement(
    'acknowledge latches',
    () => ({ exclusive: held().map(([key]) => `latch ${key}`) }),
    () => {
      for (const [key, latch] of held()) tx.set(tables.latches, key, { ...latch, acknowledged: true });
    },
  );
}

async function markTallies({ tx, tables }: Context, delivered: readonly OutboxRecord[], at: Date): Promise<void> {
  const keys = new Set(delivered.flatMap(({ counted }) => counted?.mailKey ?? []));
  const mails = () => [...keys].flatMap((key) => tx.get(tables.mails, key)?.number ?? []);
  await tx.statement(
    'mark tallies',
    () => ({ exclusive: mails().map((mail) => `tally ${mail}`) }),
    () => {
      for (const mail of mails()) {
        const before = tx.get(tables.staleTallies, String(mail)) ?? { mail, marks: 0, dueAt: gatheredUntil(at) };
        tx.set(tables.staleTallies, String(mail), { ...before, marks: before.marks + 1 });
      }
    },
  );
}

function gatheredUntil(at: Date): Date {
  return new Date(at.getTime() + GATHERED_MS);
}

/** The tallies that are due, those that wait longest first. */
export function readStaleTallies(tables: Tables, at: Date, limit: number): StaleTally[] {
  const mails = new Map([...tables.mails.values()].map((mail) => [mail.number, mail]));
  return [...tables.staleTallies.values()]
    .filter(({ mail, dueAt }) => dueAt <= at && mails.get(mail)?.trackedEmailId !== undefined)
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || a.mail - b.mail)
    .slice(0, limit)
    .flatMap(({ mail, marks }) => {
      const { key, trackedEmailId } = mails.get(mail)!;
      const tally = tallyOf(tables, key);
      return tally === undefined ? [] : [{ mailId: String(mail), marks, trackedEmailId: trackedEmailId!, tally }];
    });
}

function tallyOf(tables: Tables, mailKey: string): StaleTally['tally'] | undefined {
  const rows = [...tables.outbox.values()]
    .filter(({ state, counted }) => state === 'delivered' && counted?.mailKey === mailKey)
    .map(({ number, counted }) => ({ number, ...counted! }))
    .sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime() || b.number - a.number);
  const [last] = rows;
  if (last === undefined) return undefined;
  const people = rows.filter(({ byPerson }) => byPerson);
  return {
    replyCount: new Set(people.map(({ answer }) => answer)).size,
    firstReplyAt: people.at(-1)?.receivedAt,
    lastReplyAt: last.receivedAt,
    lastReplyKind: last.kind,
  };
}

export async function settleTallies(
  { tx, tables }: Context,
  outcomes: readonly TallyOutcome[],
  at: Date,
): Promise<void> {
  await tx.statement(
    'settle tallies',
    () => ({ exclusive: outcomes.map(({ mailId }) => `tally ${mailId}`) }),
    () => {
      for (const { mailId, marks, notBefore } of outcomes) {
        const row = tx.get(tables.staleTallies, mailId);
        if (row === undefined) continue;
        if (notBefore === undefined && row.marks === marks) tx.delete(tables.staleTallies, mailId);
        else tx.set(tables.staleTallies, mailId, { ...row, dueAt: notBefore ?? gatheredUntil(at) });
      }
    },
  );
}
