import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Test, type Suite } from 'mocha';

const ROOT = join(import.meta.dirname, '../..');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');

/** What jest reports as JSON, as far as it is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/** Runs the tests that stand beside the components. Fails when jest itself does not come to an end. */
function runJest(): Promise<Report> {
  return new Promise((resolve, reject) => {
    const options = { cwd: ROOT, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, FORCE_COLOR: '0' } };
    execFile(process.execPath, [JEST, '--json', '--silent', '--maxWorkers=2'], options, (_error, stdout, stderr) => {
      // Jest ends with 1 when a test fails, which its report says better.
      if (stdout.startsWith('{')) resolve(JSON.parse(stdout) as Report);
      else reject(new Error(`jest has failed: ${stderr}`));
    });
  });
}

/** Each test of jest becomes one of this suite, under its own name; a file that does not load becomes one that fails. */
function addResults(suite: Suite, { testResults }: Report): void {
  for (const { name, message, assertionResults } of testResults) {
    if (assertionResults.length === 0) addResult(suite, name, [message]);
    for (const { fullName, status, failureMessages } of assertionResults) {
      const problems = status === 'passed' ? [] : [status, ...(failureMessages ?? [])];
      addResult(suite, fullName, problems);
    }
  }
}

function addResult(suite: Suite, name: string, problems: readonly string[]): void {
  const test = new Test(name, () => {
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
  suite.addTest(test);
}

describe('the Lightning web components in jest', function () {
  let report: Report;

  before(async function () {
    this.timeout(240_000);
    report = await runJest();
    addResults(this.test?.parent as Suite, report);
  });

  it('have a test each', () => {
    if (report.testResults.length === 0) throw new Error('jest has found no tests.');
  });
});
