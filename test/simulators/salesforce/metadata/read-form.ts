import { ApiError } from '../api-error.ts';

const MAX_PARTS = 10;

/** The parts of a multipart form by name (RFC 7578). Throws for a body that is none. */
export function readForm(contentType: string, bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const boundary = /boundary="?([^";]{1,70})"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new ApiError(400, 'INVALID_MULTIPART_REQUEST', 'The form has no boundary');
  const body = Buffer.from(bytes);
  const parts = new Map<string, Uint8Array>();
  let start = body.indexOf(`--${boundary}`);
  while (start >= 0 && parts.size < MAX_PARTS) {
    const end = body.indexOf(`\r\n--${boundary}`, start + 1);
    const head = body.indexOf('\r\n\r\n', start);
    if (end < 0 || head < 0 || head > end) break;
    const name = /name="([^"]{1,80})"/.exec(body.subarray(start, head).toString('latin1'))?.[1];
    if (name !== undefined) parts.set(name, body.subarray(head + 4, end));
    start = end + 2;
  }
  return parts;
}
