import { once } from 'node:events';
import { lstatSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { ActionableError } from '../errors.ts';

const OWNER_ONLY = 0o177;

/**
 * Makes a server listen on a Unix socket that its owner alone can connect to, or on a named pipe of Windows. A socket
 * file that a killed service has left is removed: whoever calls this holds the lock of the data folder, so nobody
 * listens on it any more.
 *
 * The socket has mode 0600 from its first moment on: `listen` binds before it returns, and no other code of this
 * thread runs between the two changes of the umask. (On Linux and macOS to connect takes the right to write.) On
 * Windows the pipe has the system's default rights: others may look at it but not write, so they cannot ask anything.
 *
 * @throws ActionableError that names the path when the socket cannot be made.
 */
export async function listenPrivately(server: Server, path: string): Promise<void> {
  if (process.platform === 'win32') {
    server.listen({ path, exclusive: true });
  } else {
    removeStaleSocket(path);
    const before = process.umask(OWNER_ONLY);
    try {
      server.listen({ path, exclusive: true });
    } finally {
      process.umask(before);
    }
  }
  await once(server, 'listening').catch((error: unknown) => {
    throw cannotListen(path, error);
  });
}

function removeStaleSocket(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) {
    throw new ActionableError(`${path} is in the way of the socket of the service: it is something else.`, [
      'Move it elsewhere if you need it, remove it otherwise, and start the service again.',
    ]);
  }
  rmSync(path);
}

function cannotListen(path: string, cause: unknown): ActionableError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new ActionableError(
    `The service cannot listen on ${path} (${code}), so commands could not reach it.`,
    ['Check that the folder is there and that this user may write in it.', 'Check that no other service runs on it.'],
    { cause },
  );
}
