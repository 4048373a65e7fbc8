import { isDeepStrictEqual } from 'node:util';

import type { Cursor, Page } from '../mailbox.ts';

/** Pages of fewer messages are not worth it: they are read when they are asked for. */
const LEAST_MESSAGES = 100;
/** After which a page says too little about the present to be handed out. */
const KEPT_MS = 5_000;

/** Reads one page; besides it the result may hold what was true when it was read. */
export type ReadPage<R extends { readonly page: Page }> = (cursor: Cursor, limit: number) => Promise<R>;

interface Ahead<R> {
  readonly cursor: Cursor;
  readonly limit: number;
  /** Undefined when the page could not be read; why shows when it is asked for. */
  readonly result: Promise<{ readonly read: R; readonly at: number } | undefined>;
}

/**
 * Reads the next large page while the caller still stores the last one, so that the server and the store work at the
 * same time. One page is read ahead at most; it is handed out to whoever goes on from where the last one ended.
 */
export function readAhead<R extends { readonly page: Page }>(readPage: ReadPage<R>): ReadPage<R> {
  let ahead: Ahead<R> | undefined;

  const begin = (cursor: Cursor, limit: number): Ahead<R> => ({
    cursor,
    limit,
    result: readPage(cursor, limit).then(
      (read) => ({ read, at: performance.now() }),
      () => undefined,
    ),
  });

  return async (cursor, limit) => {
    const fits = ahead?.limit === limit && isDeepStrictEqual(ahead.cursor, cursor);
    const kept = fits ? await ahead?.result : undefined;
    ahead = undefined;
    const fresh = kept && performance.now() - kept.at < KEPT_MS;
    const result = fresh ? kept.read : await readPage(cursor, limit);
    const { page } = result;
    if (!page.caughtUp && page.messages.length >= LEAST_MESSAGES) ahead = begin(page.cursor, limit);
    return result;
  };
}
