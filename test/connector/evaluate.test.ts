import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const SCRIPT = join(import.meta.dirname, '../../scripts/evaluate.ts');

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Headers = readonly (readonly [string, string])[];

function evaluate(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

function rows(run: Run): Record<string, unknown>[] {
  expect(run.stderr).to.equal('');
  expect(run.code).to.equal(0);
  return run.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const line = (id: string, headers: Headers): string => JSON.stringify({ id, headers });

const OFFER = line('offer', [['Message-ID', '<offer@rep.example.com>'], ['Subject', 'Spring offer'], ['Date', 'Mon, 2 Mar 2026 09:00:00 +0000']]); // prettier-ignore
const ANSWER = line('answer', [['Message-ID', '<answer@lead.example.org>'], ['In-Reply-To', '<offer@rep.example.com>'], ['Subject', 'Re: Spring offer']]); // prettier-ignore
const FURTHER = line('further', [['Message-ID', '<further@rep.example.com>'], ['In-Reply-To', '<answer@lead.example.org>']]); // prettier-ignore
const LATEST = line('latest', [['Message-ID', '<latest@lead.example.org>'], ['In-Reply-To', '<further@rep.example.com>']]); // prettier-ignore
const STRANGER = line('stranger', [
  ['Message-ID', '<stranger@else.example>'],
  ['Subject', 'Good morning'],
]);

describe('npm run evaluate', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function file(name: string, content: string | Buffer): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  it('prints one line for each message, in the order of the file', async () => {
    const absence = line('absence', [['Message-ID', '<x@y.example>'], ['Auto-Submitted', 'auto-replied (vacation)']]); // prettier-ignore
    const found = rows(await evaluate(await file('kinds.jsonl', [STRANGER, absence, ''].join('\n'))));
    expect(found).to.deep.equal([
      { id: 'stranger', kind: 'human', matches: [], matchedBy: null },
      { id: 'absence', kind: 'auto_reply', matches: [], matchedBy: null },
    ]);
  });

  it('names the tracked mails that a message answers', async () => {
    const messages = await file('thread.jsonl', [OFFER, ANSWER, STRANGER].join('\n'));
    const tracked = await file('thread.txt', 'offer@rep.example.com\n');
    expect(rows(await evaluate(messages, '--tracked', tracked)).map(({ matches, matchedBy }) => [matches, matchedBy]))
      .to.deep.equal([[[], null], [['offer@rep.example.com'], 'In-Reply-To'], [[], null]]); // prettier-ignore
  });

  it('takes tracked ids with angle brackets and from a gzipped file', async () => {
    const messages = await file('brackets.jsonl.gz', gzipSync([OFFER, ANSWER].join('\n')));
    const tracked = await file('brackets.txt.gz', gzipSync('<offer@rep.example.com>\r\n\r\n'));
    const found = rows(await evaluate(messages, '--tracked', tracked));
    expect(found.map(({ matches }) => matches)).to.deep.equal([[], ['offer@rep.example.com']]);
  });

  it('follows answers to answers, even those that stand before them in the file', async () => {
    const tracked = await file('aliases.txt', 'offer@rep.example.com');
    for (const order of [
      [OFFER, ANSWER, FURTHER, LATEST],
      [LATEST, FURTHER, ANSWER, OFFER],
    ]) {
      // prettier-ignore
      const found = rows(await evaluate(await file('aliases.jsonl', order.join('\n')), '--tracked', tracked));
      const matches = Object.fromEntries(found.map(({ id, matches: ids }) => [id, ids])) as unknown;
      const offer = ['offer@rep.example.com'];
      expect(matches).to.deep.equal({ offer: [], answer: offer, further: offer, latest: offer });
    }
  });

  it('finds a tracked mail that is no message of the file', async () => {
    const tracked = await file('absent.txt', 'offer@rep.example.com');
    const found = rows(await evaluate(await file('absent.jsonl', ANSWER), '--tracked', tracked));
    expect(found[0]).to.deep.include({ matches: ['offer@rep.example.com'], matchedBy: 'In-Reply-To' });
  });

  it('finds a tracked mail under the id that a provider gave it', async () => {
    const sent = line('sent', [['Message-ID', '<new@provider.example>'], ['X-Google-Original-Message-ID', '<mine@rep.example.com>']]); // prettier-ignore
    const reply = line('reply', [['Message-ID', '<r@lead.example.org>'], ['References', '<new@provider.example>']]); // prettier-ignore
    const tracked = await file('rewritten.txt', 'mine@rep.example.com');
    const found = rows(await evaluate(await file('rewritten.jsonl', [sent, reply].join('\n')), '--tracked', tracked));
    expect(found[1]).to.deep.include({ matches: ['mine@rep.example.com'], matchedBy: 'References' });
  });

  it('prints every id of In-Reply-To and References when asked for them', async () => {
    const ugly = line('ugly', [
      ['In-Reply-To', 'Your mail of Monday <a@x>'],
      ['References', '<b@x>,<c\n @x>'],
    ]);
    const found = rows(await evaluate('--ids', await file('ids.jsonl', ugly)));
    expect(found[0]).to.deep.include({ ids: ['a@x', 'b@x', 'c@x'] });
  });

  it('takes a message that names what every object has', async () => {
    const odd = line('__proto__', [
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['In-Reply-To', '<__proto__>'],
    ]);
    const tracked = await file('proto.txt', '__proto__\n');
    const found = rows(await evaluate(await file('proto.jsonl', odd), '--tracked', tracked));
    expect(found[0]).to.deep.include({ id: '__proto__', matches: ['__proto__'] });
  });

  it('prints nothing for an empty file', async () => {
    expect(rows(await evaluate(await file('empty.jsonl', '')))).to.deep.equal([]);
  });

  const broken: [title: string, text: string, problem: string][] = [
    ['is not JSON', '{"id": "a"', 'not JSON'],
    ['is no object', '7', 'not a JSON object'],
    ['has no id', '{"headers": []}', '"id" is missing'],
    ['has headers that are no pairs', '{"id": "a", "headers": [["Subject"]]}', '"headers" is not a list'],
  ];
  for (const [title, text, problem] of broken) {
    it(`refuses a line that ${title} and names its number`, async () => {
      const run = await evaluate(await file('broken.jsonl', [OFFER, '', text].join('\n')));
      expect(run.code).to.equal(65);
      expect(run.stderr).to.include('broken.jsonl line 3: ').and.to.include(problem);
      expect(run.stdout).to.equal('');
    });
  }

  it('says which file cannot be read', async () => {
    const run = await evaluate(join(folder, 'missing.jsonl'));
    expect(run.code).to.equal(66);
    expect(run.stderr).to.include('missing.jsonl cannot be read');
  });

  it('says which gzipped file is cut off, and prints none of it', async () => {
    const whole = gzipSync(
      Array.from({ length: 500 }, (_, index) => line(`${index}`, [['Subject', `${index ** 3}`]])).join('\n'),
    );
    const run = await evaluate(await file('cut.jsonl.gz', whole.subarray(0, whole.length / 2)));
    expect(run).to.include({ code: 66, stdout: '' });
    expect(run.stderr).to.include('cut.jsonl.gz cannot be read');
  });

  it('explains itself when asked to', async () => {
    const run = await evaluate('--help');
    expect(run).to.include({ code: 0, stderr: '' });
    expect(run.stdout).to.include('--tracked').and.to.include('--ids');
  });

  for (const args of [[], ['a', 'b'], ['--unknown', 'a']]) {
    it(`explains itself when called with ${JSON.stringify(args)}`, async () => {
      const run = await evaluate(...args);
      expect(run.code).to.equal(64);
      expect(run.stderr).to.include('usage: ');
    });
  }
});
