import { notSimulated } from '../api-error.ts';
import type { Sessions } from '../auth/sessions.ts';
import { convertLead } from '../data/convert-lead.ts';
import { mergeRecords } from '../data/merge-records.ts';
import { RowError, saveError } from '../data/row-error.ts';
import { beginTransaction, LimitError, type Transaction } from '../data/transaction.ts';
import { undeleteRow } from '../data/undelete-rows.ts';
import { XmlError, type XmlElement } from '../flow-xml.ts';
import { childNamed, childText, localName, readEnvelope, writeFault, writeResult } from '../metadata/soap-envelope.ts';
import type { Org } from '../org.ts';
import type { SaveError } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';

const XML = 'text/xml;charset=UTF-8';
const PARTNER = 'urn:partner.soap.sforce.com';

/** Works on one item of a call; what it throws as RowError is the outcome of that item. */
type Operation = (transaction: Transaction, item: XmlElement) => object;

/** The calls that no REST resource stands for (SOAP API Developer Guide, "convertLead()", "merge()", "undelete()"). */
const OPERATIONS = new Map<string, Operation>([
  ['convertLead', answerConvert],
  ['merge', answerMerge],
  ['undelete', answerUndelete],
]);

/** Answers the SOAP calls of the partner API, each item of a call in a transaction of its own. */
export function answerPartner(org: Org, sessions: Sessions, request: HttpRequest): HttpAnswer {
  try {
    const call = readEnvelope(request.body);
    const userId = sessions.userOf(call?.sessionId);
    if (call === undefined || userId === undefined) {
      return fault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');
    }
    const operation = OPERATIONS.get(call.operation);
    if (operation === undefined) throw notSimulated(`the SOAP call ${call.operation}`);
    const begin = (): Transaction => beginTransaction(org, { userId, system: false });
    if (!begin().access.has('ApiEnabled')) {
      return fault('API_DISABLED_FOR_ORG', 'API is not enabled for this Organization or Partner');
    }
    const results = call.argument.children.map((item) => answerItem(org, begin(), operation, item));
    return { status: 200, body: writeResult(call.operation, results, PARTNER), contentType: XML };
  } catch (error) {
    if (error instanceof XmlError) return fault('UNKNOWN_EXCEPTION', error.message);
    throw error;
  }
}

function fault(code: string, message: string): HttpAnswer {
  return { status: 500, body: writeFault(code, message), contentType: XML };
}

function answerItem({ database }: Org, transaction: Transaction, operation: Operation, item: XmlElement): object {
  try {
    return database.transaction(() => ({ success: true, ...operation(transaction, item) }));
  } catch (error) {
    if (error instanceof LimitError)
      return failed({ statusCode: 'LIMIT_EXCEEDED', message: error.message, fields: [] });
    if (!(error instanceof RowError)) throw error;
    return failed(saveError(error));
  }
}

function failed({ statusCode, message, fields }: SaveError): object {
  return { success: false, errors: [{ fields, message, statusCode }] };
}

function answerConvert(transaction: Transaction, item: XmlElement): object {
  const given = (name: string): Record<string, string> => {
    const text = childText(item, name);
    return text === '' ? {} : { [name]: text };
  };
  return convertLead(transaction, {
    leadId: childText(item, 'leadId'),
    convertedStatus: childText(item, 'convertedStatus'),
    doNotCreateOpportunity: childText(item, 'doNotCreateOpportunity') === 'true',
    ...{ ...given('accountId'), ...given('contactId'), ...given('opportunityName'), ...given('ownerId') },
  });
}

function answerMerge(transaction: Transaction, item: XmlElement): object {
  const master = childNamed(item, 'masterRecord');
  const type = childText(master, 'type');
  const object = findObject(transaction.org.metadata, type);
  if (object === undefined) throw new RowError('INVALID_TYPE', `sObject type '${type.slice(0, 80)}' is not supported.`);
  const fields = (master?.children ?? []).filter((child) => localName(child) !== 'type');
  const mergedIds = item.children.filter((child) => localName(child) === 'recordToMergeIds').map(({ text }) => text);
  const row = Object.fromEntries(fields.map((child) => [localName(child), child.text]));
  const updatedRelatedIds = mergeRecords(transaction, { object, master: row, mergedIds });
  return { id: row['Id'], mergedRecordIds: mergedIds, updatedRelatedIds };
}

function answerUndelete(transaction: Transaction, item: XmlElement): object {
  const outcome = undeleteRow(transaction, item.text);
  return 'id' in outcome ? outcome : failed(outcome.errors[0]!);
}
