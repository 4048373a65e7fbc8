import { ApiError, notSimulated } from '../api-error.ts';
import { answerJobs } from '../bulk/job-routes.ts';
import { describeColumns } from '../soql/describe-columns.ts';
import { runQuery } from '../soql/run-query.ts';
import { queryScope, type ApiCall } from './api-call.ts';
import { answerCollections } from './collection-routes.ts';
import { answerComposite } from './composite-routes.ts';
import type { HttpAnswer } from './http-message.ts';
import { answerSObjects, methodNotAllowed } from './sobject-routes.ts';
import { answerTree } from './tree-routes.ts';

/** Resources of the data API that this org answers. */
const RESOURCES = ['sobjects', 'query', 'queryAll', 'composite', 'jobs', 'limits'];

/** Answers one request below `/services/data/vNN.N`, alone or as a part of a Composite. */
export function answerData(call: ApiCall): HttpAnswer {
  const [resource, second] = call.segments;
  switch (resource) {
    case undefined:
    case '':
      return { status: 200, body: resources(call) };
    case 'sobjects':
      return answerSObjects(call);
    case 'query':
    case 'queryAll':
      return answerQuery(call, resource === 'queryAll');
    case 'composite':
      if (second === 'sobjects') return answerCollections(call);
      if (second === 'tree' && call.segments.length === 3) return answerTree(call);
      if (second === undefined && call.method === 'POST') return answerComposite(call, answerSubrequest);
      throw notSimulated(`${call.method} ${call.path}`);
    case 'jobs':
      return answerJobs(call);
    default:
      throw notSimulated(`${call.method} ${call.path}`);
  }
}

function resources({ org, user, basePath }: ApiCall): Record<string, string> {
  const urls = RESOURCES.map((name) => [name, `${basePath}/${name}`] as const);
  return { ...Object.fromEntries(urls), identity: `${org.url}/id/${org.id}/${user.userId}` };
}

/** A Composite cannot hold another one, and no jobs. */
function answerSubrequest(call: ApiCall): HttpAnswer {
  if (call.segments[0] === 'jobs' || (call.segments[0] === 'composite' && call.segments[1] !== 'sobjects')) {
    throw new ApiError(400, 'INVALID_INPUT', `A composite request cannot hold a request to /${call.segments[0]}`);
  }
  return answerData(call);
}

function answerQuery(call: ApiCall, includeDeleted: boolean): HttpAnswer {
  if (call.method !== 'GET') throw methodNotAllowed(call);
  const [, locator] = call.segments;
  if (locator !== undefined) return { status: 200, body: call.cursors.next(locator, call.basePath) };
  const soql = call.query.get('q');
  if (soql === null || soql.trim() === '') throw new ApiError(400, 'MALFORMED_QUERY', 'SOQL query is required');
  const scope = queryScope(call, includeDeleted);
  const answer = runQuery(scope, soql);
  if (call.query.get('columns') === 'true') return { status: 200, body: describeColumns(scope, soql) };
  if (answer.records.length === 0)
    return { status: 200, body: { totalSize: answer.totalSize, done: true, records: [] } };
  return { status: 200, body: call.cursors.open(answer, call.headers['sforce-query-options'], call.basePath) };
}
