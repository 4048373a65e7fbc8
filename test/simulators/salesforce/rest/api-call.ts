import { ApiError, notSimulated } from '../api-error.ts';
import type { Access, Right } from '../data/access.ts';
import { beginTransaction } from '../data/transaction.ts';
import { createHost } from '../data/transaction-host.ts';
import type { Org, RunningUser } from '../org.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { isShadowObject } from '../schema/shadow-objects.ts';
import type { QueryScope } from '../soql/query-scope.ts';
import type { HttpRequest } from './http-message.ts';
import type { QueryCursors } from './query-cursors.ts';

/** A request of the data API whose session is known. */
export interface ApiCall extends HttpRequest {
  readonly org: Org;
  readonly user: RunningUser;
  readonly access: Access;
  readonly cursors: QueryCursors;
  /** For example `/services/data/v67.0`. */
  readonly basePath: string;
  /** What stands behind the base path, cut at slashes and decoded. */
  readonly segments: readonly string[];
}

/** The access and the transaction-wide evaluator that a read needs. */
export function queryScope(call: ApiCall, includeDeleted = false): QueryScope {
  const { org, user, access, basePath } = call;
  return { org, access, includeDeleted, basePath, host: createHost(beginTransaction(org, user)) };
}

/** The object that a URL or an `attributes.type` names; refuses what is not there or not open to the user. */
export function objectFor(call: ApiCall, name: string, right: Right, status = 404): OrgObject {
  const object = findObject(call.org.metadata, name);
  if (object === undefined && isShadowObject(name)) throw notSimulated(`the object ${name}`);
  if (object === undefined || !call.access.may('read', object)) {
    if (status === 404) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    throw new ApiError(status, 'INVALID_TYPE', `sObject type '${name}' is not supported.`);
  }
  if (right !== 'read' && !(object.writable && call.access.may(right, object))) {
    throw new ApiError(
      403,
      'INSUFFICIENT_ACCESS_OR_READONLY',
      `insufficient access rights on object ${object.name} (${right})`,
    );
  }
  return object;
}

/** The JSON object of a body; refuses everything else. */
export function jsonBody(call: HttpRequest): Record<string, unknown> {
  const contentType = call.headers['content-type'] ?? '';
  if (!contentType.startsWith('application/json')) {
    throw new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', `The HTTP entity body type '${contentType}' is not supported`);
  }
  const value = parseJson(call.body);
  if (!isJsonObject(value)) {
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'The HTTP entity body has to be a JSON object');
  }
  return value;
}

/** Whether a JSON value is an object, neither null nor a list. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    throw new ApiError(400, 'JSON_PARSER_ERROR', error instanceof Error ? error.message : 'The body is not JSON');
  }
}
