import { createReadStream } from 'node:fs';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply');
const EXIT_NO_INPUT = 66;
/** Stands for standard input where a file is asked for. */
export const STANDARD_INPUT = '-';

/**
 * The beginning of a file, or of standard input for `-`.
 *
 * @param maxBytes what lies beyond is not read
 * @throws SfError that names the file and what is wrong with it
 */
export async function readInput(path: string, maxBytes: number): Promise<string> {
  const name = path === STANDARD_INPUT ? messages.getMessage('standardInput') : path;
  const text = await readBeginning(path === STANDARD_INPUT ? process.stdin : createReadStream(path), maxBytes).catch(
    (error: unknown) => {
      throw messages.createError('error.unreadableFile', [name, reasonInWords(error)], [], EXIT_NO_INPUT);
    },
  );
  if (text.trim() === '') throw messages.createError('error.emptyInput', [name], [], EXIT_NO_INPUT);
  return text;
}

async function readBeginning(stream: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk as Buffer | string);
    chunks.push(buffer.subarray(0, maxBytes - bytes));
    bytes += buffer.length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonInWords(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return messages.messages.has(`reason.${code}`) ? messages.getMessage(`reason.${code}`) : message;
}
