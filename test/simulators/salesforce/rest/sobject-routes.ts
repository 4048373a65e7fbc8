import { ApiError, notSimulated } from '../api-error.ts';
import { wholeRecord } from '../data/formula-fields.ts';
import { readValue } from '../data/read-value.ts';
import { RowError } from '../data/row-error.ts';
import { deleteRecords, saveRecords } from '../data/save-records.ts';
import { normalizeId } from '../record-id.ts';
import type { SObjectRecord } from '../record.ts';
import { describeBriefly, describeObject } from '../schema/describe.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { jsonBody, objectFor, queryScope, type ApiCall } from './api-call.ts';
import type { HttpAnswer } from './http-message.ts';
import { externalIdField, upsertRecords } from './upsert.ts';
import { singleResult } from './write-results.ts';

/** Everything below `/sobjects` (REST API Developer Guide, "sObject Basic Information" and the following). */
export function answerSObjects(call: ApiCall): HttpAnswer {
  const [, name, second, third] = call.segments;
  if (name === undefined) return describeGlobal(call);
  if (second === undefined) return answerObject(call, name);
  if (second === 'describe' && third === undefined && call.method === 'GET') {
    const object = objectFor(call, name, 'read');
    return { status: 200, body: describeObject(call.org.metadata, call.access, object, call.basePath) };
  }
  return third === undefined ? answerById(call, name, second) : answerByKey(call, name, second, third);
}

function describeGlobal(call: ApiCall): HttpAnswer {
  if (call.method !== 'GET') throw methodNotAllowed(call);
  const objects = [...call.org.metadata.objects.values()].filter((object) => call.access.may('read', object));
  const sobjects = objects.map((object) => describeBriefly(call.access, object, call.basePath));
  return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects } };
}

/** A method that the resource does not have. */
export function methodNotAllowed(call: ApiCall): ApiError {
  return new ApiError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${call.method}' not allowed`);
}

function answerObject(call: ApiCall, name: string): HttpAnswer {
  if (call.method === 'GET') {
    const object = objectFor(call, name, 'read');
    return {
      status: 200,
      body: { objectDescribe: describeBriefly(call.access, object, call.basePath), recentItems: [] },
    };
  }
  if (call.method !== 'POST') throw methodNotAllowed(call);
  const object = objectFor(call, name, 'create');
  const body = jsonBody(call);
  if (Object.keys(body).some((key) => key.toLowerCase() === 'id')) {
    throw new ApiError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
  }
  const [outcome] = saveRecords('create', { org: call.org, user: call.user, object, rows: [body], allOrNone: true });
  return singleResult(outcome!, (id) => created(call, object, id));
}

function created(call: ApiCall, object: OrgObject, id: string): HttpAnswer {
  return {
    status: 201,
    body: { id, success: true, errors: [] },
    headers: { Location: `${call.basePath}/sobjects/${object.name}/${id}` },
  };
}

function answerById(call: ApiCall, name: string, id: string): HttpAnswer {
  const { org, user } = call;
  switch (call.method) {
    case 'GET':
      return retrieve(call, objectFor(call, name, 'read'), id);
    case 'PATCH': {
      const object = objectFor(call, name, 'edit');
      const rows = [{ ...withoutId(jsonBody(call)), Id: id }];
      return singleResult(saveRecords('update', { org, user, object, rows, allOrNone: true })[0]!, () => ({
        status: 204,
      }));
    }
    case 'DELETE': {
      const object = objectFor(call, name, 'delete');
      return singleResult(deleteRecords({ org, user, object, rows: [id], allOrNone: true })[0]!, () => ({
        status: 204,
      }));
    }
    default:
      throw methodNotAllowed(call);
  }
}

function withoutId(body: Record<string, unknown>): Record<string, unknown> {
  if (Object.keys(body).some((key) => key.toLowerCase() === 'id')) {
    throw new ApiError(400, 'INVALID_FIELD', 'The Id field should not be specified in the sobject data.', ['Id']);
  }
  return body;
}

function retrieve(call: ApiCall, object: OrgObject, given: string): HttpAnswer {
  const id = normalizeId(given);
  if (id === undefined)
    throw new ApiError(400, 'MALFORMED_ID', `${object.name} ID: id value of incorrect type: ${given}`, ['Id']);
  const row = call.org.database.get(object.name, id);
  if (row === undefined || !call.access.reads(object, row)) {
    throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  }
  if (row['IsDeleted'] === true) throw new ApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  return { status: 200, body: visibleRecord(call, object, row) };
}

/** The fields of a record that the user sees, or those that the `fields` parameter names. */
export function visibleRecord(call: ApiCall, object: OrgObject, row: SObjectRecord, names?: readonly string[]): object {
  const wanted =
    names ??
    call.query
      .get('fields')
      ?.split(',')
      .map((name) => name.trim());
  const record = wholeRecord(object, row, queryScope(call).host);
  const visible = object.fields.filter((field) => call.access.sees(object, field));
  const selected = wanted?.map((name) => {
    const field = visible.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (field === undefined)
      throw new ApiError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    return field;
  });
  const attributes = { type: object.name, url: `${call.basePath}/sobjects/${object.name}/${String(row['Id'])}` };
  return { attributes, ...Object.fromEntries((selected ?? visible).map(({ name }) => [name, record[name]])) };
}

function answerByKey(call: ApiCall, name: string, keyName: string, value: string): HttpAnswer {
  const right = ({ GET: 'read', PATCH: 'edit', DELETE: 'delete' } as const)[call.method];
  if (right === undefined) throw methodNotAllowed(call);
  if (call.segments.length > 4) throw notSimulated(`the resource /${call.segments.join('/')}`);
  const object = objectFor(call, name, right);
  const key = externalIdField(call, object, keyName);
  const stored = readKey(() => readValue(key, value));
  const ids = key.name === 'Id' ? [String(stored)] : call.org.database.idsByKey(object.name, key, String(stored));
  if (ids.length > 1) {
    return { status: 300, body: ids.map((id) => `${call.basePath}/sobjects/${object.name}/${id}`) };
  }
  if (right === 'edit') return upsertOne(call, object, keyName, value);
  const [id] = ids;
  if (id === undefined) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return right === 'read' ? retrieve(call, object, id) : answerById(call, name, id);
}

function readKey<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowError) throw new ApiError(400, error.statusCode, error.message, error.fields);
    throw error;
  }
}

function upsertOne(call: ApiCall, object: OrgObject, keyName: string, value: string): HttpAnswer {
  const key = externalIdField(call, object, keyName);
  const body = withoutId(jsonBody(call));
  if (Object.keys(body).some((name) => name.toLowerCase() === keyName.toLowerCase())) {
    throw new ApiError(400, 'INVALID_FIELD', `The ${keyName} field should not be specified in the sobject data.`, [
      keyName,
    ]);
  }
  objectFor(call, object.name, 'create');
  const [result] = upsertRecords(call, object, key, [{ ...body, [key.name]: value }], true);
  const { outcome, created: isNew } = result!;
  return singleResult(outcome, (id) => ({
    status: isNew ? 201 : 200,
    body: { id, success: true, errors: [], created: isNew },
  }));
}
