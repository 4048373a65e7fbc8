import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { Bug } from '../../test/simulation/bugs.ts';
import { switchOff } from '../faults/switch-off.ts';

/** Has this thread load one file of the project with a bug in it. What was loaded before stays as it was. */
export function plantBug(root: string, bug: Bug): void {
  const planted = pathToFileURL(join(root, bug.file)).href;
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      if (url !== planted) return loaded;
      return { ...loaded, source: switchOff(sourceOf(loaded.source), bug) };
    },
  });
}

function sourceOf(source: unknown): string {
  if (typeof source === 'string') return source;
  return Buffer.from(source as Uint8Array).toString('utf8');
}
