import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { open, realpath, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ActionableError } from '../errors.ts';
import { holdLock } from './exclusive-lock.ts';
import { KEY_FORM, keySourceError, refuseRepeatedKey } from './key-source.ts';
import type { KeySource } from './key-source.ts';
import { masterKeyText, parseMasterKey } from './master-key.ts';
import type { MasterKey, MasterKeys } from './master-key.ts';

/** A ring of keys is far shorter; what is longer is another file. */
const MAX_BYTES = 4096;
const OTHERS = 0o077;

/**
 * Keeps master keys in a file, one a line. At every look the file has to be a regular one of this very user and closed
 * to everybody else; Windows has no such modes, there the folder's own permissions are what protects it. A symbolic link
 * is followed, because what is checked is the open file and not its name, and because secrets are mounted that way.
 *
 * One file serves one installation: a rotation drops the old key once nothing in the database of its own needs it.
 */
export function fileKeySource(path: string): KeySource {
  return {
    place: `the file ${path}`,
    howToBringKey: [`Put the file ${path} back from its backup, with mode 600.`],
    read: () => explained(path, () => readKeys(path)),
    change: { write: (keys) => explained(path, () => writeKeys(path, keys)) },
    exclusively: (work) => holdLock(`${path}.lock`, work),
  };
}

async function readKeys(path: string): Promise<MasterKeys> {
  const file = await openIfThere(path);
  if (file === undefined) return [];
  try {
    refuseOpenFile(path, await file.stat());
    const keys = parseLines(path, await readText(path, file));
    refuseRepeatedKey(keys, `the file ${path}`, ['Remove the line that repeats it.']);
    return keys;
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    // Without O_NONBLOCK a named pipe in its place would hold this process for ever. Windows has neither.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function refuseOpenFile(path: string, stats: Stats): void {
  if (!stats.isFile()) {
    throw keySourceError(`The master key file ${path} is not a regular file.`, ['Name the file that holds the key.']);
  }
  const user = process.getuid?.();
  if (user === undefined) return;
  if (stats.uid !== user) {
    throw keySourceError(`The master key file ${path} belongs to another user.`, [
      `If this user is to use it: chown ${user} '${path}'`,
    ]);
  }
  if ((stats.mode & OTHERS) !== 0) {
    throw keySourceError(
      `The master key file ${path} is open to other users: its mode is ${(stats.mode & 0o777).toString(8)}.`,
      [`chmod 600 '${path}'`, 'If somebody may have read it, rotate the key afterwards: sf reply keys rotate'],
    );
  }
}

async function readText(path: string, file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MAX_BYTES + 1) });
  if (bytesRead > MAX_BYTES) throw notAKey(path, 'is too long to be one');
  return buffer.toString('latin1', 0, bytesRead);
}

function parseLines(path: string, text: string): MasterKeys {
  const lines = text.split('\n').map((line) => line.trim());
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw notAKey(path, 'is empty');
  return lines.map((line, index) => parseLine(path, line, index + 1));
}

function parseLine(path: string, line: string, number: number): MasterKey {
  const key = parseMasterKey(line);
  if (key === undefined) throw notAKey(path, `has something else in line ${number}`);
  return key;
}

async function writeKeys(path: string, keys: MasterKeys): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const fresh = `${target}.new`;
  // Left behind by a writer that was killed: the lock is ours, so nobody is writing it.
  await rm(fresh, { force: true });
  await writeThrough(fresh, keys.map((key) => `${masterKeyText(key)}\n`).join(''));
  await rename(fresh, target);
  await syncFolder(dirname(target));
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is durable once its folder is; Windows does not open folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ActionableError) throw error;
    throw keySourceError(`The master key file ${path} cannot be used: ${codeOf(error) ?? 'unknown failure'}`, [
      'Check that the file and its folder belong to this user and that the disk is not full.',
    ]);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function notAKey(path: string, what: string): ActionableError {
  return keySourceError(`The master key file ${path} ${what}.`, [
    'Put it back from its backup. It holds one master key a line, the current one first.',
    KEY_FORM,
  ]);
}
