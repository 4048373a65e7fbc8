import { ApiError, notSimulated } from '../api-error.ts';
import { jsonBody, objectFor, type ApiCall } from '../rest/api-call.ts';
import type { HttpAnswer } from '../rest/http-message.ts';
import { methodNotAllowed } from '../rest/sobject-routes.ts';
import { externalIdField } from '../rest/upsert.ts';
import type { BulkJobs } from './bulk-jobs.ts';
import {
  createJob,
  csvFormat,
  findJob,
  finishJob,
  invalidJob,
  invalidState,
  isCreator,
  jobBody,
  setState,
  wantedState,
} from './bulk-job.ts';
import { parseCsv, writeCsv } from './csv.ts';
import { describeIngest, describeProgress, type IngestJob, type IngestOperation } from './ingest-job.ts';
import { RIGHT_OF, runIngest } from './run-ingest.ts';

const MEMBERS = ['object', 'operation', 'externalIdFieldName', 'columnDelimiter', 'lineEnding', 'contentType'];
/** Deleting an unfinished job is refused: "the job must be in UploadComplete, JobComplete, Aborted or Failed". */
const DELETABLE = ['UploadComplete', 'JobComplete', 'Aborted', 'Failed'];
const FINISHED = ['JobComplete', 'Aborted', 'Failed'];

/** Everything below `/jobs/ingest` (Bulk API 2.0 Developer Guide, "Bulk API 2.0 Ingest"). */
export function answerIngest(call: ApiCall, jobs: BulkJobs): HttpAnswer {
  const [, , id, part, ...rest] = call.segments;
  if (rest.length > 0) throw notSimulated(`the resource /${call.segments.join('/')}`);
  if (id === undefined) return call.method === 'GET' ? listJobs(call, jobs) : createIngest(call, jobs);
  const job = findJob(call, jobs.ingest, id);
  if (part === undefined) return answerJob(call, jobs, job);
  if (!isCreator(call, job)) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  if (part === 'batches') return upload(call, job);
  if (call.method !== 'GET') throw methodNotAllowed(call);
  return { status: 200, body: results(job, part), contentType: 'text/csv' };
}

function listJobs(call: ApiCall, jobs: BulkJobs): HttpAnswer {
  const seen = jobs.ingest.filter((job) => isCreator(call, job) || call.access.has('ManageDataIntegrations'));
  return { status: 200, body: { done: true, nextRecordsUrl: null, records: seen.map(describeIngest) } };
}

function createIngest(call: ApiCall, jobs: BulkJobs): HttpAnswer {
  if (call.method !== 'POST') throw methodNotAllowed(call);
  const body = jobBody(jsonBody(call), MEMBERS);
  const { object: name = '', externalIdFieldName } = body;
  const operation = operationOf(body['operation'] ?? '');
  const object = objectFor(call, name, RIGHT_OF[operation], 400);
  if (operation === 'upsert') {
    objectFor(call, name, 'create', 400);
    if (externalIdFieldName === undefined) throw invalidJob('External ID field name is required for an upsert');
    externalIdField(call, object, externalIdFieldName);
  } else if (externalIdFieldName !== undefined) {
    throw invalidJob(`An external ID field has no use in the operation ${operation}`);
  }
  const facts = { object: object.name, operation, format: csvFormat(body), state: 'Open' } as const;
  const job: IngestJob = {
    ...createJob(call, facts),
    operation,
    externalIdFieldName,
    ...{ data: undefined, header: [], outcomes: [], unprocessed: [] },
  };
  jobs.ingest.push(job);
  return { status: 200, body: describeIngest(job) };
}

function operationOf(name: string): IngestOperation {
  if (name === 'hardDelete') {
    throw new ApiError(400, 'FEATURENOTENABLED', 'hardDelete needs the permission Bulk API Hard Delete');
  }
  if (!Object.hasOwn(RIGHT_OF, name)) throw invalidJob(`Unknown operation ${name.slice(0, 80)}`);
  return name as IngestOperation;
}

function answerJob(call: ApiCall, jobs: BulkJobs, job: IngestJob): HttpAnswer {
  switch (call.method) {
    case 'GET':
      return { status: 200, body: describeProgress(job) };
    case 'PATCH':
      changeState(call, jobs, job, wantedState(jsonBody(call)));
      return { status: 200, body: describeIngest(job) };
    case 'DELETE':
      if (!DELETABLE.includes(job.state)) throw invalidState(job, 'it has to be ended before it is deleted');
      jobs.ingest.splice(jobs.ingest.indexOf(job), 1);
      return { status: 204 };
    default:
      throw methodNotAllowed(call);
  }
}

function changeState(call: ApiCall, jobs: BulkJobs, job: IngestJob, state: string): void {
  if (state === 'Aborted') {
    if (FINISHED.includes(job.state)) throw invalidState(job, 'it can no longer be aborted');
    setState(call, job, 'Aborted');
    keepUnprocessed(job);
    return;
  }
  if (state !== 'UploadComplete') throw invalidJob(`A job can be set to UploadComplete or Aborted, not to ${state}`);
  if (!isCreator(call, job)) throw new ApiError(403, 'INSUFFICIENT_ACCESS', 'Only its creator closes a job');
  if (job.state !== 'Open') throw invalidState(job, 'only an open one can be closed');
  if (job.data === undefined) throw invalidState(job, 'no data has been uploaded');
  setState(call, job, 'UploadComplete');
  jobs.queue.start(job, () => finishJob(call, job, () => runIngest(call, job)));
}

function keepUnprocessed(job: IngestJob): void {
  const [header, ...rows] = parseCsv(job.data ?? '', job.format.columnDelimiter);
  job.header = header?.values ?? [];
  job.unprocessed = rows.map(({ values }) => values);
}

/** One upload a job; the type of the body is text/csv ("Upload Job Data"). */
function upload(call: ApiCall, job: IngestJob): HttpAnswer {
  if (call.method !== 'PUT') throw methodNotAllowed(call);
  if (!(call.headers['content-type'] ?? '').startsWith('text/csv')) {
    throw new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The data of a job is sent as text/csv');
  }
  if (job.state !== 'Open') throw invalidState(job, 'it takes no more data');
  if (job.data !== undefined) throw invalidState(job, 'it has its data already: a job takes one upload');
  job.data = call.body;
  return { status: 201 };
}

function results(job: IngestJob, part: string): string {
  if (!FINISHED.includes(job.state)) throw invalidState(job, 'it has no results yet');
  const rows = resultRows(job, part);
  if (rows === undefined) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return writeCsv(rows, job.format);
}

function resultRows({ header, outcomes, unprocessed }: IngestJob, part: string): (readonly string[])[] | undefined {
  switch (part) {
    case 'successfulResults': {
      const saved = outcomes.filter(({ error }) => error === undefined);
      return [['sf__Id', 'sf__Created', ...header], ...saved.map((row) => [row.id, `${row.created}`, ...row.values])];
    }
    case 'failedResults': {
      const failed = outcomes.filter(({ error }) => error !== undefined);
      return [['sf__Id', 'sf__Error', ...header], ...failed.map((row) => [row.id, row.error!, ...row.values])];
    }
    case 'unprocessedrecords':
      return [header, ...unprocessed];
    default:
      return undefined;
  }
}
