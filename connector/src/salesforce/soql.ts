import { ownPrefix, type ApiNames } from './api-names.ts';
import { recordId } from './record-id.ts';
import { SalesforceError } from './salesforce-error.ts';
import type { Position } from './salesforce.ts';

/** An instant as the platform and this connector write it. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:?00)$/;
const REPLY_KEY = /^[0-9a-f]{64}$/;

/** Sorts before every id: the position "from this instant on". */
export const FIRST_ID = '000000000000000AAA';

/** Rows of one page of a pull. The platform may answer with fewer; the position tells where to go on. */
export const PAGE_SIZE = 2000;

/** TrackedEmail__c rows with their recipients after a position, oldest change first. */
export function trackedEmailQuery(
  position: Position | undefined,
  { trackedEmail, trackedRecipient }: ApiNames,
): string {
  const recipient = [
    trackedRecipient.address,
    trackedRecipient.role,
    trackedRecipient.contact,
    trackedRecipient.lead,
    trackedRecipient.campaignStatus,
  ].join(', ');
  const fields = [
    'Id',
    'SystemModstamp',
    'CreatedDate',
    trackedEmail.messageKey,
    trackedEmail.subject,
    trackedEmail.sentAt,
    trackedEmail.owner,
    trackedEmail.senderAddress,
    trackedEmail.source,
    `(SELECT ${recipient} FROM ${trackedEmail.recipients})`,
  ].join(', ');
  return `SELECT ${fields} FROM ${trackedEmail.object}${after(position)}`;
}

/** CampaignStatus__c rows with the address of their person after a position, oldest change first. */
export function enrolmentQuery(position: Position | undefined, { campaignStatus }: ApiNames): string {
  const fields = [
    'Id',
    'SystemModstamp',
    campaignStatus.status,
    campaignStatus.haltedAt,
    campaignStatus.enrolledAt,
    campaignStatus.undoneReplyKey,
    campaignStatus.owner,
    campaignStatus.contact,
    campaignStatus.lead,
    `${campaignStatus.contactRecord}.Email`,
    `${campaignStatus.leadRecord}.Email`,
  ].join(', ');
  return `SELECT ${fields} FROM ${campaignStatus.object}${after(position)}`;
}

function after(position: Position | undefined): string {
  const order = ` ORDER BY SystemModstamp ASC, Id ASC LIMIT ${PAGE_SIZE}`;
  if (position === undefined) return order;
  const { systemModstamp, id } = checkedPosition(position);
  const stamp = new Date(systemModstamp).toISOString();
  if (id === FIRST_ID) return ` WHERE SystemModstamp >= ${stamp}${order}`;
  return ` WHERE SystemModstamp > ${stamp} OR (SystemModstamp = ${stamp} AND Id > '${id}')${order}`;
}

function checkedPosition(position: Position): Position {
  if (INSTANT.test(position.systemModstamp) && recordId(position.id) !== undefined) return position;
  throw new SalesforceError('refused', 'The stored position of a pull is not an instant and a Salesforce id.', [
    'Restore the database of the connector from a backup, or delete the pull position: the rows are then read again.',
  ]);
}

/** Tasks by the reply keys they hold; a key that is not one of ours never reaches the text. */
export function taskByReplyKeyQuery(replyKeys: readonly string[], { task }: ApiNames): string {
  const keys = replyKeys.filter((key) => REPLY_KEY.test(key)).map((key) => `'${key}'`);
  return `SELECT Id, ${task.replyKey} FROM ${task.object} WHERE ${task.replyKey} IN (${keys.join(', ')})`;
}

/** Active users by their e-mail addresses. */
export function userQuery(addresses: readonly string[]): string {
  return `SELECT Id, Email FROM User WHERE IsActive = true AND Email IN (${addresses.map(quoted).join(', ')})`;
}

/** What has become of leads; a converted one names its contact. */
export function standingLeadQuery(ids: readonly string[]): string {
  return `SELECT Id, IsDeleted, IsConverted, ConvertedContactId FROM Lead WHERE Id IN (${ids.map(quotedId).join(', ')})`;
}

/** What has become of contacts; one that was merged names its master. */
export function standingContactQuery(ids: readonly string[]): string {
  return `SELECT Id, IsDeleted, MasterRecordId FROM Contact WHERE Id IN (${ids.map(quotedId).join(', ')})`;
}

/** Which of these users are active. */
export function standingUserQuery(ids: readonly string[]): string {
  return `SELECT Id FROM User WHERE IsActive = true AND Id IN (${ids.map(quotedId).join(', ')})`;
}

/** What has become of statuses. */
export function standingStatusQuery(ids: readonly string[], { campaignStatus }: ApiNames): string {
  return `SELECT Id, IsDeleted FROM ${campaignStatus.object} WHERE Id IN (${ids.map(quotedId).join(', ')})`;
}

/** An id in quotes; what has not the form of one names no record. */
const quotedId = (id: string): string => `'${recordId(id) ?? FIRST_ID}'`;

/** The permission sets of a user. Only users with the permission "View Setup and Configuration" may ask. */
export function assignmentQuery(userId: string): string {
  return `SELECT PermissionSet.Name FROM PermissionSetAssignment WHERE AssigneeId = ${quotedId(userId)}`;
}

/** Which of these flows have an active version, by their names with or without the prefix of the package. */
export function flowQuery(flows: readonly string[], names: ApiNames): string {
  const given = new Set([...flows, ...flows.map((name) => `${ownPrefix(names)}${name}`)]);
  const condition = `ApiName IN (${[...given].map(quoted).join(', ')})`;
  return `SELECT ApiName, ActiveVersionId FROM FlowDefinitionView WHERE ${condition}`;
}

/** The closed values of Task.Status, which every org may name as it likes. */
export const CLOSED_STATUS_QUERY = 'SELECT ApiName FROM TaskStatus WHERE IsClosed = true ORDER BY SortOrder ASC';

/** The one row about the org itself. */
export const ORGANIZATION_QUERY = 'SELECT Id, Name FROM Organization LIMIT 1';

/**
 * A text literal of SOQL. The backslash is escaped before the quote; the other way round a value that ends in a
 * backslash would free its closing quote.
 */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
