/**
 * Stands in for security(1) of macOS, in as much of it as keeps a generic password: the same arguments, streams and exit
 * codes, and entries in the file that KEYCHAIN_FILE names instead of a keychain. Without that variable the keychain is
 * locked. `-i` reads commands from standard input, a line of at most 4 KiB each, and says what it did not understand.
 * Every argument that it is called with is noted in a file beside it. What it does not know ends it with 99.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { exit, env, stdin, stdout, stderr } from 'node:process';

const NOT_FOUND = 44;
const LOCKED = 36;
const USAGE = 2;
const LINE_BYTES = 4096;

const end = (code: number, complaint: string): never => {
  stderr.write(complaint);
  exit(code);
};

const words = process.argv.slice(2);
const file = env['KEYCHAIN_FILE'] ?? end(LOCKED, 'security: SecKeychain: User interaction is not allowed.\n');
appendFileSync(`${file}.arguments`, `${words.join(' ')}\n`);

const entries = (): Record<string, string> =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};

/** Options that take a value, as the two commands have them; `-w` takes one only where a password is added. */
function optionsOf(given: readonly string[], valued: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (let at = 0; at < given.length; at += 1) {
    const name = given[at]!;
    if (valued.includes(name)) options.set(name, given[(at += 1)] ?? '');
    else if (['-U', '-w'].includes(name)) options.set(name, '');
    else end(99, `the stand-in does not know ${name}\n`);
  }
  return options;
}

const entryOf = (options: ReadonlyMap<string, string>): string => `${options.get('-s')} ${options.get('-a')}`;

function add(given: readonly string[]): void {
  const options = optionsOf(given, ['-s', '-a', '-w']);
  const known = entries();
  if (entryOf(options) in known && !options.has('-U')) end(45, 'The specified item already exists in the keychain.\n');
  const password = options.get('-w') ?? '';
  writeFileSync(file, JSON.stringify({ ...known, [entryOf(options)]: password }), { mode: 0o600 });
}

function find(given: readonly string[]): void {
  const options = optionsOf(given, ['-s', '-a']);
  const password = entries()[entryOf(options)];
  if (password === undefined) end(NOT_FOUND, 'security: SecKeychainSearchCopyNext: The item could not be found.\n');
  stdout.write(`${password}\n`);
}

/** Words are parted by spaces, unless they are in double quotes, in which a backslash takes the next as it is. */
function wordsOf(line: string): string[] {
  const found = line.matchAll(/"((?:[^"\\]|\\.)*)"|([^ "\\]+)/g);
  return [...found].map(([, quoted, bare]) => quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
}

async function interactive(): Promise<void> {
  let text = '';
  for await (const chunk of stdin.setEncoding('utf8')) text += String(chunk);
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [command, ...given] = wordsOf(line);
    if (line.length >= LINE_BYTES || command !== 'add-generic-password')
      end(1, `security: unknown command "${line}"\n`);
    add(given);
  }
}

const [command, ...given] = words;
if (command === '-i' && given.length === 0) await interactive();
else if (command === 'find-generic-password') find(given);
else if (command === 'add-generic-password') end(99, 'the stand-in takes no password as an argument\n');
else end(USAGE, `security: unknown command "${command}"\n`);
