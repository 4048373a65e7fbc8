import { expect } from 'chai';
import { request, type IncomingHttpHeaders } from 'node:http';
import { ActionableError } from '../../../connector/src/errors.ts';
import type { ConnectorStatus } from '../../../connector/src/facade.ts';
import {
  serveHealth,
  type HealthChecks,
  type HealthOptions,
  type HealthServer,
} from '../../../connector/src/server/health.ts';
import { PAGE_POLICY } from '../../../connector/src/server/page/health-page.ts';
import { capturedLog } from './captured-log.ts';
import { sampleMailbox, sampleStatus } from './sample-facade.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('serveHealth', () => {
  let log: ReturnType<typeof capturedLog>;
  let servers: HealthServer[];

  beforeEach(() => {
    log = capturedLog();
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.close();
  });

  const start = async (status: () => Promise<ConnectorStatus>, options: Partial<HealthOptions> = {}) => {
    const server = await serveHealth({ port: 0, status, logger: log.logger, checks: checks(), ...options });
    servers.push(server);
    return new URL(server.url);
  };
  const checks = (changes: Partial<HealthChecks> = {}): HealthChecks => ({
    unfit: () => Promise.resolve([]),
    isDraining: () => false,
    metrics: { text: () => Promise.resolve('reply_tracking_halts 3\n'), contentType: 'text/plain; version=0.0.4' },
    ...changes,
  });
  const healthy = () => Promise.resolve(sampleStatus({ mailboxes: [sampleMailbox()] }));
  const ask = (url: URL, path: string, { method = 'GET', host = url.host } = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(new URL(path, url), { method, headers: { host }, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => (body += part));
        response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      sent.once('error', reject).end();
    });

  it('shows people a page and programs the status behind it', async () => {
    const url = await start(healthy);
    const page = await ask(url, '/');
    expect(page.status).to.equal(200);
    expect(page.headers['content-type']).to.equal('text/html; charset=utf-8');
    expect(page.body).to.contain('rep@seller.example');
    const { headers, body } = await ask(url, '/health.json');
    expect(headers['content-type']).to.equal('application/json; charset=utf-8');
    expect(JSON.parse(body)).to.deep.equal(await healthy());
  });

  it('listens on this machine alone', async () => {
    expect((await start(healthy)).hostname).to.equal('127.0.0.1');
  });

  for (const path of ['/', '/health.json', '/live', '/ready', '/healthz', '/readyz', '/metrics', '/nothing']) {
    it(`keeps other web pages away from ${path}`, async () => {
      const { headers } = await ask(await start(healthy), path);
      expect(headers['content-security-policy']).to.equal(PAGE_POLICY).and.to.contain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).to.equal('nosniff');
      expect(headers['x-frame-options']).to.equal('DENY');
      expect(headers['cache-control']).to.equal('no-store');
      expect(headers['cross-origin-resource-policy']).to.equal('same-origin');
      expect(headers).to.not.have.any.keys('access-control-allow-origin', 'x-powered-by', 'etag');
    });
  }

  it('answers under the names of this machine with its port, and under no other', async () => {
    const url = await start(healthy);
    const status = async (host: string) => (await ask(url, '/health.json', { host })).status;
    for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '[::1]']) {
      expect(await status(`${host}:${url.port}`), host).to.equal(200);
    }
    const foreign = [
      ...[`evil.example:${url.port}`, 'localhost', 'localhost:1', `localhost.evil.example:${url.port}`],
      ...[`127.0.0.1:${url.port}@evil.example`, `0.0.0.0:${url.port}`, `localhost.:${url.port}`],
    ];
    for (const host of foreign) expect(await status(host), host).to.equal(403);
  });

  it('says where it can be read when it was asked under another name', async () => {
    const url = await start(healthy);
    const { body } = await ask(url, '/', { host: 'evil.example' });
    expect(body).to.contain(url.href).and.to.not.contain('seller');
  });

  it('can be read and nothing else', async () => {
    const url = await start(healthy);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask(url, '/', { method });
      expect([status, headers.allow]).to.deep.equal([405, 'GET, HEAD']);
    }
    expect(await ask(url, '/', { method: 'HEAD' })).to.deep.include({ status: 200, body: '' });
    expect((await ask(url, '/../etc/passwd')).status).to.equal(404);
    expect((await ask(url, '/%E0%A4%A')).status).to.equal(404);
  });

  it('answers supervisors under the names that they ask by', async () => {
    const url = await start(healthy);
    expect(await ask(url, '/healthz')).to.deep.include({ status: 200, body: 'live\n' });
    expect(await ask(url, '/readyz')).to.deep.include({ status: 200, body: '{"ready":true,"reasons":[]}' });
  });

  it('shows its metrics to Prometheus', async () => {
    const { status, headers, body } = await ask(await start(healthy), '/metrics');
    expect([status, body]).to.deep.equal([200, 'reply_tracking_halts 3\n']);
    expect(headers['content-type']).to.contain('version=0.0.4');
  });

  it('says that it is stuck when something has kept the event loop from turning', async () => {
    const url = await start(healthy, { stuckAfterMs: 100 });
    const answer = ask(url, '/healthz');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    expect(await answer).to.deep.include({ status: 503, body: 'stuck\n' });
  });

  it('is live and not ready while it is being stopped', async () => {
    const url = await start(healthy, { checks: checks({ isDraining: () => true }) });
    expect((await ask(url, '/healthz')).status).to.equal(200);
    expect(await ask(url, '/readyz')).to.deep.include({
      ...{ status: 503, body: '{"ready":false,"reasons":["The service is being stopped."]}' },
    });
  });

  it('is not ready with a database or a key that it cannot work with', async () => {
    const reasons = ['The database has schema version 99, not 11.', 'The master key is gone.'];
    const url = await start(healthy, { checks: checks({ unfit: () => Promise.resolve(reasons) }) });
    const { status, body } = await ask(url, '/readyz');
    expect(status).to.equal(503);
    expect(JSON.parse(body)).to.deep.equal({ ready: false, reasons });
  });

  it('is live and ready while all is well', async () => {
    const url = await start(healthy);
    expect((await ask(url, '/live')).status).to.equal(200);
    expect(await ask(url, '/ready')).to.deep.include({ status: 200, body: '{"ready":true,"reasons":[]}' });
  });

  it('is live and not ready while a mailbox is stuck', async () => {
    const url = await start(healthy, { lateAfterSeconds: 10 });
    expect((await ask(url, '/live')).status).to.equal(200);
    const { status, body } = await ask(url, '/ready');
    expect(status).to.equal(503);
    expect(body).to.contain('rep@seller.example has not been read for 12 seconds.');
  });

  it('says what is wrong when there is no status', async () => {
    const error = new ActionableError('The database is <gone>.', ['Bring it back.']);
    const url = await start(() => Promise.reject(error));
    const page = await ask(url, '/');
    expect(page.status).to.equal(503);
    expect(page.body).to.contain('The database is &lt;gone&gt;.').and.to.contain('Bring it back.');
    expect(await ask(url, '/ready')).to.deep.include({
      status: 503,
      body: '{"ready":false,"reasons":["The database is <gone>."]}',
    });
    expect(await ask(url, '/health.json')).to.deep.include({
      status: 503,
      body: '{"error":{"message":"The database is <gone>.","actions":["Bring it back."]}}',
    });
    expect((await ask(url, '/live')).status).to.equal(200);
    expect(log.lines).to.deep.equal([]);
  });

  it('keeps a defect to its log', async () => {
    const url = await start(() => Promise.reject(new TypeError('inner words')));
    const { status, body } = await ask(url, '/');
    expect(status).to.equal(503);
    expect(body).to.contain('The service has a defect').and.to.not.contain('inner words');
    expect(log.lines.join('')).to.contain('inner words');
  });

  it('does not wait for a database without end, and does not ask it again meanwhile', async () => {
    let asked = 0;
    const answer = Promise.withResolvers<ConnectorStatus>();
    const status = (): Promise<ConnectorStatus> => {
      asked += 1;
      return answer.promise;
    };
    const url = await start(status, { statusDeadlineMs: 5 });
    const answers = await Promise.all([ask(url, '/ready'), ask(url, '/ready')]);
    expect(answers.map((each) => each.status)).to.deep.equal([503, 503]);
    expect(answers[0]?.body).to.contain('The database has not answered');
    expect(asked).to.equal(1);
    answer.resolve(sampleStatus());
  });

  it('names a port that is taken and the variable that changes it', async () => {
    const { port } = await start(healthy);
    const error: unknown = await start(healthy, { port: Number(port) }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ActionableError);
    const { message, actions } = error as ActionableError;
    expect(message).to.contain(`port ${port}`);
    expect(actions.join(' ')).to.contain('REPLY_TRACKING_HEALTH_PORT');
  });

  it('gives its port back when it closes', async () => {
    const first = await start(healthy);
    await servers.pop()?.close();
    const second = await start(healthy, { port: Number(first.port) });
    expect((await ask(second, '/live')).status).to.equal(200);
  });
});
