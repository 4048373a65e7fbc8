import { domainOf } from '../mail/address.ts';
import type { TrackedMail } from './tracked-mail.ts';

/** Whether an address is at one of these domains (lower case) or at a part of one. */
export function isAtDomain(address: string, domains: ReadonlySet<string>): boolean {
  const labels = domainOf(address).split('.');
  return labels.some((_, place) => domains.has(labels.slice(place).join('.')));
}

/** A mail without its recipients at excluded domains; undefined when it went to nobody else. */
export function mailWithout(mail: TrackedMail, domains: ReadonlySet<string>): TrackedMail | undefined {
  const recipients = mail.recipients.filter(({ address }) => !isAtDomain(address, domains));
  if (recipients.length === mail.recipients.length) return mail;
  return recipients.length === 0 ? undefined : { ...mail, recipients };
}
