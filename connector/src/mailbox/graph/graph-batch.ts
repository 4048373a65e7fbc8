import { UnreadableAnswer } from './graph-answer.ts';

/** One call of the API. */
export interface GraphCall<T> {
  /** Behind the address of the API, for example `users/rep@example.com/mailFolders/inbox`. */
  readonly path: string;
  /** @throws UnreadableAnswer */
  readonly parse: (answer: unknown) => T;
  /** `GET` without it. */
  readonly method?: 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: object;
  /** True when the path holds a state token. */
  readonly place?: boolean;
  /** Entries of a page at most (`odata.maxpagesize`). */
  readonly pageSize?: number;
  /** Other calls of the same batch that have to be answered before this one is made. */
  readonly after?: readonly GraphCall<unknown>[];
}

/** Calls in a batch at most ("Combine multiple HTTP requests using JSON batching"). */
export const BATCH_SIZE = 20;
/** Ids that a move leaves alone, in each call and each state token ("Obtain immutable identifiers"). */
const IMMUTABLE_IDS = 'IdType="ImmutableId"';

/** The Prefer field of a call (RFC 7240). */
export function preferenceOf({ pageSize }: GraphCall<unknown>): string {
  return pageSize === undefined ? IMMUTABLE_IDS : `${IMMUTABLE_IDS}, odata.maxpagesize=${pageSize}`;
}

/** The body of a batch request; each call is named by its place. */
export function formatBatch(calls: readonly GraphCall<unknown>[]): object {
  const requests = calls.map((call, place) => {
    const dependsOn = (call.after ?? []).map((before) => calls.indexOf(before)).filter((index) => index >= 0);
    return {
      ...{ id: String(place), method: 'GET', url: `/${call.path}`, headers: { Prefer: preferenceOf(call) } },
      ...(dependsOn.length > 0 && { dependsOn: dependsOn.map(String) }),
    };
  });
  return { requests };
}

/** One answer, alone or out of a batch. */
export interface ItemAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
}

/**
 * The answers to the calls of a batch, in the order of the calls; they come in any order and are told apart by their id.
 *
 * @throws UnreadableAnswer when one is missing
 */
export function parseBatch(body: unknown, calls: number): ItemAnswer[] {
  const responses =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['responses'] : undefined;
  if (!Array.isArray(responses)) throw new UnreadableAnswer('responses');
  const answers = new Map((responses as unknown[]).map(itemOf));
  return Array.from({ length: calls }, (_, place) => {
    const answer = answers.get(String(place));
    if (answer === undefined) throw new UnreadableAnswer('responses');
    return answer;
  });
}

function itemOf(response: unknown): [id: string, answer: ItemAnswer] {
  const { id, status, headers, body } = (response ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || typeof status !== 'number') throw new UnreadableAnswer('responses');
  return [id, { status, body, headers: { get: (name: string) => headerOf(headers, name) } }];
}

function headerOf(headers: unknown, name: string): string | null {
  const entries = typeof headers === 'object' && headers !== null ? Object.entries(headers) : [];
  const value: unknown = entries.find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
