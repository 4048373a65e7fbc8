import { flowsFor } from '../flow.ts';
import type { RowOutcome } from '../flow-host.ts';
import { runAfterSaveFlows } from '../flow-run.ts';
import type { FieldValue, SObjectRecord } from '../record.ts';
import { normalizeId } from '../record-id.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { writeDate, writeDateTime } from './date-time.ts';
import { wholeRecord } from './formula-fields.ts';
import { RowError } from './row-error.ts';
import { saveBatch, type GivenRow } from './save-batch.ts';
import type { Transaction } from './transaction.ts';
import { createHost } from './transaction-host.ts';

/** What `convertLead` is asked for (SOAP API Developer Guide, "convertLead()"). */
export interface LeadConvert {
  readonly leadId: string;
  readonly convertedStatus: string;
  readonly doNotCreateOpportunity: boolean;
  readonly accountId?: string;
  readonly contactId?: string;
  readonly opportunityName?: string;
  readonly ownerId?: string;
}

/** The records that stand in place of the lead. */
export interface ConvertedLead {
  readonly leadId: string;
  readonly accountId: string;
  readonly contactId: string;
  readonly opportunityId: string | null;
}

const CONVERTED_STATUS = 'Closed - Converted';
/** What a contact takes over from the lead. */
const CONTACT_FIELDS = ['FirstName', 'LastName', 'Email', 'Phone', 'Title', 'HasOptedOutOfEmail', 'Description'];
const DAY_MS = 86_400_000;
const DEAL_DAYS = 90;

/**
 * Makes a lead into an account, a contact and, unless told otherwise, an opportunity. Tasks, events and mails of the
 * lead go over to them; custom lookups to the lead stay as they are (Help, "Convert and Merge Leads"). The lead can no
 * longer be changed or named anew. Flows that follow the save of a lead run, as they do in an org that requires
 * validation for converted leads (Help, "Customize Lead Conversion Settings"), which new orgs do.
 */
export function convertLead(transaction: Transaction, convert: LeadConvert): ConvertedLead {
  const lead = leadToConvert(transaction, convert);
  const OwnerId = convert.ownerId ?? lead['OwnerId'] ?? null;
  const make = (name: string, row: GivenRow): string => create(transaction, name, { ...row, OwnerId });
  const accountId =
    idOf(convert.accountId) ?? make('Account', { Name: lead['Company'] ?? null, Phone: lead['Phone'] ?? null });
  const person = Object.fromEntries(CONTACT_FIELDS.map((name) => [name, lead[name] ?? null]));
  const contactId = idOf(convert.contactId) ?? make('Contact', { ...person, AccountId: accountId });
  const opportunityId = convert.doNotCreateOpportunity
    ? null
    : make('Opportunity', {
        Name: convert.opportunityName ?? lead['Company'] ?? null,
        ...{ AccountId: accountId, StageName: 'Prospecting' },
        CloseDate: writeDate(new Date(transaction.org.now().getTime() + DEAL_DAYS * DAY_MS)),
      });
  if (opportunityId !== null) {
    const role = { OpportunityId: opportunityId, ContactId: contactId, IsPrimary: true };
    create(transaction, 'OpportunityContactRole', role);
  }
  const converted = { leadId: String(lead['Id']), accountId, contactId, opportunityId };
  closeLead(transaction, lead, converted);
  moveActivities(transaction, converted);
  runLeadFlows(transaction, lead);
  return converted;
}

const idOf = (given: string | undefined): string | undefined =>
  given === undefined || given === '' ? undefined : normalizeId(given);

function objectOf({ org }: Transaction, name: string): OrgObject {
  return findObject(org.metadata, name)!;
}

function leadToConvert(transaction: Transaction, { leadId, convertedStatus }: LeadConvert): SObjectRecord {
  const lead = transaction.org.database.get('Lead', idOf(leadId) ?? '');
  if (lead === undefined) throw new RowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  if (lead['IsDeleted'] === true) throw new RowError('ENTITY_IS_DELETED', 'entity is deleted');
  if (lead['IsConverted'] === true) {
    throw new RowError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  }
  const { access } = transaction;
  const makes = ['Account', 'Contact', 'Opportunity'].every((name) =>
    access.may('create', objectOf(transaction, name)),
  );
  if (!access.has('ConvertLeads') || !makes || !access.edits(objectOf(transaction, 'Lead'), lead)) {
    throw new RowError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
  }
  if (convertedStatus !== CONVERTED_STATUS) {
    throw new RowError('INVALID_STATUS', `invalid convertedStatus: ${convertedStatus.slice(0, 80)}`);
  }
  return lead;
}

function create(transaction: Transaction, name: string, row: GivenRow): string {
  const outcome: RowOutcome = transaction.nested(
    (inner) => saveBatch(inner, createHost(inner), 'create', objectOf(inner, name), [row])[0]!,
  );
  if ('id' in outcome) return outcome.id;
  const { statusCode, message, fields } = outcome.errors[0]!;
  throw new RowError(statusCode, message, fields);
}

function put(transaction: Transaction, name: string, row: SObjectRecord, values: Record<string, FieldValue>): void {
  const { database, now } = transaction.org;
  const SystemModstamp = writeDateTime(now());
  database.put(name, Object.assign(Object.create(null) as SObjectRecord, row, values, { SystemModstamp }));
}

function closeLead(transaction: Transaction, lead: SObjectRecord, converted: ConvertedLead): void {
  put(transaction, 'Lead', lead, {
    ...{ IsConverted: true, Status: CONVERTED_STATUS, ConvertedDate: writeDate(transaction.org.now()) },
    ConvertedAccountId: converted.accountId,
    ConvertedContactId: converted.contactId,
    ConvertedOpportunityId: converted.opportunityId,
  });
}

function runLeadFlows(transaction: Transaction, lead: SObjectRecord): void {
  const { org } = transaction;
  const object = objectOf(transaction, 'Lead');
  const flows = flowsFor([...org.metadata.flows.values()], 'Lead', 'RecordAfterSave', 'update');
  const failures = transaction.nested((inner) => {
    const host = createHost(inner);
    const record = wholeRecord(object, org.database.get('Lead', String(lead['Id']))!, host);
    return runAfterSaveFlows(flows, [{ record, prior: wholeRecord(object, lead, host) }], host);
  });
  for (const { statusCode, message, fields } of failures.values()) throw new RowError(statusCode, message, fields);
}

function moveActivities(
  transaction: Transaction,
  { leadId, accountId, contactId, opportunityId }: ConvertedLead,
): void {
  const { database } = transaction.org;
  const about = { WhoId: contactId, WhatId: opportunityId ?? accountId, AccountId: accountId };
  for (const name of ['Task', 'Event']) {
    for (const row of database.rows(name)) if (row['WhoId'] === leadId) put(transaction, name, row, about);
  }
  for (const row of database.rows('EmailMessageRelation')) {
    if (row['RelationId'] !== leadId) continue;
    put(transaction, 'EmailMessageRelation', row, { RelationId: contactId, RelationObjectType: 'Contact' });
  }
}
