/**
 * `npm run --silent evaluate -- MESSAGES.jsonl [--tracked IDS.txt] [--ids]`: what the rooms `mail` and `match` make of
 * a file of header fields. Nothing is decided here; only the fields that a mailbox is asked for are looked at.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { ActionableError } from '../connector/src/errors.ts';
import { fieldValue, fieldValues, type HeaderBlock, type HeaderField } from '../connector/src/mail/header-field.ts';
import { kindOf, type Kind } from '../connector/src/mail/kind.ts';
import type { MessageId } from '../connector/src/mail/message-id.ts';
import { extractMessageIds } from '../connector/src/mail/message-ids.ts';
import { derivedMessageId, ownMessageIds } from '../connector/src/mail/own-message-ids.ts';
import { READ_FIELDS } from '../connector/src/mail/read-fields.ts';
import { citedIds, type CitedId } from '../connector/src/match/cited-ids.ts';
import { matchReply, type KnownMail, type ReplyMatch } from '../connector/src/match/match-reply.ts';
import type { TrackedMail } from '../connector/src/match/tracked-mail.ts';

const USAGE = `usage: npm run --silent evaluate -- MESSAGES.jsonl [--tracked IDS.txt] [--ids]

  MESSAGES.jsonl   one JSON object a line: {"id": "...", "headers": [["Name", "raw value"], ...]}; may be gzipped
  --tracked FILE   Message-IDs of the sent mails, one a line, angle brackets optional; may be gzipped
  --ids            also print every Message-ID found in In-Reply-To and References

Prints one JSON object a line, in input order: {"id", "kind", "matches": [tracked Message-IDs, nearest first],
"matchedBy"}.
`;

/** Exit codes of sysexits(3). */
const EX_USAGE = 64;
const EX_DATAERR = 65;
const EX_NOINPUT = 66;

/** Lines that are written at once. */
const OUTPUT_BATCH = 5000;

/** What is kept of a message while the others are read. */
interface Message {
  readonly id: string;
  readonly ownIds: readonly MessageId[];
  readonly cited: readonly CitedId[];
  readonly sentAt: Date;
  readonly kind: Kind;
  /** Its kind if it turns out to answer a tracked mail. */
  readonly kindOfAnswer: Kind;
  readonly ids: readonly MessageId[] | undefined;
}

interface Flags {
  readonly messages: string;
  readonly tracked: string | undefined;
  readonly ids: boolean;
}

type KnownMails = Map<MessageId, KnownMail[]>;

const wantedNames = new Set(READ_FIELDS.map((name) => name.toLowerCase()));

function parseFlags(args: string[]): Flags | undefined {
  const options = { tracked: { type: 'string' }, ids: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (values.help) return undefined;
    const [messages, ...rest] = positionals;
    if (messages === undefined || rest.length > 0) throw new Error('Name exactly one file of messages.');
    return { messages, tracked: values.tracked, ids: values.ids ?? false };
  } catch (cause) {
    throw new ActionableError((cause as Error).message, [USAGE.trimEnd()], { cause, exitCode: EX_USAGE });
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of await openFile(file)) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
  } catch (cause) {
    const actions = ['Check the path, which is taken from the current folder, and that the file is whole.'];
    const problem = (cause as Error).message;
    throw new ActionableError(`${file} cannot be read: ${problem}`, actions, { cause, exitCode: EX_NOINPUT });
  }
  yield rest + decoder.end();
}

/** The bytes of a file, unpacked when it starts with gzip's magic number (RFC 1952 section 2.3.1). */
async function openFile(file: string): Promise<Readable> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  const stream = createReadStream(file);
  if (bytesRead < 2 || buffer.readUInt16BE() !== 0x1f8b) return stream;
  const unzip = createGunzip();
  stream.on('error', (error) => unzip.destroy(error)).pipe(unzip);
  return unzip;
}

function parseLine(line: string, place: string): { id: string; headers: HeaderBlock } {
  const refuse = (problem: string): never => {
    const actions = ['Each line is one JSON object: {"id": "...", "headers": [["Name", "raw value"], ...]}'];
    throw new ActionableError(`${place}: ${problem}`, actions, { exitCode: EX_DATAERR });
  };
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return refuse('not JSON.');
  }
  if (typeof row !== 'object' || row === null) return refuse('not a JSON object.');
  const { id, headers } = row as Record<string, unknown>;
  if (typeof id !== 'string') return refuse('"id" is missing or not a string.');
  if (!Array.isArray(headers) || !headers.every(isHeaderField))
    return refuse('"headers" is not a list of [name, value] pairs.');
  return { id, headers };
}

function isHeaderField(value: unknown): value is HeaderField {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

async function readMessages({ messages: file, ids: withIds }: Flags): Promise<Message[]> {
  const messages: Message[] = [];
  let lineNumber = 0;
  for await (const line of linesOf(file)) {
    lineNumber++;
    if (line.trim() !== '') messages.push(readMessage(parseLine(line, `${file} line ${lineNumber}`), withIds));
  }
  return messages;
}

function readMessage({ id, headers }: { id: string; headers: HeaderBlock }, withIds: boolean): Message {
  const block = headers.filter(([name]) => wantedNames.has(name.toLowerCase()));
  const ownIds = ownMessageIds(block);
  const names = ['In-Reply-To', 'References'];
  return {
    id,
    ownIds: ownIds.length > 0 ? ownIds : [derivedMessageId(block)],
    cited: citedIds(block),
    sentAt: new Date(Date.parse(fieldValue(block, 'Date') ?? '') || 0),
    kind: kindOf(block).kind,
    kindOfAnswer: kindOf(block, { answersTrackedMail: true }).kind,
    ids: withIds ? names.flatMap((name) => fieldValues(block, name)).flatMap(extractMessageIds) : undefined,
  };
}

async function readTrackedIds(file: string | undefined): Promise<Set<MessageId>> {
  const ids = new Set<MessageId>();
  if (file === undefined) return ids;
  for await (const line of linesOf(file)) {
    for (const id of extractMessageIds(line.includes('<') ? line : `<${line}>`)) ids.add(id);
  }
  return ids;
}

/** Registers each tracked mail under all its ids, as the Sent folder would. */
function register(messages: readonly Message[], tracked: ReadonlySet<MessageId>): KnownMails {
  const known: KnownMails = new Map();
  for (const { ownIds, sentAt } of messages) {
    const messageId = ownIds.find((id) => tracked.has(id));
    if (messageId === undefined || known.has(messageId)) continue;
    const mail: TrackedMail = { messageId, sentAt, ownerId: '', source: 'Sent Folder', recipients: [] };
    for (const id of ownIds) known.set(id, [{ role: id === messageId ? 'own' : 'rewritten', mail }]);
  }
  for (const messageId of tracked) {
    const mail: TrackedMail = { messageId, sentAt: new Date(0), ownerId: '', source: 'Sent Folder', recipients: [] };
    if (!known.has(messageId)) known.set(messageId, [{ role: 'own', mail }]);
  }
  return known;
}

function match(message: Message, known: KnownMails): ReplyMatch | undefined {
  return matchReply(
    message.cited,
    (id) => known.get(id) ?? [],
    () => message.ownIds,
  );
}

/** Makes the id of each answer an alias of the mails it answers, until no answer leads to a further mail. */
function addAliases(messages: readonly Message[], known: KnownMails): void {
  const citing = Map.groupBy(
    messages.flatMap((message) => message.cited.map(({ id }) => ({ id, message }))),
    ({ id }) => id,
  );
  const queue = new Set(messages);
  for (const message of queue) {
    queue.delete(message);
    const found = match(message, known);
    if (found === undefined) continue;
    for (const id of message.ownIds) {
      if (!addAlias(known, id, found)) continue;
      for (const { message: answer } of citing.get(id) ?? []) queue.add(answer);
    }
  }
}

/** True when the id led to fewer mails before. */
function addAlias(known: KnownMails, id: MessageId, { nearest, others }: ReplyMatch): boolean {
  const mails = known.get(id) ?? [];
  const reached = new Set(mails.map(({ mail }) => mail));
  const added = [nearest, ...others].filter(({ mail }) => !reached.has(mail));
  if (added.length > 0) known.set(id, [...mails, ...added.map(({ mail }) => ({ role: 'alias' as const, mail }))]);
  return added.length > 0;
}

function outputLine(message: Message, known: KnownMails): string {
  const found = match(message, known);
  const { id, kind, kindOfAnswer, ids } = message;
  return JSON.stringify({
    id,
    kind: found ? kindOfAnswer : kind,
    matches: found ? [found.nearest, ...found.others].map(({ mail }) => mail.messageId) : [],
    matchedBy: found?.nearest.field ?? null,
    ...(ids && { ids }),
  });
}

async function print(lines: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(`${lines.join('\n')}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

async function evaluate(args: string[]): Promise<void> {
  const flags = parseFlags(args);
  if (flags === undefined) return print([USAGE.trimEnd()]);
  const tracked = await readTrackedIds(flags.tracked);
  const messages = await readMessages(flags);
  const known = register(messages, tracked);
  addAliases(messages, known);
  for (let start = 0; start < messages.length; start += OUTPUT_BATCH) {
    await print(messages.slice(start, start + OUTPUT_BATCH).map((message) => outputLine(message, known)));
  }
}

// A reader that has seen enough, such as `head`, closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await evaluate(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ActionableError)) throw error;
  process.stderr.write([error.message, ...error.actions, ''].join('\n'));
  process.exitCode = error.exitCode;
}
