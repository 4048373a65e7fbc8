import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Facade, Told, Verb } from '../facade.ts';
import { garbled, gone } from './client-errors.ts';
import { openSocket } from './open-socket.ts';
import { readLines } from './read-lines.ts';
import { watchConnection, type Watch } from './watch-connection.ts';
import { fromWireError, ORG_HEADER, parseAnswerLine, SOCKET_HOST, VERSION_HEADER } from './wire.ts';

const CONNECT_MS = 2_000;
const SILENCE_MS = 15_000;
/** The longest answer: a thousand replies with what their senders wrote, many times over. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;

export interface ServiceOptions {
  /** Of the command; the service has to be of the same. */
  readonly version: string;
  /** The org that the command was told to use. */
  readonly orgId?: string;
  readonly connectMs?: number;
  /** After this long without any word of a service that had said it would go on, it counts as dead. */
  readonly silenceMs?: number;
}

/**
 * The facade of the service that listens on a socket, or undefined when none does: no file, or one that a killed
 * service has left. Each verb of it opens a connection of its own and needs no closing. No verb hangs.
 *
 * @throws ActionableError when something else listens there, or a service of another version, org or user.
 */
export async function connectToService(path: string, options: ServiceOptions): Promise<Facade | undefined> {
  const service = serviceAt(path, options);
  if (!(await service.greet())) return undefined;
  const verb =
    <V extends Verb>(name: V) =>
    (request: Parameters<Facade[V]>[0], told: Told, signal?: AbortSignal) =>
      service.ask(name, request, told, signal) as ReturnType<Facade[V]>;
  return {
    checkMailbox: verb('checkMailbox'),
    connectMailbox: verb('connectMailbox'),
    disconnectMailbox: verb('disconnectMailbox'),
    mailboxes: verb('mailboxes'),
    sync: verb('sync'),
    status: verb('status'),
    examine: verb('examine'),
    explain: verb('explain'),
    replay: verb('replay'),
    deadLetters: verb('deadLetters'),
    deadLetter: verb('deadLetter'),
    retryDeadLetters: verb('retryDeadLetters'),
    dropDeadLetters: verb('dropDeadLetters'),
    rebindOrg: verb('rebindOrg'),
    exportPerson: verb('exportPerson'),
    erasePerson: verb('erasePerson'),
    rotateKeys: verb('rotateKeys'),
  };
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly told?: Told;
  readonly signal?: AbortSignal | undefined;
}

function serviceAt(path: string, options: ServiceOptions) {
  const open = (): Promise<Socket | undefined> => openSocket(path, options.connectMs ?? CONNECT_MS);
  return {
    greet: async (): Promise<boolean> => {
      const socket = await open();
      if (socket !== undefined) await converse(socket, { method: 'GET', path: '/' }, path, options);
      return socket !== undefined;
    },
    ask: async (verb: Verb, request: unknown, told: Told, signal: AbortSignal | undefined): Promise<unknown> => {
      signal?.throwIfAborted();
      const socket = await open();
      if (socket === undefined) throw gone(path);
      const question = { method: 'POST', path: `/${verb}`, body: JSON.stringify(request), told, signal } as const;
      return converse(socket, question, path, options);
    },
  };
}

/** Sends a question, hands the events on and gives the result. Ends the connection. */
async function converse(socket: Socket, question: Question, path: string, options: ServiceOptions): Promise<unknown> {
  const { silenceMs = SILENCE_MS } = options;
  const watch = watchConnection(socket, { path, silenceMs, signal: question.signal });
  try {
    for await (const line of answerLines(sendOver(socket, question, options), path, watch)) {
      watch.heard();
      const answer = parseAnswerLine(line);
      if (answer === undefined) throw garbled(path);
      if ('error' in answer) throw fromWireError(answer.error);
      if ('result' in answer) return answer.result;
      if ('event' in answer) question.told?.(answer.event);
    }
    throw watch.reasonFor(undefined);
  } finally {
    watch.end();
  }
}

function sendOver(socket: Socket, { method, path, body }: Question, { version, orgId }: ServiceOptions): ClientRequest {
  const headers = {
    host: SOCKET_HOST,
    'content-type': 'application/json',
    [VERSION_HEADER]: version,
    ...(orgId !== undefined && { [ORG_HEADER]: orgId }),
  };
  return httpRequest({ createConnection: () => socket, method, path, headers }).end(body);
}

async function* answerLines(request: ClientRequest, path: string, watch: Watch): AsyncGenerator<string> {
  try {
    const response = await responseTo(request);
    yield* readLines(response, { maxBytes: MAX_LINE_BYTES, tooLong: () => garbled(path) });
  } catch (error) {
    throw watch.reasonFor(error);
  }
}

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays, so that what happens to the connection after the answer concerns nobody.
    request.on('error', reject);
    request.once('close', () => reject(new Error('The connection was closed.')));
  });
}
