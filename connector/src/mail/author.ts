import { parseAddresses, type Address } from './address.ts';
import { fieldValues, type HeaderBlock } from './header-field.ts';

/**
 * Who wrote a message. Lists that rewrite From (to satisfy DMARC) put the author elsewhere: Google Groups into
 * X-Original-From, Mailman (`from_is_list`) into Reply-To. Undefined when the message names nobody.
 */
export function authorOf(block: HeaderBlock): Address | undefined {
  const [from] = addresses(block, 'From');
  const [original] = addresses(block, 'X-Original-From');
  if (original !== undefined) return original;
  const list = addressOfList(block);
  if (from !== undefined && from.address !== list) return from;
  const [author] = addresses(block, 'Reply-To').filter(({ address }) => address !== list);
  return author ?? from ?? addresses(block, 'Sender')[0];
}

/** The address that one writes to the list at (RFC 2369 section 3.4), from `List-Post: <mailto:list@example.org>`. */
function addressOfList(block: HeaderBlock): string | undefined {
  const post = fieldValues(block, 'List-Post').find((value) => value.toLowerCase().includes('<mailto:'));
  if (post === undefined) return undefined;
  const start = post.toLowerCase().indexOf('<mailto:') + '<mailto:'.length;
  return /^[^>?]*/.exec(post.slice(start))?.[0].trim().toLowerCase();
}

function addresses(block: HeaderBlock, name: string): Address[] {
  return fieldValues(block, name).flatMap(parseAddresses);
}
