import { authorOf } from '../mail/author.ts';
import { isAtDomain } from '../match/excluded-domains.ts';
import type { ReadMessage } from './read-message.ts';

/**
 * Whether nothing may be kept of a message: its author, or the recipient that it reports a failure of, is at an excluded
 * domain, or it was sent to nobody else.
 */
export function isExcluded({ message, sentTo, failed = '' }: ReadMessage, domains: ReadonlySet<string>): boolean {
  if (domains.size === 0) return false;
  const at = (address: string): boolean => isAtDomain(address, domains);
  if (message.folder === 'sent') return sentTo.length > 0 && sentTo.every(at);
  return at(authorOf(message.fields)?.address ?? '') || at(failed);
}
