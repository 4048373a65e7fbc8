import type { Kind } from '../mail/kind.ts';

/** How one tracked mail has been answered so far, in absolute numbers: writing them twice does no harm. */
export interface ReplyTally {
  /** Messages in which people outside have answered or passed it on, each once, for however many people it counts. */
  readonly replyCount: number;
  /** When the first of these was received; undefined while only machines and our own side have answered. */
  readonly firstReplyAt: Date | undefined;
  /** When the last reply of any kind was received, and its kind. */
  readonly lastReplyAt: Date;
  readonly lastReplyKind: Kind;
}
