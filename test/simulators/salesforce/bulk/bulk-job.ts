import { ApiError } from '../api-error.ts';
import { writeDateTime } from '../data/date-time.ts';
import type { ApiCall } from '../rest/api-call.ts';
import { isJsonObject } from '../rest/api-call.ts';
import { COLUMN_DELIMITERS, LINE_ENDINGS, type CsvFormat } from './csv.ts';

/** States of a job (Bulk API 2.0 Developer Guide, "Job States"). */
export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

/** What ingest jobs and query jobs have in common. */
export interface BulkJob {
  readonly id: string;
  readonly object: string;
  readonly operation: string;
  readonly createdById: string;
  readonly createdDate: string;
  readonly basePath: string;
  readonly format: CsvFormat;
  state: JobState;
  /** When the state changed last. */
  changed: string;
  /** Why it failed. */
  errorMessage: string | undefined;
  /** A defect of the local org met while the job ran; asking for the job throws it. */
  defect: Error | undefined;
}

/** Members of a body that creates a job; refuses all that `known` does not name. */
export function jobBody(body: Readonly<Record<string, unknown>>, known: readonly string[]): Record<string, string> {
  const entries = Object.entries(body);
  const wrong = entries.find(([name, value]) => !known.includes(name) || typeof value !== 'string');
  if (wrong !== undefined) throw new ApiError(400, 'JSON_PARSER_ERROR', `Unrecognized field "${wrong[0]}"`);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** The CSV format that a body asks for; LF and comma unless it says otherwise. */
export function csvFormat(body: Readonly<Record<string, string>>): CsvFormat {
  const { columnDelimiter = 'COMMA', lineEnding = 'LF', contentType = 'CSV' } = body;
  if (contentType !== 'CSV') throw invalidJob(`Unsupported content type: ${contentType.slice(0, 80)}`);
  if (!isKey(COLUMN_DELIMITERS, columnDelimiter)) throw invalidJob(`Unknown columnDelimiter ${columnDelimiter}`);
  if (!isKey(LINE_ENDINGS, lineEnding)) throw invalidJob(`Unknown lineEnding ${lineEnding}`);
  return { columnDelimiter, lineEnding };
}

function isKey<T extends object>(table: T, name: string): name is keyof T & string {
  return Object.hasOwn(table, name);
}

/** A new job of the user of this call. */
export function createJob(call: ApiCall, facts: Pick<BulkJob, 'object' | 'operation' | 'format' | 'state'>): BulkJob {
  const { org, user, basePath } = call;
  const now = writeDateTime(org.now());
  const id = org.database.nextId('750');
  const made = { id, createdById: user.userId, createdDate: now, changed: now, basePath };
  return { ...facts, ...made, errorMessage: undefined, defect: undefined };
}

/** Moves a job on. */
export function setState(call: ApiCall, job: BulkJob, state: JobState): void {
  job.state = state;
  job.changed = writeDateTime(call.org.now());
}

/** Does the work of a job and ends it; an ApiError is why it failed, everything else is a defect. */
export function finishJob(call: ApiCall, job: BulkJob, work: () => void): void {
  try {
    work();
    setState(call, job, 'JobComplete');
  } catch (error) {
    setState(call, job, 'Failed');
    if (error instanceof ApiError) job.errorMessage = `${error.errorCode} : ${error.message}`;
    else job.defect = error instanceof Error ? error : new Error(String(error));
  }
}

/** The members that every answer about a job has. */
export function describeJob(job: BulkJob): Record<string, unknown> {
  if (job.defect !== undefined) throw job.defect;
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: job.createdDate,
    systemModstamp: job.changed,
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(/v(\d+\.\d)$/.exec(job.basePath)?.[1]),
    ...job.format,
    ...(job.errorMessage === undefined ? {} : { errorMessage: job.errorMessage }),
  };
}

/** The job that a URL names, where the user may see it: its creator, or who manages data integrations. */
export function findJob<Job extends BulkJob>(call: ApiCall, jobs: readonly Job[], id: string): Job {
  const job = jobs.find((each) => each.id === id || each.id.slice(0, 15) === id);
  if (job === undefined || !(isCreator(call, job) || call.access.has('ManageDataIntegrations'))) {
    throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  }
  return job;
}

/** Whether the job was made by the user of this call, who alone reads its data. */
export function isCreator({ user }: ApiCall, { createdById }: BulkJob): boolean {
  return createdById === user.userId;
}

/** The state that a PATCH asks for. */
export function wantedState(body: unknown): string {
  const { state, ...others } = isJsonObject(body) ? body : {};
  if (typeof state !== 'string' || Object.keys(others).length > 0) {
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'The body of this request is {"state": "..."}');
  }
  return state;
}

/** What a job is asked for and can never do. */
export function invalidJob(message: string): ApiError {
  return new ApiError(400, 'INVALIDJOB', message);
}

/** What a job cannot do in its state. */
export function invalidState({ id, state }: BulkJob, wanted: string): ApiError {
  return new ApiError(400, 'INVALIDJOBSTATE', `Job ${id} is in the state ${state}; ${wanted}`);
}
