import type { HeaderBlock } from '../mail/header-field.ts';
import { ownMessageIds } from '../mail/own-message-ids.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';
import type { Digest, Registration, Store } from '../store/store.ts';

/** Days after which an answer to a mail is no longer looked for. */
export const TRACKED_DAYS = 365;
const DAY_MS = 86_400_000;

type DigestOf = Store['digest'];

/** The registration of a mail that Salesforce has already. */
export function pulledRegistration(mail: TrackedMail, digest: DigestOf): Registration {
  return { mail, ids: [{ digest: digest(mail.messageId), role: 'own' }], expiresAt: expiryOf(mail), deliver: false };
}

/**
 * The registration of a mail that was read back from Sent, with every id that the provider gave it: answers name the
 * one that went out, others may name the one it replaced.
 */
export function sentRegistration(mail: TrackedMail, block: HeaderBlock, digest: DigestOf): Registration {
  const others = ownMessageIds(block).filter((id) => id !== mail.messageId);
  return {
    mail,
    ids: [
      { digest: digest(mail.messageId), role: 'own' },
      ...others.map((id): { digest: Digest; role: 'rewritten' } => ({ digest: digest(id), role: 'rewritten' })),
    ],
    expiresAt: expiryOf(mail),
    deliver: true,
  };
}

function expiryOf(mail: TrackedMail): Date {
  return new Date(mail.sentAt.getTime() + TRACKED_DAYS * DAY_MS);
}
