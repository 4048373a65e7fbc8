import { ApiError, notSimulated } from '../api-error.ts';
import type { GivenRow } from '../data/save-batch.ts';
import { deleteRecords, saveRecords } from '../data/save-records.ts';
import { normalizeId } from '../record-id.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { isJsonObject, jsonBody, objectFor, type ApiCall } from './api-call.ts';
import type { HttpAnswer } from './http-message.ts';
import { methodNotAllowed, visibleRecord } from './sobject-routes.ts';
import { externalIdField, upsertRecords } from './upsert.ts';
import { collectionResult, tooManyRows } from './write-results.ts';

const MAX_ROWS = 200;

/** Everything below `/composite/sobjects` (REST API Developer Guide, "sObject Collections"). */
export function answerCollections(call: ApiCall): HttpAnswer {
  const [, , name, keyName, ...rest] = call.segments;
  if (rest.length > 0) throw notSimulated(`the resource /${call.segments.join('/')}`);
  if (name === undefined) return answerList(call);
  if (keyName === undefined) return retrieveList(call, name);
  if (call.method !== 'PATCH') throw methodNotAllowed(call);
  const object = objectFor(call, name, 'edit');
  objectFor(call, name, 'create');
  const { rows, allOrNone } = listBody(call);
  if (rows.some((row) => typeOf(row).toLowerCase() !== object.name.toLowerCase())) {
    throw new ApiError(400, 'INVALID_TYPE', `Every record of this request has to be of type ${object.name}`);
  }
  const outcomes = upsertRecords(call, object, externalIdField(call, object, keyName), rows, allOrNone);
  return { status: 200, body: outcomes.map(({ outcome, created }) => collectionResult(outcome, created)) };
}

function answerList(call: ApiCall): HttpAnswer {
  const operation = ({ POST: 'create', PATCH: 'update' } as const)[call.method];
  if (call.method === 'DELETE') return deleteList(call);
  if (operation === undefined) throw methodNotAllowed(call);
  const { rows, allOrNone } = listBody(call);
  const object = oneType(call, rows, operation === 'create' ? 'create' : 'edit');
  if (operation === 'create' && rows.some((row) => Object.keys(row).some((key) => key.toLowerCase() === 'id'))) {
    throw new ApiError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
  }
  const outcomes = saveRecords(operation, { org: call.org, user: call.user, object, rows, allOrNone });
  return { status: 200, body: outcomes.map((outcome) => collectionResult(outcome)) };
}

function listBody(call: ApiCall): { readonly rows: GivenRow[]; readonly allOrNone: boolean } {
  const { records, allOrNone = false, ...others } = jsonBody(call);
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw new ApiError(400, 'JSON_PARSER_ERROR', `Unrecognized field "${unknown}"`);
  if (!Array.isArray(records) || !records.every(isJsonObject) || typeof allOrNone !== 'boolean') {
    throw new ApiError(
      400,
      'JSON_PARSER_ERROR',
      'A collection has a list "records" of objects and a boolean "allOrNone"',
    );
  }
  if (records.length > MAX_ROWS) throw tooManyRows(records.length, MAX_ROWS);
  return { rows: records, allOrNone };
}

function typeOf(row: GivenRow): string {
  const type = (row['attributes'] as { readonly type?: unknown } | undefined)?.type;
  if (typeof type !== 'string') {
    throw new ApiError(400, 'INVALID_FIELD', 'Record type not specified in the attributes of the record', ['type']);
  }
  return type;
}

/** The platform takes up to ten runs of several types; this org takes one type a request, which is all we send. */
function oneType(call: ApiCall, rows: readonly GivenRow[], right: 'create' | 'edit'): OrgObject {
  const types = new Set(rows.map(typeOf));
  if (types.size > 1) throw notSimulated('a collection of several types');
  return objectFor(call, [...types][0] ?? '', right, 400);
}

function deleteList(call: ApiCall): HttpAnswer {
  const ids = (call.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  const allOrNone = call.query.get('allOrNone') === 'true';
  if (ids.length > MAX_ROWS) throw tooManyRows(ids.length, MAX_ROWS);
  const prefixes = new Set(ids.map((id) => id.slice(0, 3)));
  if (prefixes.size !== 1) throw notSimulated('deleting records of several types in one request');
  const object = [...call.org.metadata.objects.values()].find(({ keyPrefix }) => prefixes.has(keyPrefix));
  const checked = objectFor(call, object?.name ?? '', 'delete', 400);
  const outcomes = deleteRecords({ org: call.org, user: call.user, object: checked, rows: ids, allOrNone });
  return { status: 200, body: outcomes.map((outcome) => collectionResult(outcome)) };
}

function retrieveList(call: ApiCall, name: string): HttpAnswer {
  const object = objectFor(call, name, 'read');
  const given = call.method === 'POST' ? jsonBody(call) : undefined;
  if (call.method !== 'GET' && given === undefined) throw methodNotAllowed(call);
  const listOf = (key: string): string[] => {
    const value = given === undefined ? (call.query.get(key) ?? '').split(',') : given[key];
    return Array.isArray(value) ? value.map(String) : [];
  };
  const records = listOf('ids').map((id) => {
    const row = call.org.database.get(object.name, normalizeId(id) ?? '');
    const hidden = row === undefined || row['IsDeleted'] === true || !call.access.reads(object, row);
    return hidden ? null : visibleRecord(call, object, row, listOf('fields'));
  });
  return { status: 200, body: records };
}
