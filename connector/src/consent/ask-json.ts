import { ActionableError } from '../errors.ts';
import { createFetch } from '../http/create-fetch.ts';
import { HttpError } from '../http/http-error.ts';

/** An answer, whatever its status. */
export interface JsonAnswer {
  readonly status: number;
  /** The members of the JSON object; none for an answer that is no JSON object. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const DEADLINE_MS = 30_000;

/**
 * One request to one host, its answer read as JSON. Rejects with the reason of the signal when it aborts.
 *
 * @throws ActionableError when no answer came
 */
export async function askJson(url: string, init: RequestInit): Promise<JsonAnswer> {
  const limits = { allowedHosts: [URL.parse(url)?.host ?? ''], maxBytes: MAX_ANSWER_BYTES, deadlineMs: DEADLINE_MS };
  try {
    const response = await createFetch(limits)(url, init);
    return { status: response.status, fields: fieldsOf(await response.text()) };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new ActionableError(error.message, ['Check the network and the proxy, then try again.'], { cause: error });
  }
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
