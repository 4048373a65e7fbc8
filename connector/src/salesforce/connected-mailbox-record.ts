import { createHash } from 'node:crypto';
import type { ApiNames } from './api-names.ts';
import { fieldInstant, fieldText, presentFields, type SalesforceRecord } from './field-value.ts';
import { recordId } from './record-id.ts';
import type { MailboxReport } from './salesforce.ts';

const TEXT_LENGTH = 255;
const NAME_LENGTH = 80;
const ERROR_LENGTH = 2000;
/** The most that a Number field of six digits can hold. */
const MAX_MINUTES = 999_999;

/** Values of ConnectedMailbox__c.Provider__c. */
const PROVIDERS: Readonly<Record<string, string>> = {
  gmail: 'Gmail',
  graph: 'Microsoft 365',
  ews: 'Exchange Server',
  imap: 'IMAP',
};

/** The ConnectedMailbox__c of a mailbox. What is not there any more, as a fault that is over, is emptied. */
export function connectedMailboxRecord(report: MailboxReport, names: ApiNames): SalesforceRecord {
  const { connectedMailbox } = names;
  const { provider, lagMinutes, lastReadAt, lastReplyAt, detection, lastError } = report;
  return {
    ...presentFields({
      [connectedMailbox.mailboxKey]: mailboxKey(report),
      [connectedMailbox.name]: fieldText(report.address, NAME_LENGTH),
      [connectedMailbox.address]: fieldText(report.address.toLowerCase(), TEXT_LENGTH),
      [connectedMailbox.provider]: Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined,
      [connectedMailbox.state]: report.state,
      [connectedMailbox.owner]: recordId(report.ownerId),
      [connectedMailbox.lastReadAt]: lastReadAt && fieldInstant(lastReadAt),
      [connectedMailbox.lastReplyAt]: lastReplyAt && fieldInstant(lastReplyAt),
      [connectedMailbox.detectionP50]: detection?.p50,
      [connectedMailbox.detectionP95]: detection?.p95,
      [connectedMailbox.reportedAt]: fieldInstant(report.at),
    }),
    [connectedMailbox.lagMinutes]: lagMinutes === undefined ? null : Math.min(lagMinutes, MAX_MINUTES),
    [connectedMailbox.lastError]: fieldText(lastError ?? '', ERROR_LENGTH) || null,
  };
}

/** The value of MailboxKey__c: hex SHA-256 of the provider, a newline and the address in lower case. */
export function mailboxKey({ provider, address }: Pick<MailboxReport, 'provider' | 'address'>): string {
  return createHash('sha256').update(`${provider}\n${address.toLowerCase()}`).digest('hex');
}
