import { fieldText } from './field-value.ts';
import { foreignArray, foreignObject, foreignText, type ForeignObject } from './foreign-json.ts';
import type { OrgCall } from './org-call.ts';
import { passing, type CalledOrg } from './org-fault.ts';
import { SalesforceError } from './salesforce-error.ts';

/** Rows of one answer to a query. */
export interface QueryAnswer {
  readonly rows: readonly ForeignObject[];
  /** False when the platform has more rows than it put into this answer. */
  readonly done: boolean;
  /** Where the rest is, when it is not done. */
  readonly nextPath: string | undefined;
  readonly serverTime: Date | undefined;
}

/** The rest of an answer is asked from the data API of the same host only. */
const NEXT_PATH = /^\/services\/data\/v\d{2,3}\.0\/query(?:All)?\/[A-Za-z0-9-]{1,100}$/;

/** The platform's words in an error of ours are cut to this many characters. */
const WORDS = 300;

/** Asks one query and returns the first part of its answer. */
export async function query(call: OrgCall, org: CalledOrg, soql: string): Promise<QueryAnswer> {
  return readPart(call, org, queryPath(soql, org));
}

/** Whether a query finds deleted rows too, those of the recycle bin and of merges. */
export type QueryScope = 'rows' | 'deleted rows too';

/** The path of a query, from the root of the host. */
export function queryPath(soql: string, { apiVersion }: CalledOrg, scope: QueryScope = 'rows'): string {
  const resource = scope === 'rows' ? 'query' : 'queryAll';
  return `/services/data/v${apiVersion}/${resource}?q=${encodeURIComponent(soql)}`;
}

/** Asks one query and returns all of its rows. For answers whose size the caller has bounded. */
export async function queryAll(call: OrgCall, org: CalledOrg, soql: string): Promise<ForeignObject[]> {
  return withRest(call, org, await query(call, org, soql));
}

/** All rows of an answer of which a part may be missing: the child rows of a row are such an answer too. */
export async function withRest(call: OrgCall, org: CalledOrg, first: QueryAnswer): Promise<ForeignObject[]> {
  const rows = [...first.rows];
  for (let part = first; !part.done;) {
    if (part.nextPath === undefined) throw unreadable(org);
    part = await readPart(call, org, part.nextPath);
    rows.push(...part.rows);
  }
  return rows;
}

async function readPart(call: OrgCall, org: CalledOrg, path: string): Promise<QueryAnswer> {
  const answer = await call({ method: 'GET', path });
  if (!answer.accepted) throw refusedQuery(answer.errorCode, answer.message, org);
  const part = queryAnswer(answer.body, answer.serverTime);
  if (part === undefined) throw unreadable(org);
  return part;
}

/** Reads the form that answers to queries, and the child rows within them, have. */
export function queryAnswer(body: unknown, serverTime?: Date): QueryAnswer | undefined {
  const answer = foreignObject(body);
  const rows = foreignArray(answer?.['records'])?.map(foreignObject);
  const done = answer?.['done'];
  if (rows === undefined || typeof done !== 'boolean' || rows.includes(undefined)) return undefined;
  const next = foreignText(answer?.['nextRecordsUrl']);
  return {
    rows: rows.filter((row) => row !== undefined),
    done,
    nextPath: next !== undefined && NEXT_PATH.test(next) ? next : undefined,
    serverTime,
  };
}

/** The error for an answer to a query that has not the form of one. */
export function unreadable(org: CalledOrg): SalesforceError {
  return passing('The answer to a query was not one.', org);
}

/** The error for a query that the platform refused. */
export function refusedQuery(errorCode: string, message: string, { host }: CalledOrg): SalesforceError {
  const words = fieldText(`${errorCode}: ${message}`, WORDS);
  return new SalesforceError('retry', `Salesforce (${host}) refused a query. ${words}`, [
    'Nothing has to be done at once: the query is repeated.',
    'If this lasts, check that the version of the package in the org fits the version of the connector.',
  ]);
}
