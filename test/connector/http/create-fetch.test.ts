import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { createFetch } from '../../../connector/src/http/create-fetch.ts';
import { HttpError } from '../../../connector/src/http/http-error.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const SECRET = 'canary-7c1f';

describe('createFetch', () => {
  let server: Server;
  let host: string;
  let answer: Answer;

  before(async () => {
    server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const limited = (limits: { maxBytes?: number; deadlineMs?: number; allowedHosts?: string[] } = {}): typeof fetch =>
    createFetch({ allowedHosts: [host], maxBytes: 1000, deadlineMs: 5000, ...limits });

  async function failureOf(attempt: Promise<unknown>): Promise<HttpError> {
    const error: unknown = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(HttpError);
    return error as HttpError;
  }

  const ask = (get: typeof fetch, path = `/?access_token=${SECRET}`): Promise<Response> =>
    get(`http://${host}${path}`, { headers: { authorization: `Bearer ${SECRET}` } });
  const askForText = async (get: typeof fetch): Promise<string> => (await ask(get)).text();

  it('hands on method, header fields, body, status and answer', async () => {
    answer = (request, response) => {
      request.setEncoding('utf8').on('data', (sent: string) => {
        response
          .writeHead(201, { 'x-answer': 'yes' })
          .end(`${request.method} ${String(request.headers['x-asked'])} ${sent}`);
      });
    };
    const response = await limited()(`http://${host}/`, { method: 'POST', headers: { 'x-asked': 'a' }, body: 'b' });
    expect(response.status).to.equal(201);
    expect(response.headers.get('x-answer')).to.equal('yes');
    expect(await response.text()).to.equal('POST a b');
  });

  it('takes a Request as well as an address', async () => {
    answer = (request, response) => response.end(request.url);
    expect(await (await limited()(new Request(`http://${host}/path`))).text()).to.equal('/path');
  });

  it('passes an answer without a body', async () => {
    answer = (_request, response) => response.writeHead(204).end();
    expect(await askForText(limited())).to.equal('');
  });

  it('lets an answer of exactly the cap pass', async () => {
    answer = (_request, response) => response.end('x'.repeat(1000));
    expect(await askForText(limited())).to.have.length(1000);
  });

  it('refuses an answer whose declared length is over the cap before reading it', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '1001' }).write('x');
    };
    expect((await failureOf(ask(limited()))).code).to.equal('too_large');
  });

  it('stops an answer of undeclared length as soon as it passes the cap', async () => {
    answer = (_request, response) => {
      response.write('x'.repeat(600));
      response.write('x'.repeat(600));
    };
    expect((await failureOf(askForText(limited()))).code).to.equal('too_large');
  });

  it('counts a compressed answer by what it unfolds to', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000)));
    expect((await failureOf(askForText(limited()))).code).to.equal('too_large');
  });

  it('gives up on a server that accepts and never answers', async () => {
    answer = () => undefined;
    const error = await failureOf(ask(limited({ deadlineMs: 50 })));
    expect(error.code).to.equal('deadline');
    expect(error.message).to.equal(`${host} did not answer within 50 ms.`);
  });

  it('gives up on an answer that stalls in the middle', async () => {
    answer = (_request, response) => {
      response.write('x');
    };
    expect((await failureOf(askForText(limited({ deadlineMs: 100 })))).code).to.equal('deadline');
  });

  it('does not follow a redirect and names its host alone', async () => {
    answer = (_request, response) =>
      response.writeHead(302, { location: `https://evil.example/steal?token=${SECRET}` }).end();
    const error = await failureOf(ask(limited()));
    expect(error.code).to.equal('redirect');
    expect(error.message).to.equal(`${host} redirects to evil.example; redirects are not followed.`);
  });

  it('says that the address of a redirect is unreadable', async () => {
    answer = (_request, response) => response.writeHead(307, { location: 'http://[' }).end();
    expect((await failureOf(ask(limited()))).message).to.contain('an unreadable address');
  });

  it('reports an answer that ends before its declared length', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '500' }).write('x', () => response.destroy());
    };
    expect((await failureOf(askForText(limited()))).code).to.equal('network');
  });

  it('reports a connection that is reset', async () => {
    answer = (request) => request.socket.resetAndDestroy();
    expect((await failureOf(ask(limited()))).code).to.equal('network');
  });

  it('reports a port on which nobody listens by its host', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const gone = `127.0.0.1:${(closed.address() as AddressInfo).port}`;
    closed.close();
    await once(closed, 'close');
    const error = await failureOf(limited({ allowedHosts: [gone] })(`http://${gone}/`));
    expect(error.message).to.equal(`The connection to ${gone} failed: ECONNREFUSED.`);
  });

  it("rejects with the caller's own reason when the caller aborts", async () => {
    const caller = new AbortController();
    const reason = new Error('closing down');
    answer = () => caller.abort(reason);
    const outcome: unknown = await limited()(`http://${host}/`, { signal: caller.signal }).catch((e: unknown) => e);
    expect(outcome).to.equal(reason);
  });

  it('keeps the bearer token and the query out of every message', async () => {
    const failures = [limited({ allowedHosts: [] }), limited({ maxBytes: 0 }), limited({ deadlineMs: 50 })];
    answer = (_request, response) => {
      response.write('x');
    };
    for (const get of failures) {
      const error = await failureOf(askForText(get));
      expect(`${error.message} ${error.stack}`).not.to.contain(SECRET);
    }
  });
});
