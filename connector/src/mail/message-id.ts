import { hash } from 'node:crypto';

/** A Message-ID without its angle brackets, compared with case (RFC 5322 section 3.6.4). */
export type MessageId = string;

/** Characters that TrackedEmail__c.MessageKey__c can hold. */
const MESSAGE_KEY_LENGTH = 255;

/**
 * The value of TrackedEmail__c.MessageKey__c: the Message-ID itself, so that a Flow or a CSV import can fill it too, or
 * `sha256:` and the hex digest of its UTF-8 bytes when it is longer than the field.
 */
export function messageKey(id: MessageId): string {
  return id.length <= MESSAGE_KEY_LENGTH ? id : `sha256:${hash('sha256', id)}`;
}
