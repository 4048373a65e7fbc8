import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** A port through which an IMAP server is reached, and what was asked of it there. */
export interface CountedImapPort {
  readonly port: number;
  /** The commands that came, by name (`UID FETCH` counts as such); the line that ends an IDLE is none. */
  readonly commands: readonly string[];
  readonly close: () => void;
}

/** A command with its tag (RFC 9051 section 2.2.1). */
const COMMAND = /^[A-Za-z0-9]+ ((?:UID )?[A-Z]+)/;

/**
 * Passes everything on to a server on this machine and notes each command. `rewrite` may change what a client says, for
 * example take out what only another server understands.
 */
export async function countedImapPort(
  serverPort: number,
  rewrite: (text: string) => string = (text) => text,
): Promise<CountedImapPort> {
  const commands: string[] = [];
  const server = createServer((socket) => {
    const onward = connect(serverPort, '127.0.0.1');
    socket.on('error', () => onward.destroy()).on('end', () => onward.end());
    onward.on('error', () => socket.destroy()).pipe(socket);
    let rest = '';
    socket.on('data', (chunk: Buffer) => {
      onward.write(rewrite(chunk.toString('latin1')), 'latin1');
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) commands.push(...(COMMAND.exec(line)?.slice(1) ?? []));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, commands, close: () => void server.close() };
}
