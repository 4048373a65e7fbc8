import { randomBytes } from 'node:crypto';

import type { Grant } from './answer.ts';
import type { Delivered, DeliveryOptions, GmailSimulatorOptions } from './gmail-simulator.ts';
import { createMailboxState, type MailboxState, type StoredMessage } from './mailbox-state.ts';
import type { Pubsub } from './pubsub.ts';
import { createQuota, DEFAULT_UNITS_PER_MINUTE } from './quota.ts';
import { parseRawMessage, type RawMessage } from '../raw-message.ts';
import { parseScopes } from './scopes.ts';
import { sendMessage } from './send-message.ts';

/** Every user and mailbox of the simulator, the access tokens that open them, and the mail between them. */
export interface PostOffice {
  /** What a bearer token stands for, as long as it is valid. */
  grantOf(token: string): Grant | undefined;
  mailboxOf(address: string): MailboxState;
  hasUser(address: string): boolean;
  /** Lets a user exist who has no Gmail. */
  addUserWithoutMail(address: string): void;
  /** Opens a mailbox with a token that does not expire, in place of former ones. */
  grant(address: string, grant: { readonly token: string; readonly scopes: readonly string[] }): void;
  /** A fresh token for a user, or for a service account that acts for nobody. */
  issue(address: string, scopes: readonly string[], lifeSeconds: number): string;
  revoke(address: string): void;
  isApiEnabled(): boolean;
  enableApi(enabled: boolean): void;
  deliver(address: string, messages: readonly Delivered[], options?: DeliveryOptions): StoredMessage[];
  send(sender: MailboxState, message: RawMessage, threadId: string | undefined): StoredMessage;
}

interface ExpiringGrant extends Grant {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export function createPostOffice(
  { now, rewriting, unitsPerMinute }: GmailSimulatorOptions,
  changed: Pubsub['changed'],
): PostOffice {
  const clock = now ?? ((): Date => new Date());
  const mailboxes = new Map<string, MailboxState>();
  const withoutMail = new Set<string>();
  const grants = new Map<string, ExpiringGrant>();
  let apiEnabled = true;
  let messageCount = 0;
  const nextMessageId = (): string => (FIRST_MESSAGE_ID + BigInt(++messageCount)).toString(16);

  function mailboxOf(address: string): MailboxState {
    const found = mailboxes.get(address.toLowerCase());
    if (found === undefined) throw new Error(`The Gmail simulator has no mailbox ${address}.`);
    return found;
  }

  function revoke(address: string): void {
    for (const [token, grant] of grants) if (grant.address === address.toLowerCase()) grants.delete(token);
  }

  function store(token: string, address: string, scopes: readonly string[], expiresAt: number): void {
    const key = address.toLowerCase();
    const known = [...grants.values()].find((grant) => grant.address === key);
    const quota = known?.quota ?? createQuota(unitsPerMinute ?? DEFAULT_UNITS_PER_MINUTE, clock);
    grants.set(token, { address: key, mailbox: mailboxes.get(key), scopes: parseScopes(scopes), quota, expiresAt });
  }

  return {
    grantOf: (token) => {
      const grant = grants.get(token);
      return grant !== undefined && clock().getTime() < grant.expiresAt ? grant : undefined;
    },
    mailboxOf,
    hasUser: (address) => mailboxes.has(address.toLowerCase()) || withoutMail.has(address.toLowerCase()),
    addUserWithoutMail: (address) => void withoutMail.add(address.toLowerCase()),
    revoke,
    isApiEnabled: () => apiEnabled,
    enableApi: (enabled) => {
      apiEnabled = enabled;
    },
    grant: (address, { token, scopes }) => {
      const key = address.toLowerCase();
      if (!mailboxes.has(key)) mailboxes.set(key, createMailboxState(key, nextMessageId, changed));
      revoke(key);
      store(token, key, scopes, Infinity);
    },
    issue: (address, scopes, lifeSeconds) => {
      const token = `ya29.${randomBytes(48).toString('base64url')}`;
      store(token, address, scopes, clock().getTime() + lifeSeconds * 1000);
      return token;
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
