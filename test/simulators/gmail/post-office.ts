import type { Grant } from './answer.ts';
import type { Delivered, DeliveryOptions, GmailSimulatorOptions } from './gmail-simulator.ts';
import { createMailboxState, type MailboxState, type StoredMessage } from './mailbox-state.ts';
import { createQuota, DEFAULT_UNITS_PER_MINUTE } from './quota.ts';
import { parseRawMessage, type RawMessage } from './raw-message.ts';
import { parseScopes } from './scopes.ts';
import { sendMessage } from './send-message.ts';

/** Every mailbox of the simulator, the tokens that open them, and the mail between them. */
export interface PostOffice {
  /** By bearer token. */
  readonly grants: ReadonlyMap<string, Grant>;
  mailboxOf(address: string): MailboxState;
  grant(address: string, grant: { readonly token: string; readonly scopes: readonly string[] }): void;
  revoke(address: string): void;
  deliver(address: string, messages: readonly Delivered[], options?: DeliveryOptions): StoredMessage[];
  send(sender: MailboxState, message: RawMessage, threadId: string | undefined): StoredMessage;
}

export function createPostOffice({ now, rewriting, unitsPerMinute }: GmailSimulatorOptions): PostOffice {
  const clock = now ?? ((): Date => new Date());
  const mailboxes = new Map<string, MailboxState>();
  const grants = new Map<string, Grant>();
  let messageCount = 0;
  const nextMessageId = (): string => (FIRST_MESSAGE_ID + BigInt(++messageCount)).toString(16);

  function mailboxOf(address: string): MailboxState {
    const found = mailboxes.get(address.toLowerCase());
    if (found === undefined) throw new Error(`The Gmail simulator has no mailbox ${address}.`);
    return found;
  }

  function revoke(address: string): void {
    for (const [token, { mailbox }] of grants) if (mailbox.address === address.toLowerCase()) grants.delete(token);
  }

  return {
    grants,
    mailboxOf,
    revoke,
    grant: (address, { token, scopes }) => {
      const key = address.toLowerCase();
      const mailbox = mailboxes.get(key) ?? createMailboxState(key, nextMessageId);
      mailboxes.set(key, mailbox);
      revoke(key);
      const quota = createQuota(unitsPerMinute ?? DEFAULT_UNITS_PER_MINUTE, clock);
      grants.set(token, { mailbox, scopes: parseScopes(scopes), quota });
    },
    deliver: (address, messages, { labels = ['INBOX', 'UNREAD'], receivedAt = clock() } = {}) =>
      mailboxOf(address).add(...messages.map((message) => ({ message: messageOf(message), labels, receivedAt }))),
    send: (sender, message, threadId) => {
      const messageId = `<CA+${nextMessageId()}@mail.gmail.com>`;
      const sending = { sender, mailboxes, rewriting: rewriting ?? 'drop', sentAt: clock(), messageId };
      return sendMessage(message, threadId, sending);
    },
  };
}

/** Ids are sixteen hexadecimal digits, as Gmail's are. */
const FIRST_MESSAGE_ID = 0x18c0_0000_0000_0000n;

export function messageOf(message: Delivered): RawMessage {
  return typeof message === 'string' ? parseRawMessage(message) : { headers: message, body: '' };
}
