import { hash } from 'node:crypto';
import type { HeaderBlock } from '../mail/header-field.ts';
import { idsNamedIn } from '../mail/message-ids.ts';

/**
 * Task.ReplyKey__c: hex SHA-256 over the reply's own Message-ID (as `messageHash`) and the person it counts for, or
 * else the root of its thread. Mailbox and folder are no part of it, so one reply seen in three mailboxes is one Task.
 */
export function replyKey(messageHash: string, personOrRoot: string): string {
  return hash('sha256', `${messageHash}:${personOrRoot}`);
}

/** The first id of References, else of In-Reply-To, else the tracked mail's message key. */
export function threadRoot(block: HeaderBlock, messageKey: string): string {
  for (const name of ['References', 'In-Reply-To']) {
    const id = idsNamedIn(block, name)[0];
    if (id !== undefined) return id;
  }
  return messageKey;
}
