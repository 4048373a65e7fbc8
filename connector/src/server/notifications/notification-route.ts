import type { IncomingHttpHeaders } from 'node:http';

/** What a provider sends to tell of changes, before its body is read. */
export interface NotificationHead {
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
}

export interface Notification extends NotificationHead {
  /** At most as long as the route allows; whoever sent it may have written anything. */
  readonly body: Buffer;
}

export interface NotificationAnswer {
  readonly status: number;
  /** Shown as plain text. */
  readonly text?: string;
}

/** One address at which one provider tells of changes. */
export interface NotificationRoute {
  /** Behind the public address of the notifications, for example `graph`. */
  readonly path: string;
  /** The longest body, in bytes. */
  readonly maxBytes: number;
  /** Looks at a request before its body is read; an answer refuses or settles it. */
  readonly admit?: (head: NotificationHead) => NotificationAnswer | undefined | Promise<NotificationAnswer | undefined>;
  /**
   * Takes a notification. A success is answered only once it is stored that the mailbox has to be read; a rejection
   * becomes a 503, after which the provider sends it again.
   */
  readonly take: (notification: Notification) => Promise<NotificationAnswer>;
}

/** What became of one notification, for counting. */
export type NotificationOutcome = 'accepted' | 'unknown' | 'forged' | 'malformed';

/**
 * Has a mailbox read (`changed`, which says that its provider keeps its promise; `missed` says that it did not), or the
 * provider's promise renewed. Resolves once that is stored.
 */
export type WakeMailbox = (mailboxId: string, why: 'changed' | 'missed' | 'renew') => Promise<void>;
