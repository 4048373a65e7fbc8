import { createBulkQueue, type BulkQueue } from './bulk-queue.ts';
import type { IngestJob } from './ingest-job.ts';
import type { QueryJob } from './query-job.ts';

/** The jobs of one org, the oldest first. */
export interface BulkJobs {
  readonly ingest: IngestJob[];
  readonly query: QueryJob[];
  readonly queue: BulkQueue;
}

/** No job at first. */
export function createBulkJobs(): BulkJobs {
  return { ingest: [], query: [], queue: createBulkQueue() };
}
