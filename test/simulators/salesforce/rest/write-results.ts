import { ApiError } from '../api-error.ts';
import type { RowOutcome } from '../flow-host.ts';
import type { HttpAnswer } from './http-message.ts';

/** One entry of a Collections answer. */
export function collectionResult(outcome: RowOutcome, created?: boolean): object {
  const flag = created === undefined ? {} : { created };
  if ('errors' in outcome) return { success: false, errors: outcome.errors, ...flag };
  return { id: outcome.id, success: true, errors: [], ...flag };
}

/** The answer to a write of one record: the given one on success, the row's errors otherwise. */
export function singleResult(outcome: RowOutcome, success: (id: string) => HttpAnswer): HttpAnswer {
  if ('id' in outcome) return success(outcome.id);
  const gone = ['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY'].includes(outcome.errors[0]?.statusCode ?? '');
  return {
    status: gone ? 404 : 400,
    body: outcome.errors.map(({ statusCode, message, fields }) => ({ message, errorCode: statusCode, fields })),
  };
}

/** More rows than one request may hold. */
export function tooManyRows(count: number, limit: number): ApiError {
  return new ApiError(400, 'EXCEEDED_MAX_SIZE_REQUEST', `Request exceeds the maximum of ${limit} records (${count})`);
}
