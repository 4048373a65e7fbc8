import type { TrackedMail } from '../../../connector/src/match/tracked-mail.ts';
import type { Digest, KnownId } from '../../../connector/src/store/store.ts';
import type { MailRecord, Tables } from './rows.ts';

export function trackedMailOf({ number: _number, key: _key, expiresAt: _expiresAt, ...mail }: MailRecord): TrackedMail {
  return mail;
}

/** The tracked mails that these ids lead to. */
export function readKnownIds(tables: Tables, digests: readonly Digest[]): Map<Digest, KnownId[]> {
  const wanted = new Set(digests);
  const found = new Map<Digest, KnownId[]>();
  if (wanted.size === 0) return found;
  const mails = new Map([...tables.mails.values()].map((mail) => [mail.number, mail]));
  const rows = [...tables.knownIds.values()].filter(({ digest }) => wanted.has(digest));
  for (const { digest, mail, role } of rows.sort((a, b) => a.mail - b.mail)) {
    const record = mails.get(mail);
    if (record === undefined) continue;
    found.set(digest, [...(found.get(digest) ?? []), { role, mail: trackedMailOf(record) }]);
  }
  return found;
}

/** The mails of one owner to any of these addresses since an instant, latest first. */
export function readMailsTo(
  tables: Tables,
  addresses: readonly string[],
  { ownerId, since }: { readonly ownerId: string; readonly since: Date },
): TrackedMail[] {
  return [...tables.mails.values()]
    .filter((mail) => mail.ownerId === ownerId && mail.sentAt >= since)
    .filter(({ recipients }) => recipients.some(({ address }) => addresses.includes(address)))
    .sort((a, b) => b.sentAt.getTime() - a.sentAt.getTime() || a.number - b.number)
    .map(trackedMailOf);
}
