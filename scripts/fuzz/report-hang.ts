/** The thread behind `watchForHangs`: waits so long again and again, and looks whether the input is still the same. */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { viewsOf, type Watched } from './watch-for-hangs.ts';

const STANDARD_OUTPUT = 1;

const { shared, longestMs, seed } = workerData as Watched;
const { words, bytes } = viewsOf(shared);
parentPort?.postMessage('watching');
let begun = Atomics.load(words, 0);
for (;;) {
  // Nobody notifies: this is a sleep, and the main thread is not kept up by it.
  Atomics.wait(words, 0, begun, longestMs);
  const now = Atomics.load(words, 0);
  if (now === begun && begun > 0) break;
  begun = now;
}
const input = Buffer.from(bytes.slice(0, words[1])).toString('hex');
writeSync(STANDARD_OUTPUT, `fuzz: failed with seed ${seed}: has not ended after ${longestMs} ms\n${input}\n`);
process.kill(process.pid, 'SIGKILL');
