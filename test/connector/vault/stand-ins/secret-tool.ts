/**
 * Stands in for secret-tool(1) of libsecret 0.20: the same arguments, streams and exit codes, and entries in the file
 * that KEYCHAIN_FILE names instead of a Secret Service. Without that variable it is a session without D-Bus. Every
 * argument that it is called with is noted in a file beside it. What it does not know ends it with 99.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { exit, env, stdin, stdout, stderr } from 'node:process';

const end = (code: number, complaint = ''): never => {
  stderr.write(complaint);
  exit(code);
};
const usage = (problem: string): never => end(2, `secret-tool: ${problem}\nusage: secret-tool store ...\n`);

const [action, ...rest] = process.argv.slice(2);
const file = env['KEYCHAIN_FILE'] ?? end(1, 'secret-tool: Cannot autolaunch D-Bus without X11 $DISPLAY\n');
appendFileSync(`${file}.arguments`, `${process.argv.slice(2).join(' ')}\n`);

const entries = (): Record<string, string> =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};

/** Attributes in any order name the same entry. */
function entryOf(attributes: readonly string[]): string {
  if (attributes.length === 0 || attributes.length % 2 === 1) return usage('must specify attribute and value pairs');
  const pairs = attributes.flatMap((name, index) => (index % 2 === 0 ? [`${name}=${attributes[index + 1]}`] : []));
  return pairs.toSorted().join(' ');
}

async function store([label, ...attributes]: readonly string[]): Promise<void> {
  if (!label?.startsWith('--label=')) usage('must specify a label for the new item');
  const entry = entryOf(attributes);
  let secret = '';
  for await (const chunk of stdin.setEncoding('utf8')) secret += String(chunk);
  writeFileSync(file, JSON.stringify({ ...entries(), [entry]: secret }), { mode: 0o600 });
}

function lookup(attributes: readonly string[]): void {
  const secret = entries()[entryOf(attributes)];
  if (secret === undefined) exit(1);
  stdout.write(secret);
}

if (action === 'store') await store(rest);
else if (action === 'lookup') lookup(rest);
else end(99, `the stand-in does not know ${action}\n`);
