import type { BulkJob } from './bulk-job.ts';
import { describeJob } from './bulk-job.ts';

export type IngestOperation = 'insert' | 'update' | 'upsert' | 'delete';

/** One row and what became of it. */
export interface IngestOutcome {
  readonly id: string;
  readonly created: boolean;
  /** In the form of `sf__Error`; undefined for a row that was saved. */
  readonly error: string | undefined;
  readonly values: readonly string[];
}

/** A job that writes records. */
export interface IngestJob extends BulkJob {
  readonly operation: IngestOperation;
  readonly externalIdFieldName: string | undefined;
  /** The CSV that was uploaded. */
  data: string | undefined;
  header: readonly string[];
  readonly outcomes: IngestOutcome[];
  /** Rows that were not looked at. */
  unprocessed: readonly (readonly string[])[];
}

/** The answer to everything that makes or changes a job. */
export function describeIngest(job: IngestJob): Record<string, unknown> {
  return {
    ...describeJob(job),
    ...(job.externalIdFieldName === undefined ? {} : { externalIdFieldName: job.externalIdFieldName }),
    ...(job.state === 'Open' ? { contentUrl: `${job.basePath.slice(1)}/jobs/ingest/${job.id}/batches` } : {}),
  };
}

/** The answer to a question about a job, with what it has done. The local org spends no time. */
export function describeProgress(job: IngestJob): Record<string, unknown> {
  return {
    ...describeIngest(job),
    jobType: 'V2Ingest',
    numberRecordsProcessed: job.outcomes.length,
    numberRecordsFailed: job.outcomes.filter(({ error }) => error !== undefined).length,
    ...{ retries: 0, totalProcessingTime: 0, apiActiveProcessingTime: 0, apexProcessingTime: 0 },
  };
}
