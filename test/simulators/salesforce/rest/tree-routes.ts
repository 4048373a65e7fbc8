import { ROLLED_BACK, saveRecords } from '../data/save-records.ts';
import type { SaveError } from '../record.ts';
import { jsonBody, objectFor, type ApiCall } from './api-call.ts';
import type { HttpAnswer } from './http-message.ts';
import { methodNotAllowed } from './sobject-routes.ts';
import { readTrees, type TreeRecord } from './tree-records.ts';

interface TreeError {
  readonly referenceId: string;
  readonly errors: readonly SaveError[];
}

/** Records of one level and one type: they are saved together, so that flows run once for them. */
interface Group {
  readonly type: string;
  readonly records: readonly TreeRecord[];
}

/**
 * `/composite/tree/Account`: creates records with their children, all of them or none (REST API Developer Guide,
 * "sObject Tree"). Level by level, and within a level type by type, in the order of the request.
 */
export function answerTree(call: ApiCall): HttpAnswer {
  const [, , name = ''] = call.segments;
  if (call.method !== 'POST') throw methodNotAllowed(call);
  const records = readTrees(call, objectFor(call, name, 'create'), jsonBody(call));
  const repeated = repeatedReferences(records);
  if (repeated.length > 0) return refused(repeated);
  const undo = call.org.database.savepoint();
  const ids = new Map<TreeRecord, string>();
  for (const group of groupsOf(records)) {
    const errors = saveGroup(call, group, ids);
    if (errors.length === 0) continue;
    undo();
    return refused(errors);
  }
  const results = [...ids].map(([{ referenceId }, id]) => ({ referenceId, id }));
  return { status: 201, body: { hasErrors: false, results } };
}

function refused(results: readonly TreeError[]): HttpAnswer {
  return { status: 400, body: { hasErrors: true, results } };
}

/** One error for each record whose reference another record carries too. */
function repeatedReferences(records: readonly TreeRecord[]): TreeError[] {
  const byReference = Map.groupBy(records, ({ referenceId }) => referenceId);
  const message = 'Duplicate ReferenceId provided in the request.';
  return records
    .filter(({ referenceId }) => byReference.get(referenceId)!.length > 1)
    .map(({ referenceId }) => ({ referenceId, errors: [{ statusCode: 'INVALID_INPUT', message, fields: [] }] }));
}

function groupsOf(records: readonly TreeRecord[]): Group[] {
  const groups = Map.groupBy(records, ({ level, type }) => JSON.stringify([level, type]));
  return [...groups.values()]
    .sort(([one], [other]) => one!.level - other!.level)
    .map((group) => ({ type: group[0]!.type, records: group }));
}

/** Saves a group; gives the errors of the records that were refused, and remembers the ids of the others. */
function saveGroup(call: ApiCall, { type, records }: Group, ids: Map<TreeRecord, string>): TreeError[] {
  const object = objectFor(call, type, 'create', 400);
  const rows = records.map(({ fields, parent }) =>
    parent === undefined ? fields : { ...fields, [parent.field]: ids.get(parent.record) },
  );
  const outcomes = saveRecords('create', { org: call.org, user: call.user, object, rows, allOrNone: true });
  return outcomes.flatMap((outcome, index) => {
    const record = records[index]!;
    if ('id' in outcome) ids.set(record, outcome.id);
    const failed = 'errors' in outcome && !outcome.errors.includes(ROLLED_BACK);
    return failed ? [{ referenceId: record.referenceId, errors: outcome.errors }] : [];
  });
}
