import type { Reply } from '../match/reply.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';
import { readStanding, type Standing } from './read-standing.ts';
import { longRecordId } from './record-id.ts';
import type { SalesforceWrite, SalesforceWriteResult } from './salesforce.ts';
import type { WritableOrg } from './write-rows.ts';

/** Codes with which the platform refuses a row for whom or what it names (SOAP API Developer Guide, "StatusCode"). */
const NAMES_WHAT_IS_GONE: ReadonlySet<string> = new Set([
  'CANNOT_UPDATE_CONVERTED_LEAD',
  'ENTITY_IS_DELETED',
  'INACTIVE_OWNER_OR_USER',
  'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
  'INVALID_CROSS_REFERENCE_KEY',
]);

/**
 * The refused rows that can be written in another way, since a record that they name is gone: a converted lead becomes
 * its contact and a merged contact its master; what was deleted, or cannot be seen, is not named; an inactive owner gives
 * way to the connector's user. A reply so still halts whom it can; one of a deleted person is left as it is where the
 * setting keeps it for somebody to decide. Rows whose names all stand are not among them.
 */
export async function repairRows(
  rows: readonly SalesforceWrite[],
  results: readonly SalesforceWriteResult[],
  target: WritableOrg,
): Promise<SalesforceWrite[]> {
  const refused = rows.filter((_, place) => isRepairable(results[place]));
  if (refused.length === 0) return [];
  const standing = await readStanding(refused.flatMap(namesOf), target);
  return refused
    .filter((row) => target.deletedPerson !== 'deadletter' || !isPersonGone(row, standing))
    .map((row) => ({ row, repaired: repair(row, standing) }))
    .filter(({ row, repaired }) => namesOf(row).join() !== namesOf(repaired).join())
    .map(({ repaired }) => repaired);
}

/** A lead that was converted, or a contact that was merged, is not gone: another one stands for it. */
function isPersonGone(row: SalesforceWrite, standing: Standing): boolean {
  return row.type === 'Task' && row.reply.personId !== undefined && standing.of(row.reply.personId) === undefined;
}

function isRepairable(result: SalesforceWriteResult | undefined): boolean {
  return result?.outcome === 'refused' && NAMES_WHAT_IS_GONE.has(result.errorCode);
}

/** The ids of all records that a row names. */
function namesOf(row: SalesforceWrite): string[] {
  const named: (string | undefined)[] = [];
  if (row.type === 'Task') named.push(row.reply.ownerId, row.reply.personId, row.reply.campaignStatusId);
  if (row.type === 'TrackedEmail') {
    named.push(row.mail.ownerId, ...row.mail.recipients.flatMap((each) => [each.personId, each.campaignStatusId]));
  }
  return named.filter((id) => id !== undefined && id !== '').map((id) => longRecordId(id ?? ''));
}

function repair(row: SalesforceWrite, standing: Standing): SalesforceWrite {
  if (row.type === 'Task') return { ...row, reply: repairReply(row.reply, standing) };
  return row.type === 'TrackedEmail' ? { ...row, mail: repairMail(row.mail, standing) } : row;
}

function repairReply(reply: Reply, standing: Standing): Reply {
  return { ...withStandingPerson(reply, standing), ownerId: standing.of(reply.ownerId) ?? '' };
}

function repairMail(mail: TrackedMail, standing: Standing): TrackedMail {
  const recipients = mail.recipients.map((recipient) => withStandingPerson(recipient, standing));
  return { ...mail, recipients, ownerId: standing.of(mail.ownerId) ?? '' };
}

interface NamesPerson {
  readonly personId?: string;
  readonly campaignStatusId?: string;
}

function withStandingPerson<Row extends NamesPerson>(row: Row, standing: Standing): Row {
  const { personId, campaignStatusId, ...rest } = row;
  const person = standing.of(personId);
  const status = standing.of(campaignStatusId);
  return {
    ...rest,
    ...(person !== undefined && { personId: person }),
    ...(status !== undefined && { campaignStatusId: status }),
  } as Row;
}
