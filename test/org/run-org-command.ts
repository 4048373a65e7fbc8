import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SfHome } from '../simulators/salesforce/tests/sf-home.ts';

const RUN = join(import.meta.dirname, '../../scripts/run.mjs');

/** How `npm run org` has ended, and what it printed on both streams. */
export interface OrgCommandRun {
  readonly code: number | null;
  readonly printed: string;
  readonly complaints: string;
}

/** Runs `npm run org` with the sf command of a home. */
export async function runOrgCommand({ env }: SfHome, ...args: readonly string[]): Promise<OrgCommandRun> {
  const child = spawn(process.execPath, [RUN, 'org', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, printed, complaints };
}
