import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** One answer: untagged lines and the tagged end, written as they are; `TAG` stands for the tag of the command. */
export type Answer = string | ((socket: Socket, tag: string, command: string) => void);

export interface ScriptedImapServer {
  readonly port: number;
  /** Every command line that came, without its tag. */
  readonly commands: readonly string[];
  /** Sessions that are open: connections that were neither closed nor logged out. */
  readonly open: number;
  /** The most sessions that were ever open at the same time. */
  readonly mostOpen: number;
  stop(): Promise<void>;
}

/** The tags of the IDLE commands under way. */
const idling = new WeakMap<Socket, string>();

/** A mailbox with nothing but an inbox that holds one message, on a server without extensions. */
const ORDINARY: Readonly<Record<string, Answer>> = {
  CAPABILITY: '* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK\r\n',
  LOGIN: 'TAG OK\r\n',
  NOOP: 'TAG OK\r\n',
  LIST: '* LIST () "/" INBOX\r\nTAG OK\r\n',
  LSUB: 'TAG OK\r\n',
  STATUS: '* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)\r\nTAG OK\r\n',
  EXAMINE: '* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 2]\r\nTAG OK [READ-ONLY]\r\n',
  IDLE: (socket, tag) => {
    idling.set(socket, tag);
    socket.write('+ idling\r\n');
  },
  DONE: (socket) => void socket.write(`${idling.get(socket)} OK\r\n`),
  CLOSE: 'TAG OK\r\n',
  SEARCH: '* SEARCH 1\r\nTAG OK\r\n',
  'UID SEARCH': '* SEARCH 1\r\nTAG OK\r\n',
  LOGOUT: '* BYE\r\nTAG OK\r\n',
};

/**
 * A server that answers each command with a fixed text, to show what a broken or hostile one can do. `answers` come
 * before the ordinary ones; the name `greeting` stands for the first line. With a key and a certificate it speaks TLS.
 */
export async function startScriptedImapServer(
  answers: Readonly<Record<string, Answer>>,
  tls?: { readonly key: string; readonly cert: string },
): Promise<ScriptedImapServer> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const sessions = new Set<Socket>();
  let mostOpen = 0;
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    sessions.add(socket);
    mostOpen = Math.max(mostOpen, sessions.size);
    socket.on('close', () => sessions.delete(socket));
    socket.on('error', () => undefined);
    reply(socket, answers.greeting ?? '* OK ready\r\n', '*', '');
    readLines(socket, (line) => {
      const [, tag = '', command = line] = /^(\S+) (.*)$/.exec(line) ?? [];
      commands.push(command);
      if (command === 'LOGOUT') sessions.delete(socket);
      reply(socket, answerTo(command, answers), tag, command);
    });
  };
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    get open() {
      return sessions.size;
    },
    get mostOpen() {
      return mostOpen;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerTo(command: string, answers: Readonly<Record<string, Answer>>): Answer {
  const [first = '', second = ''] = command.toUpperCase().split(' ');
  const name = first === 'UID' ? `UID ${second}` : first;
  return answers[name] ?? ORDINARY[name] ?? 'TAG BAD unknown command\r\n';
}

function reply(socket: Socket, answer: Answer, tag: string, command: string): void {
  if (typeof answer === 'string') socket.write(answer.replaceAll('TAG', tag), 'latin1');
  else answer(socket, tag, command);
}

function readLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
