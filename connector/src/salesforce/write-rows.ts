import type { ApiNames } from './api-names.ts';
import { chunks, collectionsFor, type Collection } from './collection.ts';
import { callsFor, collectionBody, compositeBody, readCollectionBody, readComposite, refuseAll } from './composite.ts';
import type { RecordAnswer, Refusal } from './composite.ts';
import { readDuplicateValue } from './duplicate-value.ts';
import { foreignText } from './foreign-json.ts';
import type { OrgCall, OrgRequest } from './org-call.ts';
import { orgFault, passing, type CalledOrg } from './org-fault.ts';
import { queryAll } from './query-rows.ts';
import { repairRows } from './repair-rows.ts';
import type { DeletedPerson, SalesforceWrite, SalesforceWriteResult } from './salesforce.ts';
import { taskByReplyKeyQuery } from './soql.ts';

/** Reply keys in one look-up: 64 characters each, in an address of at most 16,384. */
const KEYS_PER_QUERY = 100;

/** What writing needs to know of the org. */
export interface WritableOrg {
  readonly call: OrgCall;
  readonly org: CalledOrg;
  readonly names: ApiNames;
  /** One of the org's own closed values of Task.Status. */
  readonly closedStatus: () => Promise<string>;
  /** What becomes of the reply of a person who was deleted; a Task without a person unless told otherwise. */
  readonly deletedPerson?: DeletedPerson;
}

/**
 * Writes rows in as few calls as their collections need, one after the other, and returns a result for each
 * row in its order. Rows that name a record which is gone are written once more without it. See `Salesforce.write`.
 */
export async function writeRows(
  rows: readonly SalesforceWrite[],
  target: WritableOrg,
): Promise<SalesforceWriteResult[]> {
  const first = await writeOnce(rows, target);
  const repaired = await repairRows(rows, first, target);
  if (repaired.length === 0) return first;
  const second = await writeOnce(repaired, target);
  const again = new Map(repaired.map((row, place) => [rowName(row), second[place]]));
  return rows.map((row, place) => again.get(rowName(row)) ?? first[place]!);
}

async function writeOnce(rows: readonly SalesforceWrite[], target: WritableOrg): Promise<SalesforceWriteResult[]> {
  const closedStatus = rows.some(({ type }) => type === 'Task') ? await target.closedStatus() : '';
  const answers: RecordAnswer[] = [];
  for (const collections of callsFor(collectionsFor(rows, closedStatus, target.names))) {
    for (const answer of await writeCall(collections, target)) answers.push(answer);
  }
  return results(rows, await settleDuplicates(answers, target));
}

async function writeCall(collections: readonly Collection[], { call, org }: WritableOrg): Promise<RecordAnswer[]> {
  const answer = await call(requestFor(collections, org.apiVersion));
  if (!answer.accepted) {
    const { errorCode, message } = answer;
    return collections.flatMap((collection) => refuseAll(collection, { errorCode, message, whole: true }));
  }
  const [first] = collections;
  const answers =
    first?.alone === true ? readCollectionBody(first, answer.body) : readComposite(collections, answer.body);
  if (answers === undefined) throw passing('The answer to a write was not one; nothing is taken as written.', org);
  throwOrgFault(answers, org);
  return answers;
}

function requestFor(collections: readonly Collection[], apiVersion: string): OrgRequest {
  const root = `/services/data/v${apiVersion}`;
  const [first] = collections;
  if (first?.alone === true) return { method: first.method, path: `${root}${first.path}`, body: collectionBody(first) };
  return { method: 'POST', path: `${root}/composite`, body: compositeBody(collections, apiVersion) };
}

/** Rows that nothing waits for. */
const FOR_REPORTS: readonly SalesforceWrite['type'][] = ['ReplyTally', 'ConnectedMailbox'];

/**
 * A collection refused as a whole for what the org lacks is no row's doing: it stops the work until someone acts. What
 * reports need stops nothing.
 */
function throwOrgFault(answers: readonly RecordAnswer[], org: CalledOrg): void {
  const needed = answers.filter(({ type }) => !FOR_REPORTS.includes(type));
  const refusals = new Set(needed.map(({ refusal }) => refusal).filter((refusal) => refusal?.whole === true));
  for (const refusal of refusals) {
    const fault = refusal === undefined ? undefined : orgFault(refusal.errorCode, refusal.message, org);
    if (fault !== undefined) throw fault;
  }
}

/**
 * Takes a record as written when it was refused because its key is there already: the answer to an earlier attempt
 * got lost, or another mailbox delivered the same reply. When the platform does not say which field was a duplicate,
 * Tasks are looked up by their key: a customer's own unique field must not pass for ours.
 */
async function settleDuplicates(answers: readonly RecordAnswer[], target: WritableOrg): Promise<RecordAnswer[]> {
  const { task, trackedRecipient } = target.names;
  const unclear = answers.filter(({ object, refusal }) => object === task.object && isDuplicate(refusal, [undefined]));
  const known = await tasksByReplyKey(
    unclear.map(({ key }) => key),
    target,
  );
  return answers.map((answer) => {
    const { object, key, refusal } = answer;
    if (object === task.object && isDuplicate(refusal, [task.replyKey])) return written(answer);
    if (object === trackedRecipient.object && isDuplicate(refusal, [trackedRecipient.recipientKey, undefined])) {
      return written(answer);
    }
    return unclear.includes(answer) && known.has(key) ? written(answer, known.get(key)) : answer;
  });
}

function isDuplicate(refusal: Refusal | undefined, fields: readonly (string | undefined)[]): boolean {
  return refusal?.errorCode === 'DUPLICATE_VALUE' && fields.includes(readDuplicateValue(refusal.message).field);
}

function written(answer: RecordAnswer, recordId?: string): RecordAnswer {
  const named = recordId ?? readDuplicateValue(answer.refusal?.message ?? '').recordId;
  return { ...answer, recordId: named, refusal: undefined };
}

async function tasksByReplyKey(
  replyKeys: readonly string[],
  { call, org, names }: WritableOrg,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const keys of chunks(replyKeys, KEYS_PER_QUERY)) {
    for (const row of await queryAll(call, org, taskByReplyKeyQuery(keys, names))) {
      const key = foreignText(row[names.task.replyKey]);
      const id = foreignText(row['Id']);
      if (key !== undefined && id !== undefined) found.set(key, id);
    }
  }
  return found;
}

/** One result for each row: a row is written when all its records are, and has the id of its first one. */
function results(rows: readonly SalesforceWrite[], answers: readonly RecordAnswer[]): SalesforceWriteResult[] {
  const byRow = new Map<string, { recordId: string | undefined; refusal: Refusal | undefined }>();
  for (const answer of answers) {
    const { recordId, refusal } = answer;
    const before = byRow.get(rowName(answer));
    if (before === undefined) byRow.set(rowName(answer), { recordId, refusal });
    else byRow.set(rowName(answer), { recordId: before.recordId, refusal: before.refusal ?? refusal });
  }
  return rows.map((row) => result(row.key, byRow.get(rowName(row))));
}

const rowName = ({ type, key }: Pick<SalesforceWrite, 'type' | 'key'>): string => `${type} ${key}`;

function result(
  key: string,
  answer: { recordId: string | undefined; refusal: Refusal | undefined } | undefined,
): SalesforceWriteResult {
  if (answer?.refusal !== undefined) {
    const { errorCode, message } = answer.refusal;
    return { key, outcome: 'refused', errorCode, message };
  }
  return { key, outcome: 'written', recordId: answer?.recordId };
}
