import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import type { FaultCase } from '../../test/faults/fault-row.ts';
import { switchOff } from './switch-off.ts';

/** What the tests of faults need of the project, besides its packages. */
const PARTS = ['connector', 'force-app', 'scripts', 'test', 'package.json', 'sfdx-project.json', 'tsconfig.json'];
/** A test that has not ended by now counts as red: what holds a fault may be what ends the work. */
const LONGEST_RUN_MS = 180_000;

/** `red` only when the test itself failed, and not what was to happen before it. */
type Colour = 'green' | 'red' | 'not run';

/**
 * - `noticed`: the test is green, and red without the containment: as it has to be.
 * - `unnoticed`: it is green without the containment too, so that it shows nothing.
 * - `red`: it fails as the source stands.
 * - `not run`: it could not be run, with the containment or without.
 */
export type Verdict = 'noticed' | 'unnoticed' | 'red' | 'not run';

export interface FaultRunner {
  /** Runs the test of a case twice, with its containment and without; takes as long as the test does. */
  run(row: FaultCase): Verdict;
  close(): void;
}

/** A runner with a copy of the project that it may break. */
export function createFaultRunner(root: string): FaultRunner {
  const copy = mkdtempSync(join(tmpdir(), 'faults-'));
  const filter = (source: string): boolean => basename(source) !== 'node_modules';
  for (const part of PARTS) cpSync(join(root, part), join(copy, part), { recursive: true, filter });
  for (const packages of ['node_modules', 'connector/node_modules']) {
    if (existsSync(join(root, packages))) symlinkSync(join(root, packages), join(copy, packages));
  }
  return {
    run(row) {
      const sound = colourOf(row, copy);
      if (sound !== 'green') return sound;
      const broken = withoutContainment(row, copy);
      if (broken === 'green') return 'unnoticed';
      return broken === 'red' ? 'noticed' : broken;
    },
    close: () => rmSync(copy, { recursive: true, force: true }),
  };
}

function withoutContainment(row: FaultCase, copy: string): Colour {
  const path = join(copy, row.containment.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, switchOff(source, row.containment));
  try {
    return colourOf(row, copy);
  } finally {
    writeFileSync(path, source);
  }
}

/** Runs one test in a process of its own. */
function colourOf({ test: [file, title] }: FaultCase, copy: string): Colour {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const run = spawnSync(
    process.execPath,
    [
      join(copy, 'node_modules/mocha/bin/mocha.js'),
      ...['--no-config', '--exit', '--timeout', '60000', '--require', './test/servers/global-teardown.ts'],
      ...['--reporter', 'json', '--reporter-option', `output=${report}`],
      ...['--fgrep', title, join('test', file)],
    ],
    { cwd: copy, stdio: 'ignore', timeout: LONGEST_RUN_MS, env: environment(copy) },
  );
  if (run.error !== undefined && 'code' in run.error && run.error.code === 'ETIMEDOUT') return 'red';
  return readReport(report, title);
}

/** What a test starts as `node` or `sf` is what the project brings. */
function environment(copy: string): NodeJS.ProcessEnv {
  const path = [join(copy, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { ...process.env, PATH: path };
}

interface Report {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly { readonly fullTitle: string }[];
}

function readReport(path: string, title: string): Colour {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return 'not run';
  }
  if (report.failures.some(({ fullTitle }) => fullTitle === title)) return 'red';
  return report.passes.some(({ fullTitle }) => fullTitle === title) ? 'green' : 'not run';
}
