import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { openGraphMailbox } from '../../../../connector/src/mailbox/graph/graph-mailbox.ts';
import { bytesHeld } from '../../../fixtures/bytes-held.ts';

const MESSAGES = 100_000;
const PAGE = 200;
/** "Get incremental changes to messages in a folder": what a delta query with a filter gives at most. */
const FILTER_CAP = 5_000;
const NEWEST = Date.UTC(2026, 10, 1);
const MINUTE_MS = 60_000;
const INBOX = 'AAMkFinbox0001';
const SENT = 'AAMkFsent00001';
const HEADERS = Array.from({ length: 5 }, (_, index) => ({ name: 'Received', value: `from mx${index}.example.org` }));

/** The message of a place in the inbox, the newest at 0, one a minute. */
const message = (place: number): object => ({
  id: `AAkAI${String(place).padStart(8, '0')}`,
  receivedDateTime: `${new Date(NEWEST - place * MINUTE_MS).toISOString().slice(0, 19)}Z`,
  isDraft: false,
  parentFolderId: INBOX,
  internetMessageHeaders: [...HEADERS, { name: 'Message-ID', value: `<${place}@example.org>` }],
});

const messages = (from: number, to: number): object[] =>
  Array.from({ length: Math.max(to - from, 0) }, (_, index) => message(from + index));

/** One call of the API as Graph answers it, with messages that are made up as they are asked for. */
function answer(url: URL): { readonly status: number; readonly body: object } {
  const ok = (body: object): { status: number; body: object } => ({ status: 200, body });
  const [, folder = '', rest = ''] = /\/mailFolders\/([^/]+)(.*)$/.exec(url.pathname) ?? [];
  const place = `${url.origin}${url.pathname}`;
  const atEnd = { '@odata.deltaLink': `${place}?$deltatoken=end` };
  const isOver = url.searchParams.has('$deltatoken') || folder === SENT;
  if (folder === 'delta') return ok({ value: isOver ? [] : [{ id: INBOX }, { id: SENT }], ...atEnd });
  if (rest === '' && ['inbox', 'sentitems'].includes(folder)) return ok({ id: folder === 'inbox' ? INBOX : SENT });
  if (rest === '') return { status: 404, body: { error: { code: 'ErrorItemNotFound', message: 'Not found.' } } };
  if (rest === '/messages/delta') {
    const from = Number(url.searchParams.get('$skiptoken') ?? 0);
    if (isOver) return ok({ value: [], ...atEnd });
    const link = from + PAGE < FILTER_CAP ? { '@odata.nextLink': `${place}?$skiptoken=${from + PAGE}` } : atEnd;
    return ok({ value: messages(from, from + PAGE), ...link });
  }
  const [, until = ''] = /receivedDateTime le (\S+)/.exec(url.searchParams.get('$filter') ?? '') ?? [];
  const from = Math.ceil((NEWEST - Date.parse(until)) / MINUTE_MS);
  return ok({ value: messages(from, Math.min(from + Number(url.searchParams.get('$top')), MESSAGES)) });
}

describe('a Microsoft 365 folder with 100,000 messages', () => {
  let server: Server;
  let rootUrl: string;
  let requests = 0;

  async function answerAll(request: IncomingMessage): Promise<ReturnType<typeof answer>> {
    if (request.method === 'GET') return answer(new URL(request.url!, rootUrl));
    const batch = (await json(request)) as { readonly requests: readonly { id: string; url: string }[] };
    const responses = batch.requests.map(({ id, url }) => ({ id, ...answer(new URL(url.slice(1), rootUrl)) }));
    return { status: 200, body: { responses } };
  }

  before(async () => {
    server = createServer((request, response) => {
      requests += 1;
      void answerAll(request).then(({ status, body }) => response.writeHead(status).end(JSON.stringify(body)));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    rootUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.0/`;
  });

  after(() => {
    server.close();
    server.closeAllConnections();
  });

  it('is read whole in flat memory, by one request a page', async () => {
    const accessToken = (): Promise<string> => Promise.resolve('token');
    const mailbox = openGraphMailbox({ address: 'rep@example.test', accessToken, rootUrl });
    const seen = new Uint8Array(MESSAGES);
    let cursor = await mailbox.openingCursor(new Date('2020-01-01'));
    let [pages, heldEarly, caughtUp] = [0, 0, false];
    while (!caughtUp) {
      const page = await mailbox.changesSince(JSON.parse(JSON.stringify(cursor)) as typeof cursor, PAGE);
      ({ cursor, caughtUp } = page);
      for (const { reference } of page.messages) seen[Number(reference.slice('AAkAI'.length))] = 1;
      pages += 1;
      if (pages === 20) heldEarly = bytesHeld();
    }
    expect(seen.indexOf(0)).to.equal(-1);
    expect((bytesHeld() - heldEarly) / 1024 / 1024).to.be.lessThan(5);
    expect(requests).to.be.lessThan((MESSAGES / PAGE) * 1.02);
    await mailbox.close();
  });
});
