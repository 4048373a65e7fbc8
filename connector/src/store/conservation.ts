import type { StoreCounts } from './store.ts';

/** The messages of a database, each under what became of it. */
export type MessageCounts = Pick<StoreCounts, 'seen' | 'matched' | 'notReply' | 'excluded' | 'waiting' | 'dead'>;

/**
 * By how many messages the conservation law is broken: seen = matched + not a reply + excluded + waiting + dead. More
 * than 0 were lost on the way, fewer than 0 counted twice; anything but 0 is a defect of this program.
 */
export function conservationDifference({ seen, matched, notReply, excluded, waiting, dead }: MessageCounts): number {
  return seen - (matched + notReply + excluded + waiting + dead);
}
