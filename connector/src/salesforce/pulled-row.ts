import type { TrackedMail, TrackedMailSource, TrackedRecipient } from '../match/tracked-mail.ts';
import type { ApiNames } from './api-names.ts';
import { foreignObject, foreignText, type ForeignObject } from './foreign-json.ts';
import { recordId } from './record-id.ts';
import type { Position, PulledEnrolment } from './salesforce.ts';

const SOURCES: ReadonlySet<string> = new Set<TrackedMailSource>(['Sequence', 'Sent Folder', 'Salesforce']);

/** Where a pulled row stands, or undefined when it is not a row of the platform. */
export function rowPosition(row: ForeignObject): Position | undefined {
  const id = recordId(foreignText(row['Id']));
  const stamp = instant(row['SystemModstamp']);
  return id === undefined || stamp === undefined ? undefined : { systemModstamp: stamp.toISOString(), id };
}

/**
 * The tracked mail of a TrackedEmail__c row, or undefined when the row names no Message-ID that an answer could cite.
 * Where the key is the digest of a long id, that digest stands for the id: it is its own message key.
 */
export function pulledTrackedMail(
  row: ForeignObject,
  recipients: readonly ForeignObject[],
  names: ApiNames,
): TrackedMail | undefined {
  const { trackedEmail } = names;
  const messageId = bareMessageId(foreignText(row[trackedEmail.messageKey]) ?? '');
  const sentAt = instant(row[trackedEmail.sentAt]) ?? instant(row['CreatedDate']);
  const trackedEmailId = recordId(foreignText(row['Id']));
  if (messageId === '' || sentAt === undefined || trackedEmailId === undefined) {
    return undefined;
  }
  const subject = foreignText(row[trackedEmail.subject]);
  const senderAddress = foreignText(row[trackedEmail.senderAddress])?.trim().toLowerCase();
  return {
    messageId,
    sentAt,
    trackedEmailId,
    ownerId: foreignText(row[trackedEmail.owner]) ?? '',
    source: source(row[trackedEmail.source]),
    recipients: recipients.flatMap((recipient) => pulledRecipient(recipient, names)),
    ...(subject === undefined ? {} : { subject }),
    ...(senderAddress === undefined ? {} : { senderAddress }),
  };
}

/** Other systems fill the key too, some of them with the angle brackets of the header field. */
function bareMessageId(key: string): string {
  const trimmed = key.trim();
  return trimmed.startsWith('<') && trimmed.endsWith('>') ? trimmed.slice(1, -1) : trimmed;
}

function source(value: unknown): TrackedMailSource {
  return typeof value === 'string' && SOURCES.has(value) ? (value as TrackedMailSource) : 'Salesforce';
}

function pulledRecipient(row: ForeignObject, { trackedRecipient }: ApiNames): TrackedRecipient[] {
  const address = foreignText(row[trackedRecipient.address])?.trim().toLowerCase();
  if (address === undefined || address === '') return [];
  const personId = foreignText(row[trackedRecipient.contact]) ?? foreignText(row[trackedRecipient.lead]);
  const campaignStatusId = foreignText(row[trackedRecipient.campaignStatus]);
  return [
    {
      address,
      role: row[trackedRecipient.role] === 'Cc' ? 'Cc' : 'To',
      ...(personId === undefined ? {} : { personId }),
      ...(campaignStatusId === undefined ? {} : { campaignStatusId }),
    },
  ];
}

/** The enrolment of a CampaignStatus__c row; one whose person was deleted comes without, so that it is nobody's here too. */
export function pulledEnrolment(row: ForeignObject, { campaignStatus }: ApiNames): PulledEnrolment | undefined {
  const campaignStatusId = recordId(foreignText(row['Id']));
  const contact = foreignText(row[campaignStatus.contact]);
  if (campaignStatusId === undefined) return undefined;
  const [haltedAt, enrolledAt] = [instant(row[campaignStatus.haltedAt]), instant(row[campaignStatus.enrolledAt])];
  const undoneReplyKey = foreignText(row[campaignStatus.undoneReplyKey]);
  const person = foreignObject(row[contact === undefined ? campaignStatus.leadRecord : campaignStatus.contactRecord]);
  return {
    campaignStatusId,
    personId: contact ?? foreignText(row[campaignStatus.lead]) ?? '',
    address: (foreignText(person?.['Email']) ?? '').trim().toLowerCase(),
    ownerId: foreignText(row[campaignStatus.owner]) ?? '',
    status: foreignText(row[campaignStatus.status]) ?? '',
    ...(haltedAt !== undefined && { haltedAt }),
    ...(enrolledAt !== undefined && { enrolledAt }),
    ...(undoneReplyKey !== undefined && { undoneReplyKey }),
  };
}

/** The platform writes `2026-11-24T10:00:00.000+0000`. */
function instant(value: unknown): Date | undefined {
  const time = typeof value === 'string' && value.length <= 40 ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}
