import { setTimeout as sleep } from 'node:timers/promises';
import { MailboxError } from '../mailbox/mailbox-error.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';

/** The wait before a mailbox is watched again after a passing fault, doubled with each further one up to the last. */
const RETRY_MS = [1_000, 300_000] as const;
/** A mailbox that has grown says so again until it has been read: this long passes before it is asked again. */
const HINT_SPACING_MS = 200;
/** Many refused logins in a short time lock an account. */
const REFUSED_RETRY_MS = 3_600_000;

export interface MailboxWatch {
  /** Has the mailbox read. */
  readonly onHint: () => Promise<void>;
  /** Told whether a connection tells of what comes, as `waitForChange` is. */
  readonly onListening: (listens: boolean) => void;
  /** Told why the mailbox cannot be watched now; it is tried again. */
  readonly onFault: (fault: unknown) => void;
  readonly signal: AbortSignal;
}

/** Turns every hint of a mailbox into work until the signal aborts. The sweep finds what a lost hint has missed. */
export async function watchMailbox(
  mailbox: Mailbox,
  { onHint, onFault, onListening, signal }: MailboxWatch,
): Promise<void> {
  let wait: number = RETRY_MS[0];
  while (!signal.aborted) {
    try {
      await mailbox.waitForChange(signal, onListening);
      if (!signal.aborted) await onHint();
      await pause(HINT_SPACING_MS, signal);
      wait = RETRY_MS[0];
    } catch (fault) {
      onFault(fault);
      const refused = fault instanceof MailboxError && fault.code === 'reconnect';
      const asked = fault instanceof MailboxError ? (fault.retryAfterMs ?? 0) : 0;
      await pause(refused ? REFUSED_RETRY_MS : Math.max(wait, asked), signal);
      wait = Math.min(wait * 2, RETRY_MS[1]);
    }
  }
}

/** Ends early, and without an error, when the signal aborts. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
