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

export function headerOf({ headers }: RawMessage, name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
}
