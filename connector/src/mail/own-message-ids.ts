import { hash } from 'node:crypto';
import { decodeText } from './encoded-word.ts';
import { fieldValues, type HeaderBlock } from './header-field.ts';
import type { MessageId } from './message-id.ts';
import { idsNamedIn } from './message-ids.ts';

/** What a message without Message-ID is told apart by. */
const IDENTIFYING_FIELDS = ['From', 'To', 'Cc', 'Date', 'Subject', 'In-Reply-To', 'References'];

/** The Message-ID of a message (RFC 5322 section 3.6.4), or undefined when it has none. */
export function messageIdOf(block: HeaderBlock): MessageId | undefined {
  return idsNamedIn(block, 'Message-ID')[0];
}

/**
 * Every id under which an answer may name this message: its Message-ID first, then the sender's where a provider
 * replaced it. Outlook.com and Gmail keep that in a field of their own.
 */
export function ownMessageIds(block: HeaderBlock): MessageId[] {
  const ids = idsNamedIn(block, 'Message-ID');
  const microsofts = idsNamedIn(block, 'X-Microsoft-Original-Message-ID');
  const googles = idsNamedIn(block, 'X-Google-Original-Message-ID');
  return microsofts.length + googles.length === 0 ? ids : [...new Set([...ids, ...microsofts, ...googles])];
}

/**
 * A stand-in for a missing Message-ID, so that the same message is recognised when it is read again: a digest of the
 * fields that tell it apart, under a domain that no mail can come from (RFC 2606).
 */
export function derivedMessageId(block: HeaderBlock): MessageId {
  const content = IDENTIFYING_FIELDS.map((name) => fieldValues(block, name).map(decodeText).join('\n')).join('\n\n');
  return `${hash('sha256', content)}@no-message-id.invalid`;
}

/** Hex SHA-256 of the UTF-8 bytes of an id. */
export function messageHash(id: MessageId): string {
  return hash('sha256', id);
}
