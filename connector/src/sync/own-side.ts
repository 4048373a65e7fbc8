import { domainOf } from '../mail/address.ts';
import type { OwnSide } from '../match/replier.ts';

/** A connected mailbox, as far as it tells who our own side is. */
export interface OwnMailbox {
  readonly address: string;
  /** Further addresses of the rep. */
  readonly aliases?: readonly string[];
}

/** Our own side, as the connected mailboxes tell it: their addresses and aliases, and the domains of these. */
export function ownSideOf(mailboxes: readonly OwnMailbox[]): OwnSide {
  const own = mailboxes.flatMap(({ address, aliases = [] }) => [address, ...aliases]);
  const addresses = new Set(own.map((address) => address.toLowerCase()));
  return { addresses, domains: new Set([...addresses].map(domainOf).filter((domain) => domain !== '')) };
}
