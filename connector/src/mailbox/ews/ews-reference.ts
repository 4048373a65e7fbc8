import type { MailboxMessage, MessageReference } from '../mailbox.ts';

/** Names an item and what kind of folder it lies in: a move gives an item another id, so the two stay together. */
export interface ItemReference {
  readonly id: string;
  readonly kind: MailboxMessage['folder'];
}

const REFERENCE = /^(sent|junk|other)\.([A-Za-z0-9+/=_-]{1,1024})$/;

export function formatReference({ kind, id }: ItemReference): MessageReference {
  return `${kind}.${id}`;
}

/** Undefined for what is none. */
export function parseReference(reference: MessageReference): ItemReference | undefined {
  const [, kind, id] = REFERENCE.exec(reference) ?? [];
  return kind === undefined || id === undefined ? undefined : { kind: kind as ItemReference['kind'], id };
}
