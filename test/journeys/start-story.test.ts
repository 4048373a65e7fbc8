import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START = join(import.meta.dirname, '../../scripts/start.ts');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface OutcomeJson {
  readonly tasks: readonly Record<'subject' | 'kind' | 'from' | 'trackedMessageId' | 'matchedBy', string>[];
  readonly campaignStatuses: readonly Record<'person' | 'before' | 'after', string>[];
  readonly salesforceApiCalls: number;
}

describe('npm start', function () {
  this.timeout(120_000);
  let temporary: string;
  const children = new Set<ChildProcess>();

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'start-story-'));
  });

  afterEach(async () => {
    // Only after a failure is one still running; it stops the connector when it is asked to end.
    const running = [...children].filter((child) => child.exitCode === null && child.signalCode === null);
    await Promise.all(running.map((child) => (child.kill(), once(child, 'exit'))));
    children.clear();
    rmSync(temporary, { recursive: true, force: true });
  });

  /** Runs the program to its end; `onProgress` sees standard error as far as it has come. */
  async function start(flags: readonly string[], onProgress?: (stderr: string, child: ChildProcess) => void) {
    const env = {
      ...process.env,
      TMPDIR: temporary,
      FORCE_COLOR: undefined,
      DATABASE_URL: 'postgres://nobody/nothing',
    };
    const child = spawn(process.execPath, [START, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    const text = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text.stderr += part;
      onProgress?.(text.stderr, child);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...text } satisfies Ended;
  }

  it('plays the story once and prints its outcome, read back from the org, as one JSON object', async () => {
    const { code, stdout, stderr } = await start(['--once', '--json']);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^\{[^\n]*\}\n$/);
    expect(stderr).to.include('Two reps write to six people').and.not.include('\u001b');
    const outcome = JSON.parse(stdout) as OutcomeJson;
    expect(Object.keys(outcome)).to.deep.equal(['tasks', 'campaignStatuses', 'salesforceApiCalls']);
    expect(outcome.campaignStatuses).to.deep.equal([
      { person: 'Ines Duarte', before: 'Active', after: 'Replied' },
      { person: 'Paul Novak', before: 'Active', after: 'Replied' },
      { person: 'Sofia Berg', before: 'Active', after: 'Paused' },
      { person: 'Hugo Marchand', before: 'Active', after: 'Bounced' },
      { person: 'Priya Raman', before: 'Active', after: 'Active' },
      { person: 'Daniel Cho', before: 'Active', after: 'Active' },
      { person: 'Emil Kovar', before: 'Active', after: 'Replied' },
    ]);
    expect(outcome.tasks.map(({ kind, from }) => [kind, from])).to.deep.equal([
      ['Human', 'ines.d@postbox.example'],
      ['Human', 'lena@mill.example'],
      ['Auto-Reply', 'sofia@fjord.example'],
      ['Bounce', 'mailer-daemon@googlemail.com'],
      ['Human', 'emil@quarry.example'],
    ]);
    for (const task of outcome.tasks) {
      expect(Object.keys(task)).to.deep.equal(['subject', 'kind', 'from', 'trackedMessageId', 'matchedBy']);
      expect(task.matchedBy).to.equal('In-Reply-To');
    }
    const bySource = outcome.tasks.map(({ trackedMessageId }) => trackedMessageId.split('@')[1]);
    expect(bySource).to.deep.equal([
      'mail.gmail.com',
      'mailing.seller.example',
      'mail.gmail.com',
      'mail.gmail.com',
      'mailing.seller.example',
    ]);
    expect(outcome.salesforceApiCalls).to.be.a('number').greaterThan(5);
    expect(readdirSync(temporary)).to.deep.equal([]);
  });

  it('leaves neither the connector nor its files behind when it is interrupted in the middle', async () => {
    let connector = 0;
    const { code, stdout } = await start(['--once', '--json'], (stderr, child) => {
      connector = Number(/Connector +process (\d+)/.exec(stderr)?.[1] ?? 0);
      if (connector > 0) child.kill('SIGINT');
    });
    expect(code).to.equal(130);
    expect(stdout).to.equal('');
    expect(connector).to.be.greaterThan(0);
    expect(() => process.kill(connector, 0)).to.throw('ESRCH');
    expect(readdirSync(temporary)).to.deep.equal([]);
  });

  it('refuses a flag it does not know, and names it', async () => {
    const { code, stdout, stderr } = await start(['--onse']);
    expect(code).to.equal(64);
    expect(stdout).to.equal('');
    expect(stderr).to.include("'--onse'").and.include('usage: npm start');
  });
});
