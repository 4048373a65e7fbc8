import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const BENCH = join(import.meta.dirname, '../../../scripts/bench.ts');

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runBench(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BENCH, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('npm run bench', function () {
  this.timeout(60_000);
  const TINY = ['--scale', '0.002'];

  it('prints an array of figures with --json, and nothing else on standard output', async () => {
    const { code, stdout, stderr } = await runBench('--json', '--only', 'header-path', ...TINY);
    const figures = JSON.parse(stdout) as Record<string, unknown>[];
    expect(figures).to.have.lengthOf(1);
    expect(figures[0]).to.have.all.keys('name', 'ratio', 'direction', 'goal', 'detail');
    expect(figures[0]).to.include({ name: 'header-path', direction: 'at most', goal: 1 / 15 });
    expect(figures[0]?.['ratio']).to.be.a('number').that.is.greaterThan(0);
    expect(figures[0]?.['detail']).to.include.keys('what', 'blocks', 'rounds', 'trackedIds', 'cpuMicrosPerBlock');
    expect(stderr).to.contain('header-path: round 1');
    expect(code).to.equal(0);
  });

  it('commits every message of a round to a real store', async () => {
    const { stdout } = await runBench('--json', '--only', 'durable-pglite', ...TINY);
    const [figure] = JSON.parse(stdout) as { ratio: number; detail: Record<string, unknown> }[];
    expect(figure?.ratio).to.be.greaterThan(0);
    expect(figure?.detail).to.include({ messages: 50, trackedInStore: 200, rounds: 1 });
    expect(figure?.detail['engine']).to.match(/^pglite \d/);
  });

  it('pulls a first load page by page over a real socket', async () => {
    const { stdout } = await runBench('--json', '--only', 'first-load', ...TINY);
    const [figure] = JSON.parse(stdout) as { ratio: number; detail: Record<string, unknown> }[];
    expect(figure?.detail).to.include({ rows: 50_000, calls: 26 });
    expect(figure?.ratio).to.be.greaterThan(0);
  });

  it('prints a table for people, with the goal and whether it is reached', async () => {
    const { stdout } = await runBench('--only', 'header-path', ...TINY);
    const [heads, , row, title] = stdout.split('\n');
    expect(heads).to.match(/^Benchmark +Ratio +Goal$/);
    expect(row).to.match(/^header-path +[\d.]+ +at most 0\.0667 +(?:reached|missed)$/);
    expect(title).to.contain('CPU of the pure header path / CPU of postal-mime');
  });

  it('says how it is used and names every benchmark', async () => {
    const { code, stdout } = await runBench('--help');
    expect(code).to.equal(0);
    for (const name of [
      'header-path',
      'durable-postgresql',
      'durable-pglite',
      'imap-first-read',
      'salesforce-calls',
      'reply-stream',
      'hot-person',
      'outage-queue',
      'first-load',
      'submit-to-task',
      'reply-timeline',
    ]) {
      expect(stdout).to.contain(`  ${name} `);
    }
  });

  it('refuses a benchmark that does not exist, and amounts that make no sense', async () => {
    const unknown = await runBench('--only', 'speed');
    expect(unknown).to.include({ code: 64, stdout: '' });
    expect(unknown.stderr).to.contain('There is no benchmark "speed".').and.to.contain('usage: npm run bench');
    expect(await runBench('--scale', 'much')).to.include({ code: 64, stdout: '' });
    expect(await runBench('--scale', '0')).to.include({ code: 64, stdout: '' });
  });
});
