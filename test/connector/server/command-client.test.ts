import { expect } from 'chai';
import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActionableError } from '../../../connector/src/errors.ts';
import type { Facade, FacadeEvent, Told, Verb } from '../../../connector/src/facade.ts';
import { createLogger } from '../../../connector/src/logger.ts';
import { serveCommands, type CommandChannelOptions } from '../../../connector/src/server/command-channel.ts';
import { connectToService, type ServiceOptions } from '../../../connector/src/server/command-client.ts';
import { facadeOf, sampleStatus } from './sample-facade.ts';

const REQUESTS: { readonly [V in Verb]: Parameters<Facade[V]>[0] } = {
  checkMailbox: connectRequest(),
  connectMailbox: connectRequest(),
  disconnectMailbox: { address: 'rep@seller.example' },
  mailboxes: {},
  sync: { mailbox: 'rep@seller.example', dryRun: true },
  status: {},
  explain: { messageId: '<1@buyer.example>' },
  replay: { message: 'Subject: \u{1f4e8} Grüße\r\n\r\n' },
  deadLetters: { code: 'REQUIRED_FIELD_MISSING' },
  deadLetter: { id: '7' },
  retryDeadLetters: { all: true },
  dropDeadLetters: { ids: ['7'], because: 'written by hand' },
  rebindOrg: {},
  exportPerson: { person: 'mary@buyer.example' },
  erasePerson: { person: '003000000000001AAA' },
  rotateKeys: {},
  examine: {},
};
const VERBS = Object.keys(REQUESTS) as Verb[];

function connectRequest(): Parameters<Facade['connectMailbox']>[0] {
  const settings = { provider: 'imap', address: 'rep@seller.example', host: 'imap.seller.example' } as const;
  return { settings: { ...settings, port: 993, secure: true }, credential: { kind: 'password', password: 'p' } };
}

/** A verb of any facade, asked without knowing which. */
type AnyVerb = (request: unknown, told: Told, signal?: AbortSignal) => Promise<unknown>;
const silently: Told = () => undefined;

describe('connectToService', () => {
  let folder: string;
  let path: string;
  let closers: (() => Promise<unknown>)[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reply-tracking-test-'));
    path = join(folder, 'service.sock');
    closers = [];
  });
  afterEach(async () => {
    for (const close of closers) await close();
    rmSync(folder, { recursive: true });
  });

  const serve = async (verbs: Partial<Facade>, options: Partial<CommandChannelOptions> = {}) => {
    const logger = createLogger('silent');
    const channel = await serveCommands(facadeOf(verbs), { path, version: '1.2.3', logger, ...options });
    closers.push(() => channel.close());
    return channel;
  };
  const connect = async (options: Partial<ServiceOptions> = {}): Promise<Facade> => {
    const facade = await connectToService(path, { version: '1.2.3', ...options });
    if (facade === undefined) throw new Error('Nobody answers.');
    return facade;
  };
  const failure = async (work: Promise<unknown>): Promise<ActionableError> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(ActionableError);
    return error as ActionableError;
  };
  /** Something that listens on the socket and is not the service. */
  const impostor = async (answer: (socket: Socket, request: string) => void): Promise<Server> => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('data', (bytes: Buffer) => answer(socket, bytes.toString()));
    }).listen(path);
    closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    await once(server, 'listening');
    return server;
  };
  const http = (...lines: string[]): string =>
    `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${lines.map((line) => `${line}\n`).join('')}`;
  /** Greets as the service does, then answers each verb with this. */
  const greeting = (answer: (socket: Socket) => void) =>
    impostor((socket, request) => {
      if (request.startsWith('GET ')) socket.end(http('{"result":{"version":"1.2.3"}}'));
      else answer(socket);
    });

  it('gives every verb the request as it was asked, and the answer as it was given', async () => {
    const asked: unknown[] = [];
    const answering = (verb: Verb) => (request: unknown) => {
      asked.push(request);
      return Promise.resolve({ verb } as never);
    };
    await serve(Object.fromEntries(VERBS.map((verb) => [verb, answering(verb)])));
    const facade = await connect();
    for (const verb of VERBS) {
      const answer = await (facade[verb].bind(facade) as AnyVerb)(REQUESTS[verb], silently);
      expect(answer).to.deep.equal({ verb });
    }
    expect(asked).to.deep.equal(VERBS.map((verb) => REQUESTS[verb]));
  });

  it('gives the same results, errors and events as the facade behind it', async () => {
    let outcome: () => Promise<unknown> = () => Promise.resolve(null);
    let events: readonly FacadeEvent[] = [];
    await serve({
      status: ((_request, told) => {
        for (const event of events) told(event);
        return outcome();
      }) as Facade['status'],
    });
    const facade = await connect();
    // JSON has one zero.
    const json = fc.jsonValue({ maxDepth: 4 }).map((value): unknown => JSON.parse(JSON.stringify(value)));
    const words = fc.string({ unit: 'binary' });
    const error = fc.record({ message: words, actions: fc.array(words), exitCode: fc.integer(), name: words });
    const event: fc.Arbitrary<FacadeEvent> = fc.oneof(
      fc.record({ type: fc.constant('step' as const), text: words }),
      fc.record({ type: fc.constant('mailbox' as const), address: words, expected: fc.option(fc.nat()) }),
      fc.record({ type: fc.constant('count' as const), done: fc.nat(), total: fc.nat() }),
    );
    const answer = fc.oneof(fc.record({ result: json }), fc.record({ error }));
    await fc.assert(
      fc.asyncProperty(answer, fc.array(event), async (given, told) => {
        events = told;
        outcome =
          'result' in given ? () => Promise.resolve(given.result) : () => Promise.reject(actionable(given.error));
        const heard: FacadeEvent[] = [];
        const received = facade.status({}, (each) => heard.push(each));
        if ('result' in given) expect(await received).to.deep.equal(given.result);
        else expect(wordsOf(await failure(received))).to.deep.equal(given.error);
        expect(heard).to.deep.equal(told);
      }),
      { numRuns: 50 },
    );
  });

  const actionable = ({ name, message, actions, exitCode }: ReturnType<typeof wordsOf>) =>
    Object.assign(new ActionableError(message, actions, { exitCode }), { name });
  const wordsOf = ({ name, message, actions, exitCode }: ActionableError) => ({
    ...{ name, message, exitCode },
    actions: [...actions],
  });

  it('finds nobody where there is no socket, no folder or a file that is none', async () => {
    expect(await connectToService(path, { version: '1.2.3' })).to.equal(undefined);
    expect(await connectToService(join(folder, 'none', 'service.sock'), { version: '1.2.3' })).to.equal(undefined);
    writeFileSync(path, '');
    expect(await connectToService(path, { version: '1.2.3' })).to.equal(undefined);
  });

  it('finds nobody on the socket of a service that was killed', async () => {
    const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('listening'))`;
    const killed = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(killed.stdout, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(await connectToService(path, { version: '1.2.3' })).to.equal(undefined);
  });

  it('names both versions when the service is of another', async () => {
    await serve({});
    const { message, actions } = await failure(connect({ version: '2.0.0' }));
    expect(message).to.contain('2.0.0').and.to.contain('1.2.3');
    expect(actions.join(' ')).to.contain('sf reply serve');
  });

  it('names both orgs when the service works for another', async () => {
    await serve({}, { org: () => ({ id: '00D5g000004ZZZZEA4' }) });
    const { message } = await failure(connect({ orgId: '00D5g000004YYYYEA4' }));
    expect(message).to.contain('00D5g000004YYYYEA4').and.to.contain('00D5g000004ZZZZEA4');
  });

  it('gives a wrong request the words of the service', async () => {
    await serve({});
    const facade = await connect();
    const { message, exitCode } = await failure(facade.sync({ since: 'yesterday' }, silently));
    expect(message).to.contain('since is no instant');
    expect(exitCode).to.equal(64);
  });

  it('lets a service be slow as long as it says that it lives', async () => {
    await greeting((socket) => {
      const lines = [...Array<string>(25).fill('{"heartbeat":true}'), '{"result":"late"}'];
      socket.write(http());
      const next = setInterval(() => {
        socket.write(`${lines.shift()}\n`);
        if (lines.length === 0) clearInterval(next);
      }, 50);
    });
    const facade = await connect({ silenceMs: 1_000 });
    expect(await facade.status({}, silently)).to.equal('late');
  });

  it('gives up on a service that says nothing', async () => {
    await impostor(() => undefined);
    const { message, actions } = await failure(connect({ silenceMs: 20 }));
    expect(message).to.contain(path).and.to.contain('has said nothing');
    expect(actions.join(' ')).to.contain('sf reply serve');
  });

  it('gives up on a service that falls silent within its answer, however many bytes it drips', async () => {
    await greeting((socket) => {
      socket.write(http('{"event":{"type":"step","text":"Reading"}}'));
      const drip = setInterval(() => socket.write(' '), 1);
      socket.once('close', () => clearInterval(drip));
    });
    const heard: FacadeEvent[] = [];
    const { message } = await failure((await connect({ silenceMs: 50 })).status({}, (event) => heard.push(event)));
    expect(message).to.contain('has said nothing');
    expect(heard).to.deep.equal([{ type: 'step', text: 'Reading' }]);
  });

  it('says that the work may have been done when the service ends in the middle', async () => {
    await greeting((socket) => void socket.end(http('{"event":{"type":"step","text":"Reading"}}')));
    const { message, actions } = await failure((await connect()).status({}, silently));
    expect(message).to.contain('may have been done');
    expect(actions.join(' ')).to.contain('sf reply status');
  });

  it('says the same when the connection breaks before any answer', async () => {
    await greeting((socket) => void socket.destroy());
    expect((await failure((await connect()).status({}, silently))).message).to.contain('may have been done');
  });

  it('says that nothing was begun when the service has gone before the question', async () => {
    const channel = await serve({});
    const facade = await connect();
    await channel.close();
    expect((await failure(facade.status({}, silently))).message).to.contain('has not been begun');
  });

  const garbage: readonly [what: string, answer: string][] = [
    ['another protocol', '220 mail.example ESMTP\r\n'],
    ['a web page', http('<!doctype html>')],
    ['a line that is no object', http('null')],
    ['an object without meaning', http('{"hello":1}')],
    ['an error without words', http('{"error":{"message":1}}')],
    ['an event without a type', http('{"event":{}}', '{"result":1}')],
    ['a line without end', http('x'.repeat(33 * 1024 * 1024))],
  ];
  for (const [what, answer] of garbage) {
    it(`refuses ${what} as an answer`, async () => {
      await impostor((socket) => void socket.end(answer));
      expect((await failure(connect())).message).to.contain('is not a service of this connector');
    });
  }

  it('ends with the error of who is told of progress', async () => {
    await serve({
      status: (_request, told) => {
        told({ type: 'step', text: 'Reading' });
        return Promise.resolve(sampleStatus());
      },
    });
    const fault = new Error('The terminal is gone.');
    const told = (): never => {
      throw fault;
    };
    expect(await (await connect()).status({}, told).catch((error: unknown) => error)).to.equal(fault);
  });

  it('ends with the reason of its signal, and ends a dry run behind it', async () => {
    const ended = Promise.withResolvers<void>();
    await serve({
      sync: (_request, told, signal) => {
        signal?.addEventListener('abort', () => ended.resolve());
        told({ type: 'step', text: 'Reading' });
        return ended.promise.then(() => Promise.reject(signal?.reason as Error));
      },
    });
    const stop = new AbortController();
    const fault = new Error('Ctrl+C');
    const answer = (await connect()).sync({ dryRun: true }, () => stop.abort(fault), stop.signal);
    expect(await answer.catch((error: unknown) => error)).to.equal(fault);
    await ended.promise;
  });
});
