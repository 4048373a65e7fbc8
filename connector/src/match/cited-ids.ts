import type { DeliveryReport } from '../mail/delivery-report.ts';
import type { HeaderBlock } from '../mail/header-field.ts';
import { kindOf } from '../mail/kind.ts';
import type { MessageId } from '../mail/message-id.ts';
import { extractMessageIds, idsNamedIn } from '../mail/message-ids.ts';
import { ownMessageIds } from '../mail/own-message-ids.ts';
import type { MatchedBy } from './reply.ts';

/** An id that a message names, and the field that names it. */
export interface CitedId {
  /** A Message-ID; for the field `Provider Thread` what `citedThread` gives. */
  readonly id: MessageId;
  readonly field: MatchedBy;
}

/** Ids of one message that are looked up. The longest References seen in real mail held 37. */
const MAX_CITED_IDS = 100;
/** Of these, how many In-Reply-To may use up. */
const MAX_IN_REPLY_TO_IDS = 50;
/** Ids of returned header fields that are looked up: a mail has two or three. */
const MAX_RETURNED_IDS = 10;

/**
 * Every id that says what a message answers, nearest first, each once, the message's own left out: In-Reply-To, then
 * References from right to left, then Exchange's parent id (automatic replies only), then the message a delivery
 * report is about. At most 100: the nearest ones and the root of the thread.
 */
export function citedIds(block: HeaderBlock, report?: DeliveryReport): CitedId[] {
  const cited: CitedId[] = [];
  cite('In-Reply-To', idsNamedIn(block, 'In-Reply-To'), cited);
  cite('References', idsNamedIn(block, 'References').reverse(), cited);
  cite('Exchange Parent', exchangeParent(block), cited);
  if (report !== undefined) cite('Delivery Report', reportedIds(report), cited);
  const others = cited.length === 0 ? cited : withoutRepeated(cited, ownMessageIds(block));
  return others.length <= MAX_CITED_IDS ? others : nearestAndRoot(others);
}

function cite(field: MatchedBy, ids: readonly MessageId[], cited: CitedId[]): void {
  for (const id of ids) cited.push({ id, field });
}

/** Each id where it is named first, those of the message itself left out. */
function withoutRepeated(cited: readonly CitedId[], own: readonly MessageId[]): CitedId[] {
  const seen = new Set(own);
  return cited.filter(({ id }) => seen.size < seen.add(id).size);
}

/** Exchange's rules answer with the parent's id in a field of their own and may leave In-Reply-To out. */
function exchangeParent(block: HeaderBlock): MessageId[] {
  const ids = idsNamedIn(block, 'X-MS-Exchange-Parent-Message-Id').slice(0, 1);
  return ids.length > 0 && kindOf(block).kind === 'auto_reply' ? ids : [];
}

/** The id in the report itself, every id of the returned header fields, and the id of the envelope. */
function reportedIds({ originalMessageId, returnedFields, originalEnvelopeId }: DeliveryReport): MessageId[] {
  return [
    ...(originalMessageId === undefined ? [] : [originalMessageId]),
    ...(returnedFields === undefined ? [] : ownMessageIds(returnedFields)).slice(0, MAX_RETURNED_IDS),
    ...(originalEnvelopeId === undefined ? [] : envelopeIds(originalEnvelopeId)),
  ];
}

/** RFC 3464 section 2.2.1 wants the ENVID as it was before xtext (RFC 3461 section 4); some servers leave it encoded. */
function envelopeIds(envelopeId: string): MessageId[] {
  const decoded = envelopeId.replace(/\+([0-9A-F]{2})/g, (_text, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return [...new Set([envelopeId, decoded].flatMap((text) => extractMessageIds(text).slice(0, 1)))];
}

function nearestAndRoot(cited: readonly CitedId[]): CitedId[] {
  const of = (...fields: MatchedBy[]): CitedId[] => cited.filter(({ field }) => fields.includes(field));
  const inReplyTo = of('In-Reply-To').slice(0, MAX_IN_REPLY_TO_IDS);
  const references = of('References');
  const others = of('Exchange Parent', 'Delivery Report');
  const room = MAX_CITED_IDS - inReplyTo.length - others.length;
  const kept = references.length <= room ? references : [...references.slice(0, room - 1), references.at(-1)!];
  return [...inReplyTo, ...kept, ...others];
}
