import { ApiError } from '../api-error.ts';

/** Calls of the data API in the last 24 hours, of which an org has a limited number. */
export interface ApiUsage {
  /** Counts one call; refuses it when the limit is used up. A Composite is one call. */
  count(): void;
  readonly calls: number;
  /** Value of the `Sforce-Limit-Info` header. */
  header(): string;
  /** Body of the limits resource. */
  limits(): object;
}

/** Counts from zero up to the limit. */
export function createApiUsage(limit: number): ApiUsage {
  let calls = 0;
  return {
    count() {
      if (calls >= limit) throw new ApiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
      calls += 1;
    },
    get calls() {
      return calls;
    },
    header: () => `api-usage=${calls}/${limit}`,
    limits: () => ({ DailyApiRequests: { Max: limit, Remaining: limit - calls } }),
  };
}
