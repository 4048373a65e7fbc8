import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A meter of the bytes that the heap holds once everything that can be let go has been. */
export function heapMeter(): () => number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  return () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
}

export const megabytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;
