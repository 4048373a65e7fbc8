import { notSimulated } from '../api-error.ts';
import type { ApiCall } from '../rest/api-call.ts';
import type { HttpAnswer } from '../rest/http-message.ts';
import { answerIngest } from './ingest-routes.ts';
import { answerQueryJobs } from './query-job-routes.ts';

/** Everything below `/jobs`: Bulk API 2.0. */
export function answerJobs(call: ApiCall): HttpAnswer {
  const { bulkJobs } = call.org;
  if (call.segments[1] === 'ingest') return answerIngest(call, bulkJobs);
  if (call.segments[1] === 'query') return answerQueryJobs(call, bulkJobs);
  throw notSimulated(`${call.method} ${call.path}`);
}
