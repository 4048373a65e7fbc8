import type { OpenMailboxes } from '../connect/open-mailboxes.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Logger } from '../logger.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { noteListening, type Listening } from './note-listening.ts';
import { watchMailbox } from './watch-mailbox.ts';

/** The watches of this process. */
export interface OpenWatches {
  /** Begins and ends watches, so that they are those of these mailboxes, as they are open now. */
  keep(mailboxIds: readonly string[]): void;
  /** Ends the watches of these mailboxes, and waits until they have ended. */
  end(mailboxIds: readonly string[]): Promise<void>;
  endAll(): Promise<void>;
}

export interface WatchParts {
  readonly jobs: Pick<Jobs, 'wake'>;
  readonly store: Listening['store'];
  readonly mailboxes: Pick<OpenMailboxes, 'get' | 'rows'>;
  readonly logger: Logger;
  readonly onError: (error: Error) => void;
}

interface Watch {
  readonly mailbox: Mailbox;
  readonly end: AbortController;
  readonly ended: Promise<void>;
}

/** Watches mailboxes, each by the way into it that is open now: settings that change begin a watch anew. */
export function openWatches({ jobs, store, mailboxes, logger, onError }: WatchParts): OpenWatches {
  const watches = new Map<string, Watch>();

  function begin(id: string, mailbox: Mailbox): Watch {
    const end = new AbortController();
    const onFault = (fault: unknown): void => {
      const { address } = mailboxes.rows.find((row) => row.id === id) ?? {};
      const reason = fault instanceof Error ? fault.message : String(fault);
      logger.warn({ mailbox: address, reason }, 'The mailbox cannot be watched now.');
    };
    const onHint = async (): Promise<void> => void (await jobs.wake('sync', id, { urgency: 'hint' }));
    const onListening = noteListening(id, { store, onError, now: () => new Date() });
    // What came while nobody watched does not wait for the next sweep.
    const woken = jobs.wake('sync', id, { urgency: 'sweep', now: true }).catch(onError);
    return {
      ...{ mailbox, end },
      ended: woken.then(() => watchMailbox(mailbox, { onHint, onFault, onListening, signal: end.signal })),
    };
  }

  async function end(ids: readonly string[]): Promise<void> {
    const ending = ids.flatMap((id) => watches.get(id) ?? []);
    for (const id of ids) watches.delete(id);
    for (const watch of ending) watch.end.abort();
    await Promise.all(ending.map(({ ended }) => ended));
  }

  return {
    keep: (ids) => {
      const wanted = new Map(ids.map((id) => [id, mailboxes.get(id)]));
      const over = [...watches].filter(([id, { mailbox }]) => wanted.get(id) !== mailbox);
      end(over.map(([id]) => id)).catch(onError);
      for (const [id, mailbox] of wanted) {
        if (mailbox !== undefined && !watches.has(id)) watches.set(id, begin(id, mailbox));
      }
    },
    end,
    endAll: () => end([...watches.keys()]),
  };
}
