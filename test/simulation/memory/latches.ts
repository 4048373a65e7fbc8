import type { Store } from '../../../connector/src/store/store.ts';
import type { Statements } from './statements.ts';

export interface LatchRecord {
  readonly person: string;
  readonly replyKey: string;
  readonly acknowledged: boolean;
  /** The pull that is to read the person's statuses back. */
  readonly readBackBy?: number;
  readonly readBackAt?: Date;
  /** The sequence that was answered went on by then. */
  readonly unhalted?: boolean;
}

type Latches = Pick<Store, 'isLatched' | 'beginReadBack' | 'endReadBack' | 'unhalted'>;

/** The latches of people, until their statuses have been read back. */
export function latchesOn({ tables, statement, read }: Statements, next: (sequence: string) => number): Latches {
  const acknowledged = (): [string, LatchRecord][] =>
    [...tables.latches].filter(([, latch]) => latch.acknowledged && latch.readBackAt === undefined);
  const markedBy = (pull: string): [string, LatchRecord][] =>
    acknowledged().filter(([, { readBackBy }]) => String(readBackBy) === pull);
  const runningOn = ({ person, replyKey }: LatchRecord): string[] => {
    const { counted } = tables.outbox.get(`Task ${replyKey}`) ?? {};
    if (counted?.kind !== 'human') return [];
    const goesOn = (id: string): boolean => {
      const { personId, status, enrolledAt, undoneReplyKey } = tables.enrolments.get(id) ?? {};
      const isRunning = personId === person && (status === 'Active' || status === 'Paused');
      const isOfIt = enrolledAt !== undefined && enrolledAt <= counted.receivedAt && undoneReplyKey !== replyKey;
      return isRunning && isOfIt;
    };
    const recipients = tables.mails.get(counted.mailKey)?.recipients ?? [];
    return recipients
      .filter(({ personId }) => personId === person)
      .flatMap(({ campaignStatusId }) => campaignStatusId ?? [])
      .filter(goesOn);
  };
  const sorted = (ids: readonly string[]): string[] => [...new Set(ids)].toSorted();
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
          const running = markedBy(pull).flatMap(([, latch]) => runningOn(latch));
          for (const [key, latch] of markedBy(pull)) {
            tx.set(tables.latches, key, { ...latch, readBackAt: at, unhalted: runningOn(latch).length > 0 });
          }
          return sorted(running);
        },
      ),
    unhalted: () =>
      read('unhalted', () =>
        sorted([...tables.latches.values()].filter(({ unhalted }) => unhalted === true).flatMap(runningOn)),
      ),
  };
}
