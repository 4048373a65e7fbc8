import { ApiError } from '../api-error.ts';
import type { HttpAnswer } from './http-message.ts';

const REFERENCE = /@\{([A-Za-z][A-Za-z0-9_]{0,79})((?:\.[A-Za-z0-9_]+|\[\d{1,4}\])*)\}/g;

/** Replaces `@{ref.id}` and `@{ref[0].id}` by what an earlier subrequest answered, in texts at any depth. */
export function resolveReferences(value: unknown, answers: ReadonlyMap<string, HttpAnswer>): unknown {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (whole, id: string, path: string) => lookUp(whole, id, path, answers));
  }
  if (Array.isArray(value)) return value.map((each) => resolveReferences(each, answers));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveReferences(inner, answers)]));
}

function lookUp(whole: string, id: string, path: string, answers: ReadonlyMap<string, HttpAnswer>): string {
  const answer = answers.get(id);
  if (answer !== undefined && answer.status >= 400) {
    throw new ApiError(
      400,
      'PROCESSING_HALTED',
      `The operation was not processed because the operation ${id} that it depends on failed.`,
    );
  }
  let value: unknown = answer?.body;
  for (const [, name, index] of path.matchAll(/\.([A-Za-z0-9_]+)|\[(\d+)\]/g)) {
    value = isObject(value) && Object.hasOwn(value, name ?? index ?? '') ? value[name ?? index ?? ''] : undefined;
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new ApiError(400, 'PROCESSING_HALTED', `Invalid reference specified. No value for ${whole} found.`);
  }
  return String(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
