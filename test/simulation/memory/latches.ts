import type { Store } from '../../../connector/src/store/store.ts';
import type { Statements } from './statements.ts';

export interface LatchRecord {
  readonly person: string;
  readonly replyKey: string;
  readonly acknowledged: boolean;
  /** The pull that is to read the person's statuses back. */
  readonly readBackBy?: number;
  readonly readBackAt?: Date;
}

type Latches = Pick<Store, 'isLatched' | 'beginReadBack' | 'endReadBack'>;

/** The latches of people, until their statuses have been read back. */
export function latchesOn({ tables, statement, read }: Statements, next: (sequence: string) => number): Latches {
  const acknowledged = (): [string, LatchRecord][] =>
    [...tables.latches].filter(([, latch]) => latch.acknowledged && latch.readBackAt === undefined);
  const markedBy = (pull: string): [string, LatchRecord][] =>
    acknowledged().filter(([, { readBackBy }]) => String(readBackBy) === pull);
  return {
    isLatched: (personId) =>
      read('latch', () =>
        [...tables.latches.values()].some(({ person, readBackAt }) => person === personId && readBackAt === undefined),
      ),
    beginReadBack: () => {
      const pull = next('latch read back');
      return statement(
        'begin read back',
        () => ({ exclusive: acknowledged().map(([key]) => `latch ${key}`) }),
        (tx) => {
          for (const [key, latch] of acknowledged()) tx.set(tables.latches, key, { ...latch, readBackBy: pull });
          return String(pull);
        },
      );
    },
    endReadBack: (pull, at) =>
      statement(
        'end read back',
        () => ({ exclusive: markedBy(pull).map(([key]) => `latch ${key}`) }),
        (tx) => {
          for (const [key, latch] of markedBy(pull)) tx.set(tables.latches, key, { ...latch, readBackAt: at });
        },
      ),
  };
}
