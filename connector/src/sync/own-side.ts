import { domainOf } from '../mail/address.ts';
import type { OwnSide } from '../match/replier.ts';
import type { MailboxRow } from '../store/store.ts';

/** Our own side, as the connected mailboxes tell it: their addresses and the domains of these. */
export function ownSideOf(mailboxes: readonly Pick<MailboxRow, 'address'>[]): OwnSide {
  const addresses = new Set(mailboxes.map(({ address }) => address.toLowerCase()));
  return { addresses, domains: new Set([...addresses].map(domainOf).filter((domain) => domain !== '')) };
}
