import { parseAddresses } from './address.ts';
import { decodeText } from './encoded-word.ts';
import { parseHeaderBlock, parseHeaderBlocks } from './header-block.ts';
import { fieldValue, fieldValues, type HeaderBlock } from './header-field.ts';
import type { MessageId } from './message-id.ts';
import { extractMessageIds } from './message-ids.ts';
import { messageIdOf } from './own-message-ids.ts';

/** The machine-readable parts of a multipart/report (RFC 6522), as raw bytes, cut at a cap by the mailbox adapter. */
export interface ReportParts {
  /** Second part: message/delivery-status (RFC 3464) or message/disposition-notification (RFC 8098). */
  readonly status: Uint8Array;
  /** Third part, if any: the returned header fields (text/rfc822-headers or the start of message/rfc822). */
  readonly returned?: Uint8Array;
}

/** What a delivery report or a disposition notification says in its machine-readable parts. */
export interface DeliveryReport {
  /** RFC 3464 section 2.3.3. `failed` wins when recipients differ. */
  readonly action?: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** Final-Recipient or else Original-Recipient of the recipient that `action` is about, lower case, without its type. */
  readonly recipient?: string;
  /** RFC 3464 section 2.2.1: the ENVID the mail was submitted with. */
  readonly originalEnvelopeId?: string;
  /** RFC 8098 section 3.2.5, or the Message-ID of the returned header fields. */
  readonly originalMessageId?: MessageId;
  /** RFC 8098 section 3.2.6, for example `automatic-action/MDN-sent-automatically; deleted`. */
  readonly disposition?: string;
  /** The returned header fields of the mail that the report is about. */
  readonly returnedFields?: HeaderBlock;
}

type Action = NonNullable<DeliveryReport['action']>;

/** In order of precedence: one failed recipient makes the report a failure. */
const ACTIONS: readonly Action[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'];
/** Blocks that are read: the one about the message and those of its recipients. A mail to more is no one's letter. */
const MAX_BLOCKS = 1000;

/**
 * Reads the machine-readable parts of a delivery report (RFC 3464) or disposition notification (RFC 8098). Undefined
 * when they hold none of the facts of `DeliveryReport`. Never throws.
 */
export function readDeliveryReport(parts: ReportParts): DeliveryReport | undefined {
  const blocks = parseHeaderBlocks(parts.status, MAX_BLOCKS);
  const returnedFields = parts.returned === undefined ? [] : parseHeaderBlock(parts.returned);
  const { action, recipient } = worstRecipient(blocks);
  const report: DeliveryReport = {
    ...(action !== undefined && { action }),
    ...(recipient !== undefined && { recipient }),
    ...optional('originalEnvelopeId', firstValue(blocks, 'Original-Envelope-Id')),
    ...optional('originalMessageId', originalMessageId(blocks, returnedFields)),
    ...optional('disposition', firstValue(blocks, 'Disposition')),
    ...(returnedFields.length > 0 && { returnedFields }),
  };
  return Object.keys(report).length > 0 ? report : undefined;
}

function optional<Name extends string>(name: Name, value: string | undefined): { [Key in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: string };
}

/** The recipient block whose action takes precedence; without any action, the first one that names a recipient. */
function worstRecipient(blocks: readonly HeaderBlock[]): { action?: Action; recipient?: string } {
  for (const action of ACTIONS) {
    const block = blocks.find((candidate) => actionOf(candidate) === action);
    if (block !== undefined) return { action, ...optional('recipient', recipientOf(block)) };
  }
  return optional(
    'recipient',
    blocks.map(recipientOf).find((recipient) => recipient !== undefined),
  );
}

function actionOf(block: HeaderBlock): string | undefined {
  const value = fieldValue(block, 'Action');
  return value === undefined ? undefined : /^[a-z]*/.exec(decodeText(value).toLowerCase())?.[0];
}

/** `rfc822; user@example.org` without its type (RFC 3464 section 2.3.1). */
function recipientOf(block: HeaderBlock): string | undefined {
  for (const name of ['Final-Recipient', 'Original-Recipient']) {
    const value = fieldValue(block, name);
    if (value === undefined) continue;
    const address = parseAddresses(value.slice(value.indexOf(';') + 1))[0]?.address;
    if (address !== undefined) return address;
  }
  return undefined;
}

function originalMessageId(blocks: readonly HeaderBlock[], returned: HeaderBlock): MessageId | undefined {
  const named = blocks.flatMap((block) => fieldValues(block, 'Original-Message-ID')).flatMap(extractMessageIds)[0];
  return named ?? messageIdOf(returned);
}

function firstValue(blocks: readonly HeaderBlock[], name: string): string | undefined {
  for (const block of blocks) {
    const value = fieldValue(block, name);
    if (value !== undefined) return decodeText(value);
  }
  return undefined;
}
