import { ApiError } from '../api-error.ts';
import type { GivenRow } from '../data/save-batch.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { childOf } from '../soql/run-query.ts';
import { isJsonObject, queryScope, type ApiCall } from './api-call.ts';

/** Records, levels and types of one request (REST API Developer Guide, "sObject Tree"). */
const MAX_RECORDS = 200;
const MAX_LEVELS = 5;
const MAX_TYPES = 5;
/** The guide shows letters and digits; that nothing else is taken is the stricter reading. */
const REFERENCE_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;

/** One record of a request, wherever in a tree it stands. */
export interface TreeRecord {
  readonly referenceId: string;
  readonly type: string;
  /** 1 for a root. */
  readonly level: number;
  /** Its own fields, without the children. */
  readonly fields: GivenRow;
  /** The record above it, and the field that names it. */
  readonly parent: { readonly record: TreeRecord; readonly field: string } | undefined;
}

/** The records of a body `{ "records": [...] }`, parents before their children; refuses trees that are too large. */
export function readTrees(call: ApiCall, root: OrgObject, body: Readonly<Record<string, unknown>>): TreeRecord[] {
  const { records, ...others } = body;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw new ApiError(400, 'JSON_PARSER_ERROR', `Unrecognized field "${unknown}"`);
  const found = readList(call, root, records, undefined);
  const types = new Set(found.map(({ type }) => type));
  if (found.length > MAX_RECORDS) throw treeTooLarge(`${MAX_RECORDS} records`);
  if (types.size > MAX_TYPES) throw treeTooLarge(`${MAX_TYPES} types`);
  return found;
}

/** More than a tree may hold. */
function treeTooLarge(limit: string): ApiError {
  return new ApiError(400, 'LIMIT_EXCEEDED', `The limit of ${limit} in the trees of one request is exceeded`);
}

function readList(call: ApiCall, object: OrgObject, list: unknown, parent: TreeRecord['parent']): TreeRecord[] {
  if (!Array.isArray(list) || list.length === 0 || !list.every(isJsonObject)) {
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'An sObject tree has a list "records" of at least one object');
  }
  return list.flatMap((given) => readRecord(call, object, given, parent));
}

function readRecord(
  call: ApiCall,
  object: OrgObject,
  given: Readonly<Record<string, unknown>>,
  parent: TreeRecord['parent'],
): TreeRecord[] {
  const level = (parent?.record.level ?? 0) + 1;
  if (level > MAX_LEVELS) throw treeTooLarge(`${MAX_LEVELS} levels`);
  const { attributes, ...members } = given;
  if (Object.keys(members).some((name) => name.toLowerCase() === 'id')) {
    throw new ApiError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
  }
  const children = Object.entries(members).filter(([, value]) => isChildList(value));
  const fields = Object.fromEntries(Object.entries(members).filter(([, value]) => !isChildList(value)));
  const record: TreeRecord = { ...readAttributes(object, attributes), level, fields, parent };
  const below = children.flatMap(([relationship, value]) => {
    const [child, reference] = childOf(queryScope(call), object, relationship);
    return readList(call, child, (value as { readonly records: unknown }).records, { record, field: reference.name });
  });
  return [record, ...below];
}

function isChildList(value: unknown): boolean {
  return isJsonObject(value) && 'records' in value;
}

function readAttributes(object: OrgObject, attributes: unknown): Pick<TreeRecord, 'referenceId' | 'type'> {
  const { type, referenceId } = isJsonObject(attributes) ? attributes : {};
  if (typeof type !== 'string' || type.toLowerCase() !== object.name.toLowerCase()) {
    throw new ApiError(400, 'INVALID_INPUT', `Every record here needs attributes of the type ${object.name}`);
  }
  if (typeof referenceId !== 'string' || !REFERENCE_ID.test(referenceId)) {
    throw new ApiError(400, 'INVALID_INPUT', 'Include a reference ID for each record, of letters and digits');
  }
  return { type: object.name, referenceId };
}
