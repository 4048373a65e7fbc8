import { KEPT_DAYS } from '../../../connector/src/store/expire.ts';
import type { Context } from './mailboxes.ts';

const DAY_MS = 86_400_000;

/** Forgets rows that were of no use but against doing something twice, once their time is over. */
export async function forgetOld({ tx, tables }: Context, at: Date): Promise<number> {
  const old = (since: Date | undefined, days: number): boolean =>
    since !== undefined && since.getTime() <= at.getTime() - days * DAY_MS;
  const matched = () => tx.entries(tables.matched).filter(([, row]) => old(row.at, KEPT_DAYS.matched));
  const delivered = () =>
    tx
      .entries(tables.outbox)
      .filter(([, { state, settledAt }]) => state === 'delivered' && old(settledAt, KEPT_DAYS.delivered))
      .filter(([, { type, key }]) => type === 'Task' || tx.get(tables.mails, key) === undefined);
  const latches = () => tx.entries(tables.latches).filter(([, latch]) => old(latch.readBackAt, KEPT_DAYS.latches));
  return tx.statement(
    'forget old rows',
    () => ({
      exclusive: [
        ...matched().map(([key]) => `matched ${key}`),
        ...delivered().map(([key]) => `outbox ${key}`),
        ...latches().map(([key]) => `latch ${key}`),
      ],
    }),
    () => {
      const gone = [matched(), delivered(), latches()] as const;
      for (const [key] of gone[0]) tx.delete(tables.matched, key);
      for (const [key] of gone[1]) tx.delete(tables.outbox, key);
      for (const [key] of gone[2]) tx.delete(tables.latches, key);
      return gone.reduce((sum, { length }) => sum + length, 0);
    },
  );
}
