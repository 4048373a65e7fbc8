import type { DeliveryReport } from '../mail/delivery-report.ts';
import type { HeaderBlock } from '../mail/header-field.ts';
import { kindOf } from '../mail/kind.ts';
import type { MessageId } from '../mail/message-id.ts';
import { idsNamedIn } from '../mail/message-ids.ts';
import { ownMessageIds } from '../mail/own-message-ids.ts';
import type { MatchedBy } from './reply.ts';

/** An id that a message names, and the field that names it. */
export interface CitedId {
  readonly id: MessageId;
  readonly field: MatchedBy;
}

/** Ids of one message that are looked up. The longest References seen in real mail held 37. */
const MAX_CITED_IDS = 100;
/** Of these, how many In-Reply-To may use up. */
const MAX_IN_REPLY_TO_IDS = 50;

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

/** The id in the report itself, and every id of the returned header fields: a provider may have replaced it. */
function reportedIds(report: DeliveryReport): MessageId[] {
  const returned = report.returnedFields === undefined ? [] : ownMessageIds(report.returnedFields);
  return [...(report.originalMessageId === undefined ? [] : [report.originalMessageId]), ...returned].slice(0, 10);
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
