/** A message of HTTP as its sender wrote it: a first line, header fields, an empty line, a body. */
export interface HttpText {
  readonly firstLine: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Reads an input as a message of HTTP; header fields that none can have are left out. */
export function readHttpText(bytes: Uint8Array): HttpText {
  const text = Buffer.from(bytes).toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const [firstLine = '', ...lines] = (end === -1 ? text : text.slice(0, end)).split('\r\n');
  const headers = new Headers();
  for (const line of lines.slice(0, 50)) {
    const [, name = '', value = ''] = /^([\w-]+): *([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name !== '') headers.append(name, value);
  }
  return { firstLine, headers, body: end === -1 ? Buffer.alloc(0) : Buffer.from(text.slice(end + 4), 'latin1') };
}

/** The status in the first line of an answer; 200 where there is none. */
export function statusOf({ firstLine }: HttpText): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(firstLine)?.[1] ?? 200);
}

/** The JSON of a body as our clients read it; undefined for what is no JSON. */
export function jsonOf({ body }: HttpText): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** An answer as an input. */
export function answerText(
  status: number,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const fields = Object.entries({ 'content-type': 'application/json', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return inputOf(
    [`HTTP/1.1 ${status} X`, ...fields, '', typeof body === 'string' ? body : JSON.stringify(body)].join('\r\n'),
  );
}

/** The bytes of a text as inputs are written: in Latin-1. */
export function inputOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}
