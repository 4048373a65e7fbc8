import type { TrackedMail } from './tracked-mail.ts';

/**
 * A tracked mail that an id leads to, and how: its own id, another id of it, the id of an answer to it, or the thread
 * that it stands in at the provider.
 */
export interface KnownMail {
  readonly role: 'own' | 'rewritten' | 'planted' | 'alias' | 'thread';
  readonly mail: TrackedMail;
}
