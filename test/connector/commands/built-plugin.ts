import { execFileSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const ROOT = join(import.meta.dirname, '../../..');

/** Folder of the plugin as the CLI links it. */
export const PLUGIN = join(ROOT, 'connector');

/** What the build makes last, so that it is newer than everything it was made of. */
const LAST = join(PLUGIN, 'oclif.manifest.json');
const SOURCES = ['src/**/*.ts', 'messages/*.md', 'package.json', 'tsconfig.json', '../scripts/build-connector.mjs'];

/** Builds the plugin unless what is built is newer than its source. Types are left to the linter. */
export function buildPlugin(): void {
  if (isBuilt()) return;
  execFileSync(process.execPath, [join(ROOT, 'scripts/build-connector.mjs'), '--no-check'], { stdio: 'inherit' });
}

function isBuilt(): boolean {
  if (!existsSync(LAST)) return false;
  const built = statSync(LAST).mtimeMs;
  return globSync(SOURCES, { cwd: PLUGIN }).every((file) => statSync(join(PLUGIN, file)).mtimeMs <= built);
}
