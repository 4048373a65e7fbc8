import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Words of four bytes before the input: how many have begun, and the bytes of the present one. */
const WORDS = 2;
/** What is longer is cut in the report; no input that is made here is. */
const MOST_BYTES = 1_048_576;

/** What the thread that watches is given. */
export interface Watched {
  readonly shared: SharedArrayBuffer;
  readonly longestMs: number;
  readonly seed: number;
}

/**
 * Watches from a thread of its own that inputs come to an end: at one that takes longer it prints the input and ends the
 * process, which an endless loop would keep from doing so itself. What it resolves to is to be told of each input as it
 * begins.
 */
export async function watchForHangs(longestMs: number, seed: number): Promise<(input: Uint8Array) => void> {
  const shared = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT + MOST_BYTES);
  const { words, bytes } = viewsOf(shared);
  const workerData: Watched = { shared, longestMs, seed };
  const worker = new Worker(new URL('report-hang.ts', import.meta.url), { workerData, execArgv: [] });
  // It is loaded with the help of this thread, which a hang would keep from helping.
  await once(worker, 'message');
  worker.unref();
  return (input) => {
    bytes.set(input.subarray(0, MOST_BYTES));
    words[1] = input.length;
    Atomics.add(words, 0, 1);
  };
}

/** The two parts of the shared memory. */
export function viewsOf(shared: SharedArrayBuffer): { readonly words: Int32Array; readonly bytes: Uint8Array } {
  return {
    words: new Int32Array(shared, 0, WORDS),
    bytes: new Uint8Array(shared, WORDS * Int32Array.BYTES_PER_ELEMENT),
  };
}
