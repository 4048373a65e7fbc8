export type Header = readonly [name: string, value: string];

/** A message as it was given: header fields in order, unfolded, and its body, which is stored and never shown. */
export interface RawMessage {
  readonly headers: readonly Header[];
  readonly body: string;
}

/** Splits a message at its first empty line and unfolds its header fields (RFC 5322 section 2.2.3). */
export function parseRawMessage(raw: string): RawMessage {
  const end = /\r?\n\r?\n/.exec(raw);
  const block = end === null ? raw : raw.slice(0, end.index);
  const body = end === null ? '' : raw.slice(end.index + end[0].length);
  const lines = block.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/);
  const headers = lines.flatMap((line): Header[] => {
    const colon = line.indexOf(':');
    return colon > 0 ? [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]] : [];
  });
  return { headers, body };
}

/** A message that is made up whenever it is looked at, so that many of them take no memory. */
class MadeUpMessage implements RawMessage {
  readonly #write: () => string;

  constructor(write: () => string) {
    this.#write = write;
  }

  get headers(): readonly Header[] {
    return parseRawMessage(this.#write()).headers;
  }

  get body(): string {
    return parseRawMessage(this.#write()).body;
  }
}

/** The messages of a large inbox, one a minute up to now, oldest first. */
export function* madeUpMessages(
  count: number,
  write: (number: number) => string,
  now: Date,
): Generator<{ readonly message: RawMessage; readonly receivedAt: Date }> {
  for (let number = 0; number < count; number += 1) {
    const receivedAt = new Date(now.getTime() - (count - number) * 60_000);
    yield { message: new MadeUpMessage(() => write(number)), receivedAt };
  }
}

export function headerOf(message: RawMessage, name: string): string | undefined {
  return message.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
}

/** The message with every field of that name taken out, and the new one, if any, put first. */
export function withHeader(message: RawMessage, name: string, value?: string): RawMessage {
  const others = message.headers.filter(([known]) => known.toLowerCase() !== name.toLowerCase());
  return { ...message, headers: value === undefined ? others : [[name, value], ...others] };
}

export function formatRawMessage({ headers, body }: RawMessage): string {
  return `${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** Lower-case addresses of the recipients in To, Cc and Bcc. */
export function recipientsOf(message: RawMessage): string[] {
  const values = ['To', 'Cc', 'Bcc'].flatMap((name) => headerOf(message, name) ?? []);
  return [...new Set(values.flatMap((value) => value.match(/[^\s<>,;:"()]+@[^\s<>,;:"()]+/g) ?? []))].map((address) =>
    address.toLowerCase(),
  );
}

/** Message-IDs that a message answers, nearest first. */
export function answeredIds(message: RawMessage): string[] {
  const ids = (name: string): string[] => headerOf(message, name)?.match(/<[^<>\s]+>/g) ?? [];
  return [...ids('In-Reply-To'), ...ids('References').reverse()];
}

/** A subject without the prefixes of answers, as threading compares it. */
export function threadSubject(message: RawMessage): string {
  return (headerOf(message, 'Subject') ?? '')
    .replace(/^(?:\s*(?:re|fwd?|aw|wg)\s*:)+/i, '')
    .trim()
    .toLowerCase();
}
