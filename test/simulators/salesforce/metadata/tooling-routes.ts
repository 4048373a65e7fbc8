import { ApiError, notSimulated } from '../api-error.ts';
import type { ApiCall } from '../rest/api-call.ts';
import type { HttpAnswer } from '../rest/http-message.ts';

/** Answers the one question that deploys and retrieves ask of the Tooling API: this org does not track sources. */
export function answerTooling({ method, path, segments }: Pick<ApiCall, 'method' | 'path' | 'segments'>): HttpAnswer {
  if (method === 'GET' && segments.join('/') === 'tooling/sobjects/SourceMember/describe') {
    throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  }
  throw notSimulated(`${method} ${path}`);
}
