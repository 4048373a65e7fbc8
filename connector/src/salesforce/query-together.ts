import { foreignArray, foreignObject, foreignText, type ForeignObject } from './foreign-json.ts';
import type { OrgCall } from './org-call.ts';
import { orgFault, type CalledOrg } from './org-fault.ts';
import { queryAnswer, queryPath, refusedQuery, unreadable, type QueryAnswer, type QueryScope } from './query-rows.ts';
import type { SalesforceError } from './salesforce-error.ts';

/** As many queries as one Composite takes. */
export const QUERIES_TOGETHER = 5;

/**
 * Asks up to five queries in one API call (REST API Developer Guide, "Composite"). One result for each, in order: the
 * first part of its answer, or why the platform refused it. Rejects when the call as a whole failed.
 */
export async function queryTogether(
  call: OrgCall,
  org: CalledOrg,
  soqls: readonly string[],
  scope: QueryScope = 'rows',
): Promise<(QueryAnswer | SalesforceError)[]> {
  const path = `/services/data/v${org.apiVersion}/composite`;
  const answer = await call({ method: 'POST', path, body: compositeOf(soqls, org, scope) });
  if (!answer.accepted) throw refusedQuery(answer.errorCode, answer.message, org);
  const parts = foreignArray(foreignObject(answer.body)?.['compositeResponse'])?.map(foreignObject);
  if (parts?.length !== soqls.length) throw unreadable(org);
  const byReference = new Map(parts.map((part) => [part?.['referenceId'], part]));
  return soqls.map((_, index) => readPart(byReference.get(referenceId(index)), answer.serverTime, org));
}

/** Collation is off, so that the platform runs the queries in this order. */
function compositeOf(soqls: readonly string[], org: CalledOrg, scope: QueryScope): object {
  const compositeRequest = soqls.map((soql, index) => ({
    method: 'GET',
    url: queryPath(soql, org, scope),
    referenceId: referenceId(index),
  }));
  return { allOrNone: false, collateSubrequests: false, compositeRequest };
}

function readPart(
  part: ForeignObject | undefined,
  serverTime: Date | undefined,
  org: CalledOrg,
): QueryAnswer | SalesforceError {
  const status = part?.['httpStatusCode'];
  if (typeof status !== 'number') throw unreadable(org);
  if (status >= 400) return refusal(foreignObject(foreignArray(part?.['body'])?.[0]), status, org);
  return queryAnswer(part?.['body'], serverTime) ?? unreadable(org);
}

function refusal(error: ForeignObject | undefined, status: number, org: CalledOrg): SalesforceError {
  const errorCode = foreignText(error?.['errorCode']) ?? `ERROR_HTTP_${status}`;
  const message = foreignText(error?.['message']) ?? '';
  return orgFault(errorCode, message, org) ?? refusedQuery(errorCode, message, org);
}

function referenceId(index: number): string {
  return `query${index}`;
}
