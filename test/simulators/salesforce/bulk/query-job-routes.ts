import { ApiError, notSimulated } from '../api-error.ts';
import { jsonBody, type ApiCall } from '../rest/api-call.ts';
import type { HttpAnswer } from '../rest/http-message.ts';
import { methodNotAllowed } from '../rest/sobject-routes.ts';
import type { BulkJobs } from './bulk-jobs.ts';
import {
  createJob,
  csvFormat,
  describeJob,
  findJob,
  finishJob,
  invalidJob,
  invalidState,
  isCreator,
  jobBody,
  setState,
  wantedState,
} from './bulk-job.ts';
import { writeCsv } from './csv.ts';
import { checkBulkQuery, runBulkQuery, type QueryJob } from './query-job.ts';

const MEMBERS = ['operation', 'query', 'columnDelimiter', 'lineEnding', 'contentType'];
/** Rows of an answer where the request names no number; the platform chooses by size. */
const PAGE = 50_000;
const FINISHED = ['JobComplete', 'Aborted', 'Failed'];

/** Everything below `/jobs/query` (Bulk API 2.0 Developer Guide, "Bulk API 2.0 Query"). */
export function answerQueryJobs(call: ApiCall, jobs: BulkJobs): HttpAnswer {
  const [, , id, part, ...rest] = call.segments;
  if (rest.length > 0) throw notSimulated(`the resource /${call.segments.join('/')}`);
  if (id === undefined) return call.method === 'GET' ? listJobs(call, jobs) : createQuery(call, jobs);
  const job = findJob(call, jobs.query, id);
  if (part === undefined) return answerJob(call, jobs, job);
  if (part !== 'results' || !isCreator(call, job)) {
    throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  }
  if (call.method !== 'GET') throw methodNotAllowed(call);
  return page(call, job);
}

function listJobs(call: ApiCall, jobs: BulkJobs): HttpAnswer {
  const seen = jobs.query.filter((job) => isCreator(call, job) || call.access.has('ManageDataIntegrations'));
  return { status: 200, body: { done: true, nextRecordsUrl: null, records: seen.map(describeJob) } };
}

/** The query is read, and refused, when the job is made. */
function createQuery(call: ApiCall, jobs: BulkJobs): HttpAnswer {
  if (call.method !== 'POST') throw methodNotAllowed(call);
  const body = jobBody(jsonBody(call), MEMBERS);
  const { operation, query = '' } = body;
  if (operation !== 'query' && operation !== 'queryAll') throw invalidJob('The operation is query or queryAll');
  const object = checkBulkQuery(query);
  const includeDeleted = operation === 'queryAll';
  runBulkQuery(call, query, includeDeleted);
  const facts = { object, operation, format: csvFormat(body), state: 'UploadComplete' } as const;
  const job: QueryJob = { ...createJob(call, facts), operation, query, header: [], rows: [] };
  jobs.query.push(job);
  jobs.queue.start(job, () =>
    finishJob(call, job, () => Object.assign(job, runBulkQuery(call, query, includeDeleted))),
  );
  return { status: 200, body: describeJob(job) };
}

function answerJob(call: ApiCall, jobs: BulkJobs, job: QueryJob): HttpAnswer {
  const finished = FINISHED.includes(job.state);
  switch (call.method) {
    case 'GET': {
      const done = { numberRecordsProcessed: job.rows.length, retries: 0, totalProcessingTime: 0 };
      return { status: 200, body: { ...describeJob(job), jobType: 'V2Query', ...done, isPkChunkingSupported: true } };
    }
    case 'PATCH':
      if (wantedState(jsonBody(call)) !== 'Aborted') throw invalidJob('A query job can only be set to Aborted');
      if (finished) throw invalidState(job, 'it can no longer be aborted');
      setState(call, job, 'Aborted');
      return { status: 200, body: describeJob(job) };
    case 'DELETE':
      if (!finished) throw invalidState(job, 'it has to be ended before it is deleted');
      jobs.query.splice(jobs.query.indexOf(job), 1);
      return { status: 204 };
    default:
      throw methodNotAllowed(call);
  }
}

/** A page with its own header row; `Sforce-Locator` names the next one, or is the word null. */
function page(call: ApiCall, job: QueryJob): HttpAnswer {
  if (job.state !== 'JobComplete') throw invalidState(job, 'it has no results');
  const start = startOf(call.query.get('locator'), job);
  const size = Number(call.query.get('maxRecords') ?? PAGE);
  if (!Number.isSafeInteger(size) || size < 1)
    throw new ApiError(400, 'INVALIDQUERYLOCATOR', 'maxRecords is no number');
  const rows = job.rows.slice(start, start + size);
  const end = start + rows.length;
  const locator = end < job.rows.length ? Buffer.from(String(end)).toString('base64url') : 'null';
  return {
    status: 200,
    body: writeCsv([job.header, ...rows], job.format),
    contentType: 'text/csv',
    headers: { 'Sforce-Locator': locator, 'Sforce-NumberOfRecords': String(rows.length) },
  };
}

function startOf(locator: string | null, { rows }: QueryJob): number {
  if (locator === null) return 0;
  const start = Number(Buffer.from(locator, 'base64url').toString('latin1'));
  if (!Number.isSafeInteger(start) || start < 1 || start >= rows.length) {
    throw new ApiError(400, 'INVALIDQUERYLOCATOR', 'The locator is none that an answer has named');
  }
  return start;
}
