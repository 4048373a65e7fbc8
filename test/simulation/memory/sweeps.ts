import type { Store } from '../../../connector/src/store/store.ts';
import { rows } from './mailboxes.ts';
import type { Statements } from './statements.ts';

export interface SweepRecord {
  readonly dueAt: Date | undefined;
  readonly until: Date | undefined;
  readonly renewAt: Date | undefined;
  readonly told: number;
}

const NEVER: SweepRecord = { dueAt: undefined, until: undefined, renewAt: undefined, told: 0 };

/** When each mailbox is to be looked into, and how well its provider tells of changes. */
export function sweepsOn({
  tables,
  statement,
  read,
}: Statements): Pick<Store, 'dueSweeps' | 'scheduleSweeps' | 'pushHealth' | 'recordPush' | 'recordNews'> {
  const change = (id: string, changed: (before: SweepRecord) => Partial<SweepRecord>): Promise<void> =>
    statement('change sweep', rows(`sweep ${id}`), (tx) => {
      const before = tx.get(tables.sweeps, id) ?? NEVER;
      if (tables.mailboxes.has(id)) tx.set(tables.sweeps, id, { ...before, ...changed(before) });
    });
  return {
    dueSweeps: (at, limit) =>
      read('due sweeps', () =>
        [...tables.mailboxes.keys()]
          .map((mailboxId) => ({ mailboxId, ...(tables.sweeps.get(mailboxId) ?? NEVER) }))
          .filter(({ dueAt }) => dueAt === undefined || dueAt <= at)
          .sort((a, b) => timeOf(a.dueAt) - timeOf(b.dueAt) || Number(a.mailboxId) - Number(b.mailboxId))
          .slice(0, limit)
          .map(({ mailboxId, until, renewAt, told }) => ({ mailboxId, push: { until, renewAt, told } })),
      ),
    scheduleSweeps: (sweeps) =>
      statement('schedule sweeps', rows(...sweeps.map(({ mailboxId }) => `sweep ${mailboxId}`)), (tx) => {
        for (const { mailboxId, at } of sweeps) {
          const before = tx.get(tables.sweeps, mailboxId) ?? NEVER;
          if (tables.mailboxes.has(mailboxId)) tx.set(tables.sweeps, mailboxId, { ...before, dueAt: at });
        }
      }),
    pushHealth: () =>
      read(
        'push health',
        () => new Map([...tables.sweeps].map(([id, { until, renewAt, told }]) => [id, { until, renewAt, told }])),
      ),
    recordPush: (id, until, renewAt) => change(id, () => ({ until, renewAt })),
    recordNews: (id, told) =>
      change(id, (before) => {
        if (told === 'by nobody') return { told: 0 };
        return before.until === undefined ? {} : { told: before.told + 1 };
      }),
  };
}

/** What was never due comes first. */
function timeOf(dueAt: Date | undefined): number {
  return dueAt?.getTime() ?? -Infinity;
}
