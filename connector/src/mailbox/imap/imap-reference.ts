import type { MessageReference } from '../mailbox.ts';

/** One message of one folder, as long as the folder's UIDs stay valid (RFC 9051 section 2.3.1.1). */
export interface ImapReference {
  readonly folder: string;
  readonly uidValidity: string;
  readonly uid: number;
}

/** `UIDVALIDITY.UID.folder`: the folder last, because its name may hold anything. */
export function formatReference({ folder, uidValidity, uid }: ImapReference): MessageReference {
  return `${uidValidity}.${uid}.${folder}`;
}

/** What a reference names, or undefined for a text that is none of ours. */
export function parseReference(reference: MessageReference): ImapReference | undefined {
  const [numbers = '', uidValidity, uid] = /^(\d{1,20})\.([1-9]\d{0,9})\./.exec(reference) ?? [];
  const folder = reference.slice(numbers.length);
  if (!uidValidity || !uid || !folder) return undefined;
  return { folder, uidValidity, uid: Number(uid) };
}
