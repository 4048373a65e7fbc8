import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A planted secret. Wherever it, or a part of it, turns up outside the vault, something leaks. */
export interface Canary {
  /** Its shape, which a report may show. */
  readonly name: string;
  /** The password or token to plant. */
  readonly secret: string;
  /**
   * Distinctive parts of the secret. They are letters and digits alone, so that no escaping (JSON, URL, XML, SQL, a
   * shell) changes them, and they are found even when only a piece of the secret leaks.
   */
  readonly words: readonly string[];
}

export interface Leak {
  readonly canary: string;
  /** How it is written there. */
  readonly form: string;
}

export interface FileLeak extends Leak {
  readonly file: string;
}

const WORD_LENGTH = 16;

/** The same letters and digits for the same seed; made here, so that no scanner for secrets finds one in this file. */
function word(seed: string, length = WORD_LENGTH): string {
  const hashes = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash('sha512').update(`canary ${seed} ${index}`).digest('base64').replace(/[+/=]/g, ''),
  );
  return hashes.join('').slice(0, length);
}

function canary(
  name: string,
  shape: (...words: string[]) => string,
  lengths: readonly number[] = [WORD_LENGTH],
): Canary {
  const words = lengths.map((length, index) => word(`${name} ${index}`, length));
  return { name, secret: shape(...words), words };
}

const PEM_LINES = [64, 64, 64, 40];
const LONG_WORDS = Array.from({ length: 40 }, () => 100);

/** Twenty secrets, each of another shape. */
export const CANARIES: readonly Canary[] = [
  canary('plain', (text) => text),
  canary('words with spaces', (one, two) => `${one} and ${two}`, [16, 16]),
  canary('double quotes', (text) => `say "${text}" "twice"`),
  canary('single quotes', (text) => `o'${text}''s`),
  canary('backslashes', (text) => `C:\\new\\${text}\\table\\`),
  canary('line feed', (one, two) => `${one}\n${two}\n`, [16, 16]),
  canary('tabs and carriage returns', (text) => `\t${text}\r\n\t`),
  canary('terminal control', (text) => `\u001b[31m${text}\u0007\u007f`),
  canary('accents and emoji', (text) => `pässwörd 語 🔑 ${text} é`),
  canary('percent signs', (text) => `100%25%2F%zz${text}%`),
  canary('query string', (text) => `a=b&c=${text}+ +#?`),
  canary('markup', (text) => `<b>&amp;${text}</b>]]><!--`),
  canary('shell and SQL', (text) => `'; drop table x; -- $(${text}) \`id\` \${HOME}`),
  canary('JSON', (text) => JSON.stringify({ password: text, list: [1, null] })),
  canary('base64', (one, two) => `${one}+/${two}==`, [20, 20]),
  canary('hexadecimal', (text) => text, [64]),
  canary('web token', (one, two, three) => `${one}.${two}.${three}-_`, [36, 80, 40]),
  canary('refresh token', (text) => `1//0${text}-_`, [60]),
  canary(
    'private key',
    (...lines) => ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n'),
    PEM_LINES,
  ),
  canary('very long', (...parts) => parts.join('/'), LONG_WORDS),
].map((each) => (each.name === 'hexadecimal' ? inHexadecimal(each) : each));

function inHexadecimal({ name }: Canary): Canary {
  const secret = createHash('sha256').update(`canary ${name}`).digest('hex');
  return { name, secret, words: [secret] };
}

/** Base64 of text that stands somewhere in other text: what is the same whatever is before and behind it. */
function base64Within(text: string, before: number): string {
  const encoded = Buffer.from(' '.repeat(before) + text).toString('base64');
  const whole = Math.floor(((before + text.length) * 8) / 6);
  return encoded.slice(Math.ceil((before * 8) / 6), whole);
}

function formsOf(text: string): [string, Buffer][] {
  const base64 = [0, 1, 2].map((before) => base64Within(text, before));
  const hex = Buffer.from(text).toString('hex');
  return [
    ['plain', Buffer.from(text)],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ...base64.map((form): [string, Buffer] => ['base64', Buffer.from(form)]),
    ...base64.map((form): [string, Buffer] => ['base64url', Buffer.from(form.replace(/\+/g, '-').replace(/\//g, '_'))]),
    ['hexadecimal', Buffer.from(hex)],
    ['hexadecimal', Buffer.from(hex.toUpperCase())],
  ];
}

interface Needle extends Leak {
  readonly bytes: Buffer;
}

const needles: readonly Needle[] = CANARIES.flatMap(({ name, words }) =>
  words.flatMap((each) => formsOf(each).map(([form, bytes]) => ({ canary: name, form, bytes }))),
);
/** Needles by their first two bytes: one look at a table tells of nearly every place that nothing begins there. */
const needlesByStart = Map.groupBy(needles, ({ bytes }) => bytes.readUInt16BE(0));
const isStart = new Uint8Array(65_536);
for (const start of needlesByStart.keys()) isStart[start] = 1;

/**
 * The canaries of which any part is in this text, whatever was done to it by escaping (JSON, URL, XML, SQL), base64 at
 * any alignment, hexadecimal or UTF-16. What was compressed or encrypted is not found. Each form is told once.
 */
export function leaksIn(content: string | Uint8Array): Leak[] {
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content)
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const found = new Map<string, Leak>();
  for (let at = 0; at + 1 < bytes.length; at += 1) {
    const start = (bytes[at]! << 8) | bytes[at + 1]!;
    if (isStart[start] === 0) continue;
    for (const { canary: name, form, bytes: needle } of needlesByStart.get(start)!) {
      if (needle.equals(bytes.subarray(at, at + needle.length))) found.set(`${name} ${form}`, { canary: name, form });
    }
  }
  return [...found.values()];
}

/** The same for the content and the name of every file below a folder. */
export function leaksInFolder(folder: string): FileLeak[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((file) => [...leaksIn(file), ...leaksIn(readFileSync(file))].map((leak) => ({ ...leak, file })));
}
