import { domainOf } from '../mail/address.ts';
import { FREE_MAIL_DOMAINS } from './free-mail-domains.ts';
import type { TrackedMail } from './tracked-mail.ts';

/**
 * Who answered, seen from the recipients of the tracked mail: the values of Task.Replier__c. `Internal` is our own
 * side (an address or domain of a connected mailbox) and halts nothing.
 */
export type Replier = 'Recipient' | 'Copied Recipient' | 'Same Domain' | 'Someone Else' | 'Internal';

/** Our own side: what identifies a colleague of the sending rep. All in lower case. */
export interface OwnSide {
  /** Addresses and aliases of connected mailboxes. */
  readonly addresses: ReadonlySet<string>;
  /** Domains of connected mailboxes. Free-mail domains among them are disregarded. */
  readonly domains: ReadonlySet<string>;
}

/**
 * Who answered a tracked mail. The mail's own sender is always internal, even when a copy went to the sender; anybody
 * else of our side is internal unless the mail was sent to that very address. A shared free-mail domain means nothing.
 */
export function identifyReplier(from: string, mail: TrackedMail, ownSide: OwnSide): Replier {
  const address = from.toLowerCase();
  if (address !== '' && address === mail.senderAddress?.toLowerCase()) return 'Internal';
  const recipient = mail.recipients.find((candidate) => candidate.address === address);
  if (recipient !== undefined) return recipient.role === 'To' ? 'Recipient' : 'Copied Recipient';
  if (isOwnSide(address, ownSide)) return 'Internal';
  const domain = tellingDomain(address);
  const sameDomain = domain !== '' && mail.recipients.some((candidate) => domainOf(candidate.address) === domain);
  return sameDomain ? 'Same Domain' : 'Someone Else';
}

/** True for an address, in lower case, of a connected mailbox or of one of their domains. */
export function isOwnSide(address: string, { addresses, domains }: OwnSide): boolean {
  return addresses.has(address) || domains.has(tellingDomain(address));
}

/** The domain of an address; empty when it has none or shares it with everybody. */
function tellingDomain(address: string): string {
  const domain = domainOf(address);
  return FREE_MAIL_DOMAINS.has(domain) ? '' : domain;
}
