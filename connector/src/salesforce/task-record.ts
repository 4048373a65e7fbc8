import type { Kind } from '../mail/kind.ts';
import type { Confidence } from '../match/confidence.ts';
import type { Reply } from '../match/reply.ts';
import type { ApiNames } from './api-names.ts';
import { fieldDay, fieldInstant, fieldText, presentFields, type SalesforceRecord } from './field-value.ts';
import { contactId, leadId, recordId } from './record-id.ts';

const SUBJECT_LENGTH = 255;
const REPLY_FROM_LENGTH = 255;

/** The value of ReplyKind__c, and the word a Task's subject begins with. */
interface KindWords {
  readonly picklist: string;
  readonly subject: string;
}

const KIND_WORDS: Readonly<Record<Kind, KindWords>> = {
  human: { picklist: 'Human', subject: 'Reply' },
  forward: { picklist: 'Forward', subject: 'Forward' },
  auto_reply: { picklist: 'Auto-Reply', subject: 'Out of office' },
  bounce: { picklist: 'Bounce', subject: 'Bounce' },
  delay: { picklist: 'Delay', subject: 'Delayed' },
  delivery_ok: { picklist: 'Delivered', subject: 'Delivered' },
  read_receipt: { picklist: 'Read Receipt', subject: 'Read' },
  complaint: { picklist: 'Complaint', subject: 'Spam complaint' },
  calendar: { picklist: 'Calendar', subject: 'Calendar answer' },
  challenge: { picklist: 'Challenge', subject: 'Sender check' },
  list_bulk: { picklist: 'List', subject: 'List mail' },
};

/** For a kind that a newer version of the connector stored: the picklist is restricted, so it has a value for that. */
const OTHER: KindWords = { picklist: 'Other', subject: 'Mail' };

const CONFIDENCE_VALUES: Readonly<Record<Confidence, string>> = { high: 'High', medium: 'Medium', low: 'Low' };

/**
 * The Task that a reply becomes. It is born closed, because inserting a closed Task locks no parent record, and it is
 * never updated. `closedStatus` is one of the org's own closed values of Task.Status.
 *
 * A person that is neither Contact nor Lead is left out, and WhatId always: a Task of a Lead may not have one.
 */
export function taskRecord(reply: Reply, closedStatus: string, names: ApiNames): SalesforceRecord {
  const { task } = names;
  const words = kindWords(reply.kind);
  return presentFields({
    [task.subject]: fieldText(`${words.subject}: ${reply.subject.trim() || '(no subject)'}`, SUBJECT_LENGTH),
    [task.status]: closedStatus,
    [task.subtype]: 'Email',
    [task.activityDate]: fieldDay(reply.receivedAt),
    [task.owner]: recordId(reply.ownerId),
    [task.who]: contactId(reply.personId) ?? leadId(reply.personId),
    [task.replyKey]: reply.replyKey,
    [task.replyKind]: words.picklist,
    [task.replyFrom]: fieldText(reply.from, REPLY_FROM_LENGTH),
    [task.replyReceivedAt]: fieldInstant(reply.receivedAt),
    [task.replyResumeAt]: reply.resumeAt && fieldInstant(reply.resumeAt),
    [task.matchedBy]: reply.matchedBy,
    [task.matchConfidence]: reply.confidence && CONFIDENCE_VALUES[reply.confidence],
    [task.replier]: reply.replier,
    [task.trackedEmailByKey]: { [names.trackedEmail.messageKey]: reply.messageKey },
    [task.campaignStatus]: recordId(reply.campaignStatusId),
  });
}

/** The value of Task.ReplyKind__c for a kind, for example `Auto-Reply`. */
export function replyKindValue(kind: string): string {
  return kindWords(kind).picklist;
}

function kindWords(kind: string): KindWords {
  return Object.hasOwn(KIND_WORDS, kind) ? KIND_WORDS[kind as Kind] : OTHER;
}
