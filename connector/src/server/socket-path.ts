import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ActionableError } from '../errors.ts';

const FILE = 'service.sock';
/** `sun_path` holds this many bytes, one of them the closing NUL: 108 on Linux (unix(7)), 104 on macOS and the BSDs. */
const SUN_PATH_BYTES = { linux: 108, other: 104 } as const;
const PRIVATE = 0o700;

/** What the path depends on beside the data folder; the machine's own without it. */
export interface SocketPlace {
  readonly platform?: NodeJS.Platform;
  readonly temporaryFolder?: string;
}

/**
 * Where the service of a data folder listens: `service.sock` in the folder. When that is longer than the system takes,
 * the socket lies in a folder of its own below the temporary folder, named after a hash of the data folder and made
 * here, for the owner alone. On Windows it is a named pipe. Another spelling of the same folder gives the same path.
 *
 * @throws ActionableError when somebody else has made the folder below the temporary folder, or others may enter it.
 */
export function socketPath(dataFolder: string, place: SocketPlace = {}): string {
  const { platform = process.platform, temporaryFolder = tmpdir() } = place;
  const folder = realFolder(dataFolder);
  if (platform === 'win32') return String.raw`\\.\pipe\reply-tracking-${hashOf(folder.toLowerCase())}`;
  const path = join(folder, FILE);
  if (fits(path, platform)) return path;
  return join(privateFolder(join(temporaryFolder, `reply-tracking-${hashOf(folder)}`)), FILE);
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}

function hashOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 32);
}

function fits(path: string, platform: NodeJS.Platform): boolean {
  return Buffer.byteLength(path) < (platform === 'linux' ? SUN_PATH_BYTES.linux : SUN_PATH_BYTES.other);
}

/** The folder below a place where everybody may make one. What is there already may be somebody else's trap. */
function privateFolder(folder: string): string {
  try {
    mkdirSync(folder, { mode: PRIVATE });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw unusable(folder, error);
  }
  if (!isPrivate(lstatSync(folder))) throw notPrivate(folder);
  return folder;
}

function isPrivate(stats: Stats): boolean {
  return stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o777) === PRIVATE;
}

function notPrivate(folder: string): ActionableError {
  return new ActionableError(
    `The folder ${folder} is not for this user alone, so the service cannot be spoken to there.`,
    [
      'Find out who has made it, and remove it.',
      'Or name a data folder with a shorter path: its socket then lies in the data folder itself.',
    ],
  );
}

function unusable(folder: string, cause: unknown): ActionableError {
  const message = `The folder ${folder} for the socket of the service cannot be made: ${String(cause)}`;
  return new ActionableError(
    message,
    ['Let TMPDIR name a folder where this user may write, or name a data folder with a shorter path.'],
    { cause },
  );
}
