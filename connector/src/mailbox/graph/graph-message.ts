import type { HeaderField } from '../../mail/header-field.ts';
import { parseGivenFields } from '../given-fields.ts';
import type { MailboxMessage } from '../mailbox.ts';
import type { GraphMessage } from './graph-answer.ts';

/** How Exchange marks meeting messages in their header (MS-OXCMAIL section 2.1.3.2.1), which not all of them carry. */
const MEETING: HeaderField = ['Content-Class', 'urn:content-classes:calendarmessage'];

/**
 * A message as the port shows it: the header fields that it came with; for a copy of what was sent, which has none of
 * its own, what Graph says of it. The conversation is left out, because Exchange may form one by the subject alone.
 */
export function toMailboxMessage(message: GraphMessage, folder: MailboxMessage['folder']): MailboxMessage {
  const { id, receivedAt, headers, properties, isMeetingMessage } = message;
  const fields = headers === undefined || headers.length === 0 ? properties : headers;
  return {
    reference: id,
    folder,
    receivedAt: new Date(receivedAt),
    fields: parseGivenFields(isMeetingMessage ? [...fields, MEETING] : fields),
  };
}
