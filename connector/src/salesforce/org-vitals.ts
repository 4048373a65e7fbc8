import { clockSkew, dateField } from './clock-skew.ts';
import type { ApiUsage } from './salesforce.ts';

/** What the answers of an org tell beside their bodies; each member is the latest value that an answer told. */
export interface OrgVitals {
  note(headers: Headers): void;
  readonly apiUsage: ApiUsage | undefined;
  readonly clockSkewMs: number | undefined;
}

/**
 * The field `Sforce-Limit-Info` (REST API Developer Guide, "Limit Info Header"), for example
 * `api-usage=18/5000` or `api-usage=25/5000; per-app-api-usage=17/250(appName=x)`.
 */
const API_USAGE = /(?:^|[;,\s])api-usage=(\d{1,12})\/(\d{1,12})(?=$|[;,\s])/;

/** Nothing is known before the first answer; a field that is missing or malformed leaves the last value standing. */
export function createOrgVitals(now: () => Date): OrgVitals {
  let apiUsage: ApiUsage | undefined;
  let clockSkewMs: number | undefined;
  return {
    note(headers) {
      const at = now();
      apiUsage = readApiUsage(headers.get('sforce-limit-info') ?? '', at) ?? apiUsage;
      clockSkewMs = clockSkew(dateField(headers), at) ?? clockSkewMs;
    },
    get apiUsage() {
      return apiUsage;
    },
    get clockSkewMs() {
      return clockSkewMs;
    },
  };
}

/** What the field says, or undefined when it says nothing that can be counted with. */
export function readApiUsage(field: string, at: Date): ApiUsage | undefined {
  const [, used, limit] = API_USAGE.exec(field) ?? [];
  if (used === undefined || limit === undefined || Number(limit) === 0) return undefined;
  return { used: Number(used), limit: Number(limit), at };
}
