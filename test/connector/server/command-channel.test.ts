import { expect } from 'chai';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActionableError } from '../../../connector/src/errors.ts';
import type { Facade, SyncResult, Told } from '../../../connector/src/facade.ts';
import { serveCommands, type CommandChannelOptions } from '../../../connector/src/server/command-channel.ts';
import { until } from '../../servers/poll.ts';
import { askSocket, type SocketAnswer, type SocketQuestion } from './ask-socket.ts';
import { capturedLog } from './captured-log.ts';
import { facadeOf, sampleStatus } from './sample-facade.ts';

const ORG = '00D5g000004ZZZZEA4';
const OURS = { 'content-type': 'application/json', 'x-reply-tracking-version': '1.2.3' };

describe('serveCommands', () => {
  let folder: string;
  let path: string;
  let log: ReturnType<typeof capturedLog>;
  let closers: (() => Promise<void>)[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reply-tracking-test-'));
    path = join(folder, 'service.sock');
    log = capturedLog();
    closers = [];
  });
  afterEach(async () => {
    for (const close of closers) await close();
    rmSync(folder, { recursive: true });
  });

  const start = async (verbs: Partial<Facade>, options: Partial<CommandChannelOptions> = {}) => {
    const channel = await serveCommands(facadeOf(verbs), { path, version: '1.2.3', logger: log.logger, ...options });
    closers.push(() => channel.close());
    return channel;
  };
  const ask = (question: Partial<SocketQuestion>): Promise<SocketAnswer> =>
    askSocket({ socketPath: path, path: '/status', headers: OURS, body: '{}', ...question });
  const errorOf = ({ lines }: SocketAnswer): { message: string; actions: string[]; exitCode: number } => {
    expect(lines).to.have.length(1);
    return (lines[0] as { error: { message: string; actions: string[]; exitCode: number } }).error;
  };
  /** A request that is sent and left open. */
  const leaveOpen = async (verb: string, body: object) => {
    const sent = request({ socketPath: path, method: 'POST', path: verb, headers: { host: 'localhost', ...OURS } });
    sent.on('error', () => undefined);
    sent.end(JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    response.on('error', () => undefined).resume();
    return sent;
  };

  it('streams the events of a verb and then its result', async () => {
    const events = [
      { type: 'step', text: 'Pulling from Salesforce' },
      { type: 'count', done: 1, total: 2 },
    ] as const;
    const status = sampleStatus();
    await start({
      status: (request, told) => {
        expect(request).to.deep.equal({});
        for (const event of events) told(event);
        return Promise.resolve(status);
      },
    });
    const { status: code, headers, lines } = await ask({});
    expect(code).to.equal(200);
    expect(headers['content-type']).to.equal('application/x-ndjson; charset=utf-8');
    expect(headers['x-powered-by']).to.equal(undefined);
    expect(lines).to.deep.equal([{ event: events[0] }, { event: events[1] }, { result: status }]);
  });

  it('says that it lives for as long as a verb takes', async () => {
    const done = Promise.withResolvers<SyncResult>();
    await start({ sync: () => done.promise }, { heartbeatMs: 5 });
    const sent = request({ socketPath: path, method: 'POST', path: '/sync', headers: { host: 'localhost', ...OURS } });
    sent.end('{}');
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    let text = '';
    response.setEncoding('utf8');
    for await (const part of response) {
      text += String(part);
      if (text.split('{"heartbeat":true}').length > 3) done.reject(new ActionableError('Enough.', []));
    }
    expect(text.trimEnd().split('\n').at(-1)).to.contain('Enough.');
  });

  it('is for its owner alone', async () => {
    await start({});
    expect(lstatSync(path).mode & 0o777).to.equal(0o600);
  });

  it('takes the place of a socket that a killed service has left', async () => {
    const left = createServer().listen(path);
    await once(left, 'listening');
    await start({ status: () => Promise.resolve(sampleStatus()) });
    expect((await ask({})).status).to.equal(200);
    left.close();
  });

  it('removes nothing that is no socket', async () => {
    writeFileSync(path, 'precious');
    const error = await start({}).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ActionableError).with.property('message').that.contains(path);
    expect(existsSync(path)).to.equal(true);
  });

  it('names the socket that cannot be made', async () => {
    const error = await start({}, { path: join(folder, 'missing', 'service.sock') }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ActionableError).with.property('message').that.contains('missing');
  });

  const refusals: readonly [what: string, question: Partial<SocketQuestion>, status: number, words: string][] = [
    ['an unknown verb', { path: '/dropDatabase' }, 404, 'knows nothing of this name'],
    ['a verb that is a member of every object', { path: '/constructor' }, 404, 'knows nothing of this name'],
    ['a path that cannot be decoded', { path: '/%E0%A4%A' }, 404, 'knows nothing of this name'],
    ['a verb with a wrong method', { method: 'PUT' }, 405, 'asked with POST'],
    ['a greeting with a body', { path: '/', method: 'POST' }, 405, 'asked with GET'],
    ['a body that is no JSON', { body: '{"password":"s3cret"' }, 400, 'not the JSON'],
    ['a body of a form', { headers: { ...OURS, 'content-type': 'text/plain' } }, 415, 'not the JSON'],
    ['a compressed body', { headers: { ...OURS, 'content-encoding': 'gzip' } }, 415, 'not the JSON'],
    ['a body without end', { body: Buffer.alloc(8 * 1024 * 1024 + 1, ' ') }, 413, 'larger than'],
    ['a key that is not known', { body: '{"force":true}' }, 400, 'The request is wrong'],
    ['a body that is a list', { body: '[]' }, 400, 'The request is wrong'],
    ['a request of a web page', { headers: { ...OURS, origin: 'https://evil.example' } }, 403, 'a browser'],
    ['a request for another host', { headers: { ...OURS, host: 'evil.example' } }, 403, 'a browser'],
    ['a command of another version', { headers: { ...OURS, 'x-reply-tracking-version': '9.9.9' } }, 409, '9.9.9'],
    ['a command of no version', { headers: { 'content-type': 'application/json' } }, 409, 'names no version'],
    ['an id that is no org', { headers: { ...OURS, 'x-reply-tracking-org': 'me' } }, 400, 'no Id of an org'],
  ];
  for (const [what, question, status, words] of refusals) {
    it(`refuses ${what}`, async () => {
      await start({});
      const answer = await ask(question);
      const error = errorOf(answer);
      expect(answer.status).to.equal(status);
      expect(error.message).to.contain(words);
      expect(error.actions).to.not.be.empty;
      expect(error.exitCode).to.be.greaterThan(0);
      expect(JSON.stringify(answer.lines) + log.lines.join('')).to.not.contain('s3cret');
    });
  }

  it('names both versions when they differ', async () => {
    await start({});
    const { message } = errorOf(await ask({ headers: { ...OURS, 'x-reply-tracking-version': '9.9.9' } }));
    expect(message).to.contain('9.9.9').and.to.contain('1.2.3');
  });

  it('names both orgs when a command was told to use another', async () => {
    await start({}, { org: () => Promise.resolve({ id: ORG, name: 'Acme' }) });
    const headers = { ...OURS, 'x-reply-tracking-org': '00D5g000004YYYYEA4' };
    const answer = await ask({ headers });
    expect(answer.status).to.equal(421);
    expect(errorOf(answer).message).to.contain('00D5g000004YYYYEA4').and.to.contain(`Acme (${ORG})`);
  });

  it('takes either form of the id of its own org, and any before it has one', async () => {
    let org: { id: string } | undefined = { id: ORG };
    await start({ status: () => Promise.resolve(sampleStatus()) }, { org: () => org });
    const told = async (id: string) => (await ask({ headers: { ...OURS, 'x-reply-tracking-org': id } })).status;
    expect(await told(ORG)).to.equal(200);
    expect(await told(ORG.slice(0, 15))).to.equal(200);
    org = undefined;
    expect(await told('00D5g000004YYYYEA4')).to.equal(200);
  });

  it('passes on an error that was made for people', async () => {
    const error = new ActionableError('The disk is full.', ['Make room.'], { exitCode: 74 });
    await start({ status: () => Promise.reject(error) });
    const answer = await ask({});
    expect(answer.lines).to.deep.equal([
      { error: { name: 'ActionableError', message: 'The disk is full.', actions: ['Make room.'], exitCode: 74 } },
    ]);
    expect(log.lines).to.deep.equal([]);
  });

  it('keeps a defect to its log and gives the caller the number of it', async () => {
    await start({
      status: () => {
        throw Object.assign(new TypeError('inner words'), { request: { password: 's3cret' } });
      },
    });
    const { message, actions, exitCode } = errorOf(await ask({}));
    expect(message + actions.join()).to.not.contain('inner words');
    expect(exitCode).to.equal(70);
    const [line] = log.lines.map((text) => JSON.parse(text) as { defect: string; stack: string; during: string });
    expect(actions.join()).to.contain(line?.defect);
    expect(line?.stack).to.contain('inner words').and.to.contain('command-channel.test.ts');
    expect(line?.during).to.equal('status');
    expect(log.lines.join('')).to.not.contain('s3cret');
  });

  it('counts a result that is no JSON value as a defect', async () => {
    await start({ status: () => Promise.resolve({ version: 1n } as never) });
    expect(errorOf(await ask({})).exitCode).to.equal(70);
  });

  it('goes on with what changes something when the caller has gone, and tells nobody', async () => {
    const begun = Promise.withResolvers<{ told: Told; signal: AbortSignal | undefined }>();
    const finish = Promise.withResolvers<SyncResult>();
    await start({
      sync: (_request, told, signal) => {
        begun.resolve({ told, signal });
        return finish.promise;
      },
    });
    const sent = await leaveOpen('/sync', {});
    const { told, signal } = await begun.promise;
    const disconnected = once(sent, 'close');
    sent.destroy();
    await disconnected;
    told({ type: 'step', text: 'still at it' });
    finish.reject(new ActionableError('Told to nobody.', []));
    expect(signal?.aborted).to.equal(false);
    expect(log.lines).to.deep.equal([]);
  });

  it('ends a dry run when the caller has gone', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    await start({
      sync: (_request, _told, signal) => {
        begun.resolve(signal!);
        return new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
        });
      },
    });
    const sent = await leaveOpen('/sync', { dryRun: true });
    const signal = await begun.promise;
    sent.destroy();
    await until('the end of the dry run', () => Promise.resolve(signal.aborted));
  });

  it('lets work under way finish and its caller hear of it before it closes', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const finish = Promise.withResolvers<SyncResult>();
    const channel = await start({
      sync: (_request, _told, signal) => {
        begun.resolve(signal!);
        return finish.promise;
      },
    });
    const answer = ask({ path: '/sync' });
    const signal = await begun.promise;
    const closed = channel.close();
    expect(signal.aborted).to.equal(true);
    finish.resolve({ dryRun: false } as SyncResult);
    expect((await answer).lines).to.deep.equal([{ result: { dryRun: false } }]);
    await closed;
    expect(existsSync(path)).to.equal(false);
  });

  it('begins nothing any more once it closes', async () => {
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<SyncResult>();
    const channel = await start({
      sync: () => {
        begun.resolve();
        return finish.promise;
      },
    });
    const late = request({
      socketPath: path,
      method: 'POST',
      path: '/status',
      headers: { host: 'localhost', ...OURS },
    });
    late.write('{');
    const underWay = ask({ path: '/sync' });
    await begun.promise;
    const closed = channel.close();
    late.end('}');
    const [response] = (await once(late, 'response')) as [NodeJS.ReadableStream];
    response.setEncoding('utf8');
    let text = '';
    for await (const part of response) text += String(part);
    expect(text).to.contain('The service is ending');
    finish.resolve({ dryRun: false } as SyncResult);
    expect((await underWay).lines).to.have.length(1);
    await closed;
  });

  it('leaves out events that a slow caller does not fetch, and never the result', async () => {
    const events = 20_000;
    await start({
      status: (_request, told) => {
        for (let done = 0; done < events; done += 1) told({ type: 'step', text: 'x'.repeat(1_000) });
        return Promise.resolve(sampleStatus());
      },
    });
    const { lines } = await ask({});
    expect(lines.length).to.be.within(100, events / 2);
    expect(lines.at(-1)).to.deep.equal({ result: sampleStatus() });
  });

  it('takes leave of callers whose work does not end', async () => {
    const begun = Promise.withResolvers<void>();
    const channel = await start(
      {
        sync: () => {
          begun.resolve();
          return new Promise(() => undefined);
        },
      },
      { drainMs: 5 },
    );
    const answer = ask({ path: '/sync' });
    await begun.promise;
    await Promise.all([channel.close(), channel.close()]);
    expect(errorOf(await answer).message).to.contain('The service is ending');
  });
});
