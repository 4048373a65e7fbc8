import type { HeaderBlock } from '../mail/header-field.ts';
import { ownMessageIds } from '../mail/own-message-ids.ts';
import type { CitedId } from '../match/cited-ids.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';
import type { KnownIdRole, Registration, Store } from '../store/store.ts';

/** Days after which an answer to a mail is no longer looked for. */
export const TRACKED_DAYS = 365;
const DAY_MS = 86_400_000;

type DigestOf = Store['digest'];

/** The registration of a mail that Salesforce has already. */
export function pulledRegistration(mail: TrackedMail, digest: DigestOf): Registration {
  return { mail, ids: [{ digest: digest(mail.messageId), role: 'own' }], expiresAt: expiryOf(mail), deliver: false };
}

/** The copy of a mail that its provider keeps in Sent. */
export interface SentCopy {
  readonly block: HeaderBlock;
  /** `citedThread` of the thread that it stands in, where the provider has threads. */
  readonly thread: CitedId | undefined;
}

/**
 * The registration of a mail that was read back from Sent, with every id that the provider gave it, since answers name
 * the one that went out and others may name the one it replaced, and with its thread.
 */
export function sentRegistration(mail: TrackedMail, { block, thread }: SentCopy, digest: DigestOf): Registration {
  const others = ownMessageIds(block).filter((id) => id !== mail.messageId);
  const known = (id: string, role: KnownIdRole) => ({ digest: digest(id), role });
  return {
    mail,
    ids: [
      known(mail.messageId, 'own'),
      ...others.map((id) => known(id, 'rewritten')),
      ...(thread === undefined ? [] : [known(thread.id, 'thread')]),
    ],
    expiresAt: expiryOf(mail),
    deliver: true,
  };
}

function expiryOf(mail: TrackedMail): Date {
  return new Date(mail.sentAt.getTime() + TRACKED_DAYS * DAY_MS);
}
