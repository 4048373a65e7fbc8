import { unknownMailbox } from '../connect/connect-mailbox.ts';
import { ActionableError } from '../errors.ts';
import type { Explanation, ExplainRequest } from '../facade.ts';
import { fieldValue } from '../mail/header-field.ts';
import { authorOf } from '../mail/author.ts';
import { parseReadFields } from '../mail/header-block.ts';
import type { Mailbox, MailboxMessage } from '../mailbox/mailbox.ts';
import type { MailboxRow } from '../store/store.ts';
import { readMessage, readMessages, type ReadMessage } from '../sync/read-message.ts';
import { explainMessage, explainRemembered, type Explaining } from './explain-message.ts';

/** What explaining a request needs besides. */
export interface ExplainOptions extends Explaining {
  readonly rows: readonly MailboxRow[];
  readonly mailboxOf: (id: string) => Mailbox | undefined;
}

/** Stands for the mailbox when none is connected: a message can be explained before anything is set up. */
const NO_MAILBOX = { id: '0', ownerId: '' };

/**
 * Explains a message that is given as text, or one that was read before, by its Message-ID.
 *
 * @throws ActionableError when the text holds no header field or the mailbox is not connected.
 */
export async function explain(request: ExplainRequest, options: ExplainOptions): Promise<Explanation> {
  if ('headers' in request) {
    const { explanation } = await explainText(request.headers, request.mailbox, options);
    return explanation;
  }
  return explainId(request.messageId.trim().replace(/^<|>$/g, ''), options);
}

/** Explains a message that is given as text, as if the mailbox had just received it. */
export async function explainText(text: string, address: string | undefined, options: ExplainOptions) {
  const row = receivingMailbox(address, options.rows);
  const read = readMessage(messageOf(text, options));
  return { read, row, ...(await explainMessage(read, row ?? NO_MAILBOX, 'headers', options)) };
}

async function explainId(messageId: string, options: ExplainOptions): Promise<Explanation> {
  const { store, rows, mailboxOf } = options;
  const { place, waiting } = await store.messageFate(store.digest(messageId));
  const found = place ?? waiting;
  const row = rows.find(({ id }) => id === found?.mailboxId);
  const mailbox = row && mailboxOf(row.id);
  const read = found && mailbox && (await readAgain(messageId, found.reference, mailbox));
  if (read === undefined || row === undefined) return explainRemembered(messageId, options);
  return (await explainMessage(read, row, 'mailbox', options)).explanation;
}

/** Undefined when the message is gone, or the mailbox cannot be read now: what is remembered is explained instead. */
async function readAgain(messageId: string, reference: string, mailbox: Mailbox): Promise<ReadMessage | undefined> {
  const read = await mailbox.read([reference]).then(
    (messages) => readMessages(messages, mailbox),
    () => [],
  );
  return read.find((message) => message.messageId === messageId);
}

function receivingMailbox(address: string | undefined, rows: readonly MailboxRow[]): MailboxRow | undefined {
  if (address === undefined) return rows[0];
  const row = rows.find((candidate) => candidate.address.toLowerCase() === address.toLowerCase());
  if (row === undefined) throw unknownMailbox(address, rows);
  return row;
}

/** What one of our own addresses wrote counts as sent, since nobody says in which folder it lies. */
function messageOf(text: string, { ownSide, now }: ExplainOptions): MailboxMessage {
  const fields = parseReadFields(Buffer.from(text));
  if (fields.length === 0) {
    throw new ActionableError('The text holds no header field of a message.', [
      'Give the message as it was received: in most mail programs "Show original" or "Save as .eml".',
    ]);
  }
  const sent =
    ownSide.addresses.has(authorOf(fields)?.address ?? '') && fieldValue(fields, 'In-Reply-To') === undefined;
  return { reference: 'given as text', folder: sent ? 'sent' : 'other', receivedAt: now(), fields };
}
