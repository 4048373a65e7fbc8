/** Loaded into the service before its own code: tells who has started it how much memory it holds, whenever it is asked. */
import process from 'node:process';
import { heapMeter } from './heap.ts';

/** Bytes, after everything that can be let go has been. */
export interface MemoryReport {
  readonly heap: number;
  readonly resident: number;
}

const held = heapMeter();
process.on('message', () => {
  held();
  const heap = held();
  process.send?.({ heap, resident: process.memoryUsage.rss() } satisfies MemoryReport);
});
// Being asked is no reason to stay alive.
process.channel?.unref();
