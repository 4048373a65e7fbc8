import { once } from 'node:events';
import { lstatSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { foreignSocket, unreachable } from './client-errors.ts';

/** Nobody listens: no file, no folder, or a file that its listener has left behind. */
const NOBODY: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ENOTSOCK']);
const ROOT = 0;

/**
 * A connection to who listens on a local socket, or undefined when nobody does.
 *
 * @throws ActionableError when it cannot be reached in time or at all, or belongs to another user: a request may hold
 *   a password. (Whoever may replace files in the folder of the socket is not another user in this sense.)
 */
export async function openSocket(path: string, connectMs: number): Promise<Socket | undefined> {
  try {
    if (isForeign(path)) throw foreignSocket(path);
    return await connected(connect(path), connectMs);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const code = String(error.code);
    if (NOBODY.has(code)) return undefined;
    throw unreachable(path, code);
  }
}

/** Root may speak to the service of any user. Named pipes have no owner to be asked for in Node. */
function isForeign(path: string): boolean {
  const self = process.getuid?.();
  return self !== undefined && self !== ROOT && lstatSync(path).uid !== self;
}

async function connected(socket: Socket, connectMs: number): Promise<Socket> {
  const timedOut = Object.assign(new Error('The connection took too long.'), { code: 'ETIMEDOUT' });
  const deadline = setTimeout(() => socket.destroy(timedOut), connectMs);
  try {
    await once(socket, 'connect');
    return socket;
  } finally {
    clearTimeout(deadline);
  }
}
