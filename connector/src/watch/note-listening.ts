import type { Store } from '../store/store.ts';

/** A connection that has shown life is relied on for this long. */
const RELIED_MS = 15 * 60_000;
/** Signs of life come every few seconds; one in so many milliseconds is stored. */
const NOTED_MS = 5 * 60_000;

export interface Listening {
  readonly store: Pick<Store, 'recordPush' | 'scheduleSweeps'>;
  readonly onError: (error: Error) => void;
  readonly now: () => Date;
}

/**
 * Keeps the store told that a connection tells of what comes into a mailbox, as it is told of the promises of other
 * providers. When the connection is lost the mailbox is due to be looked into: its next look may be half an hour away.
 */
export function noteListening(mailboxId: string, { store, onError, now }: Listening): (listens: boolean) => void {
  let noted: Date | 'lost' | undefined;
  let stored: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): void => void (stored = stored.then(work).catch(onError));
  return (listens) => {
    const at = now();
    if (listens && !(noted instanceof Date && at.getTime() - noted.getTime() < NOTED_MS)) {
      noted = at;
      inTurn(() => store.recordPush(mailboxId, new Date(at.getTime() + RELIED_MS), undefined));
    } else if (!listens && noted !== 'lost') {
      noted = 'lost';
      inTurn(async () => {
        await store.recordPush(mailboxId, undefined, undefined);
        await store.scheduleSweeps([{ mailboxId, at }]);
      });
    }
  };
}
