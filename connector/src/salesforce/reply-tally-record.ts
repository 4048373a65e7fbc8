import type { ReplyTally } from '../match/reply-tally.ts';
import type { ApiNames } from './api-names.ts';
import { fieldInstant, presentFields, type SalesforceRecord } from './field-value.ts';
import { recordId } from './record-id.ts';
import { replyKindValue } from './task-record.ts';

/** The most that a Number field of six digits can hold. */
const MAX_COUNT = 999_999;

/**
 * The numbers of a TrackedEmail__c that is there. By its id, not by its message key: that would bring a mail back which
 * somebody has deleted.
 */
export function replyTallyRecord(trackedEmailId: string, tally: ReplyTally, names: ApiNames): SalesforceRecord {
  const { trackedEmail } = names;
  return presentFields({
    id: recordId(trackedEmailId),
    [trackedEmail.replyCount]: Math.min(tally.replyCount, MAX_COUNT),
    [trackedEmail.firstReplyAt]: tally.firstReplyAt && fieldInstant(tally.firstReplyAt),
    [trackedEmail.lastReplyAt]: fieldInstant(tally.lastReplyAt),
    [trackedEmail.lastReplyKind]: replyKindValue(tally.lastReplyKind),
  });
}
