import type { HeaderBlock } from './header-field.ts';
import type { MessageId } from './message-id.ts';

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
