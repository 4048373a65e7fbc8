import { expect } from 'chai';

import { startGmailSimulator, type GmailSimulator } from './gmail-simulator.ts';

const REP = 'rep@example.test';

describe("the Gmail simulator's batches", () => {
  let simulator: GmailSimulator;

  beforeEach(async () => {
    simulator = await startGmailSimulator({ unitsPerMinute: 60 });
    simulator.mailbox(REP, { token: 'rep-token', scopes: ['gmail.metadata'] });
  });
  afterEach(() => simulator.close());

  const part = (id: string, call: string, type = 'application/http'): string =>
    `--x\r\nContent-Type: ${type}\r\nContent-ID: <${id}>\r\n\r\n${call}\r\n\r\n`;
  const get = (id: string): string => `GET /gmail/v1/users/me/messages/${id}?format=metadata&fields=id`;
  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${simulator.rootUrl}batch/gmail/v1`, {
      method: 'POST',
      headers: { authorization: 'Bearer rep-token', 'content-type': 'multipart/mixed; boundary=x', ...headers },
      body,
    });

  it('answers each call on its own, in another order, and counts each', async () => {
    const { id } = simulator.deliver(REP, [['Subject', 'x']]);
    const calls = ['a', 'b', 'c', 'd'].map((name) => part(name, get(name === 'b' ? 'gone' : id))).join('');
    const answer = await post(`${calls}--x--\r\n`);
    expect(answer.headers.get('content-type')).to.match(/^multipart\/mixed; boundary=/);
    const text = await answer.text();
    expect([...text.matchAll(/Content-ID: <(.*)>/g)].map(([, found]) => found)).to.deep.equal(
      ['d', 'c', 'b', 'a'].map((name) => `response-${name}`),
    );
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).to.deep.equal([
      '403',
      '200',
      '404',
      '200',
    ]);
    expect(text).to.contain('rateLimitExceeded');
  });

  const refused: readonly (readonly [what: string, body: string, headers?: Record<string, string>, status?: number])[] =
    [
      ['no boundary', `${part('a', get('1'))}--x--\r\n`, { 'content-type': 'multipart/mixed' }],
      ['no end', part('a', get('1'))],
      ['no part', '--x--\r\n'],
      ['a part of another type', `${part('a', get('1'), 'application/json')}--x--\r\n`],
      ['a call of another host', `${part('a', 'GET https://example.org/')}--x--\r\n`],
      ['the same Content-ID twice', `${part('a', get('1'))}${part('a', get('2'))}--x--\r\n`],
      ['101 calls', `${Array.from({ length: 101 }, (_, n) => part(`i${n}`, get('1'))).join('')}--x--\r\n`],
      ['lines that end in LF', `${part('a', get('1'))}--x--\r\n`.replaceAll('\r\n', '\n')],
      ['a token that is none', `${part('a', get('1'))}--x--\r\n`, { authorization: 'Bearer other' }, 401],
    ];
  for (const [what, body, headers, status = 400] of refused) {
    it(`refuses ${what}`, async () => {
      expect((await post(body, headers)).status).to.equal(status);
    });
  }
});
