import { createHash } from 'node:crypto';
import { messageKey } from '../mail/message-id.ts';
import type { TrackedMail, TrackedRecipient } from '../match/tracked-mail.ts';
import type { ApiNames } from './api-names.ts';
import { fieldInstant, fieldText, presentFields, type SalesforceRecord } from './field-value.ts';
import { contactId, leadId, recordId } from './record-id.ts';

const TEXT_LENGTH = 255;

/** The TrackedEmail__c of a sent mail, without its recipients. */
export function trackedEmailRecord(mail: TrackedMail, names: ApiNames): SalesforceRecord {
  const { trackedEmail } = names;
  return presentFields({
    [trackedEmail.messageKey]: messageKey(mail.messageId),
    [trackedEmail.subject]: fieldText(mail.subject ?? '', TEXT_LENGTH),
    [trackedEmail.sentAt]: fieldInstant(mail.sentAt),
    [trackedEmail.owner]: recordId(mail.ownerId),
    [trackedEmail.senderAddress]: fieldText(mail.senderAddress ?? '', TEXT_LENGTH),
    [trackedEmail.source]: mail.source,
  });
}

/**
 * The TrackedRecipient__c of each address of a sent mail, each address once (the first role counts). The parent is
 * named by its external id, so both can be written in one call.
 */
export function trackedRecipientRecords(mail: TrackedMail, names: ApiNames): SalesforceRecord[] {
  const key = messageKey(mail.messageId);
  const first = new Map<string, TrackedRecipient>();
  for (const recipient of mail.recipients) {
    const writable = fieldText(recipient.address, TEXT_LENGTH) !== '';
    if (writable && !first.has(recipient.address)) first.set(recipient.address, recipient);
  }
  return [...first.values()].map((recipient) => trackedRecipientRecord(key, recipient, names));
}

function trackedRecipientRecord(key: string, recipient: TrackedRecipient, names: ApiNames): SalesforceRecord {
  const { trackedEmail, trackedRecipient } = names;
  return presentFields({
    [trackedRecipient.recipientKey]: recipientKey(key, recipient.address),
    [trackedRecipient.trackedEmailByKey]: { [trackedEmail.messageKey]: key },
    [trackedRecipient.address]: fieldText(recipient.address, TEXT_LENGTH),
    [trackedRecipient.role]: recipient.role,
    [trackedRecipient.contact]: contactId(recipient.personId),
    [trackedRecipient.lead]: leadId(recipient.personId),
    [trackedRecipient.campaignStatus]: recordId(recipient.campaignStatusId),
  });
}

/** The value of RecipientKey__c: hex SHA-256 of the message key, a newline and the address. */
export function recipientKey(key: string, address: string): string {
  return createHash('sha256').update(`${key}\n${address}`).digest('hex');
}
