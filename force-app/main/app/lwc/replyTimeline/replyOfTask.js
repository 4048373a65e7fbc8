import { valueOf } from 'c/graphqlRecords';
import { evidenceWords, kindOf, replierWords } from 'c/replyWords';

/** The mail that a reply answers: by name when the user may open it, else that there is one. */
function mailOf(task) {
  const mail = task.TrackedEmail__r;
  if (mail) return { id: mail.Id, subject: valueOf(mail.Subject__c) ?? 'Mail without a subject', isOpen: true };
  return valueOf(task.TrackedEmail__c) ? { isOpen: false } : undefined;
}

/** The person of a reply; left out on the page of that very person. */
function personOf(task, pageRecordId) {
  const { Id, ApiName, Name } = task.Who ?? {};
  return Id && Id !== pageRecordId && { id: Id, objectApiName: ApiName, name: valueOf(Name) ?? Id };
}

function dismissalOf(task) {
  const at = valueOf(task.ReplyDismissedAt__c);
  return at && { at, reason: valueOf(task.ReplyDismissedReason__c) };
}

/**
 * A reply for people, made from its Task.
 * @param {object} task record as GraphQL gives it; fields that the user may not see are missing
 * @param {string} pageRecordId Id of the record on whose page the reply is shown
 * @returns {object} what one row of the timeline shows
 */
export function replyOfTask(task, pageRecordId) {
  const kind = kindOf(valueOf(task.ReplyKind__c));
  const from = valueOf(task.ReplyFrom__c);
  const replier = replierWords(valueOf(task.Replier__c), from, valueOf(task.Who?.Email));
  return {
    id: task.Id,
    kind,
    from,
    replier: kind.isOfServer ? undefined : replier,
    receivedAt: valueOf(task.ReplyReceivedAt__c),
    evidence: evidenceWords(valueOf(task.MatchedBy__c), valueOf(task.MatchConfidence__c)),
    mail: mailOf(task),
    person: personOf(task, pageRecordId) || undefined,
    dismissal: dismissalOf(task),
  };
}
