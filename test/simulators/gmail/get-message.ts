import { metadataScopeRefuses, notFound } from './google-error.ts';
import type { MailboxState, StoredMessage } from './mailbox-state.ts';
import { single, type Parameters } from './parameters.ts';
import { formatRawMessage, headerOf } from '../raw-message.ts';
import type { Scope } from './scopes.ts';

/** users.messages.get in its four formats; a token that holds the metadata scope never gets a body. */
export function getMessage(
  mailbox: MailboxState,
  id: string,
  parameters: Parameters,
  scopes: ReadonlySet<Scope>,
): object {
  const format = (single(parameters, 'format') ?? 'full').toLowerCase();
  if (scopes.has('gmail.metadata') && (format === 'full' || format === 'raw')) {
    throw metadataScopeRefuses(`doesn't allow format ${format.toUpperCase()}`);
  }
  const stored = mailbox.messages.get(id);
  if (stored === undefined) throw notFound();
  return { ...resource(stored), ...contentOf(stored, format, parameters.get('metadataHeaders')) };
}

/** What every format shows. */
function resource(stored: StoredMessage): object {
  const { id, threadId, labelIds, internalDate, historyId, message } = stored;
  return {
    id,
    threadId,
    labelIds: [...labelIds],
    snippet: message.body.replace(/\s+/g, ' ').trim().slice(0, 200),
    historyId: String(historyId),
    internalDate: String(internalDate),
    sizeEstimate: formatRawMessage(message).length,
  };
}

function contentOf(stored: StoredMessage, format: string, metadataHeaders: readonly string[] | undefined): object {
  const { message } = stored;
  if (format === 'minimal') return {};
  if (format === 'raw') return { raw: Buffer.from(formatRawMessage(message)).toString('base64url') };
  const mimeType = (headerOf(message, 'Content-Type') ?? 'text/plain').split(';')[0]!.trim().toLowerCase();
  const wanted = format === 'metadata' ? metadataHeaders?.map((name) => name.toLowerCase()) : undefined;
  const headers = message.headers
    .filter(([name]) => wanted === undefined || wanted.includes(name.toLowerCase()))
    .map(([name, value]) => ({ name, value }));
  if (format === 'metadata') return { payload: { mimeType, headers } };
  const data = Buffer.from(message.body).toString('base64url');
  return { payload: { partId: '', mimeType, filename: '', headers, body: { size: message.body.length, data } } };
}
