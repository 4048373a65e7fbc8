import type { Sql } from './database.ts';
import type { Digest, Enrolment, MatchedMessage, Registration } from './store.ts';

/** Whoever writes what concerns people holds it shared, whoever erases one alone. */
const LOCK = 5_217_421;

/** The keyed hash of an address, which is no hash of any Message-ID. */
export type AddressDigest = (address: string) => Digest;

/** The digest by which an erased person is recognised: of an address, or of the id of a Contact or Lead. */
export function personDigests(
  { addresses, ids }: { readonly addresses: readonly string[]; readonly ids: readonly string[] },
  digest: AddressDigest,
): Digest[] {
  return [...addresses.map((address) => digest(address.toLowerCase())), ...ids.map((id) => digest(`id ${id}`))];
}

export async function lockForErasure(tx: Sql): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
}

interface Named {
  readonly registrations?: readonly Registration[];
  readonly matched?: readonly MatchedMessage[];
  readonly enrolments?: readonly Enrolment[];
}

/** Tells of an address or id whether it is that of a person who was erased. */
export interface Erased {
  readonly address: (address: string) => boolean;
  readonly id: (id: string | undefined) => boolean;
}

/**
 * Looks up who of the people that are to be written was erased. The lock is a statement of its own, so that the look-up
 * sees an erasure that it waited for.
 */
export async function erasedAmong(tx: Sql, named: Named, digest: AddressDigest): Promise<Erased> {
  const { registrations = [], matched = [], enrolments = [] } = named;
  const recipients = registrations.flatMap(({ mail }) => mail.recipients);
  const replies = matched.flatMap((message) => message.replies);
  const addresses = [...recipients, ...enrolments]
    .map(({ address }) => address)
    .concat(replies.map(({ from }) => from));
  const ids = [...recipients, ...replies, ...enrolments].flatMap(({ personId }) => personId ?? []);
  if (addresses.length + ids.length === 0) return { address: () => false, id: () => false };
  await tx.query('select pg_advisory_xact_lock_shared($1)', [LOCK]);
  const rows = await tx.query<{ digest: Digest }>(
    'select digest::text from erased_person where digest = any($1::uuid[])',
    [personDigests({ addresses, ids }, digest)],
  );
  const erased = new Set(rows.map((row) => row.digest));
  return {
    address: (address) => erased.size > 0 && erased.has(digest(address.toLowerCase())),
    id: (id) => erased.size > 0 && id !== undefined && erased.has(digest(`id ${id}`)),
  };
}

/** Registrations without recipients who were erased; a mail to nobody else is left out. */
export function registrationsWithout(registrations: readonly Registration[], erased: Erased): Registration[] {
  return registrations.flatMap((registration) => {
    const { recipients } = registration.mail;
    const left = recipients.filter(({ address, personId }) => !erased.address(address) && !erased.id(personId));
    if (left.length === recipients.length) return [registration];
    return left.length === 0 ? [] : [{ ...registration, mail: { ...registration.mail, recipients: left } }];
  });
}

/** Answers without replies of, or for, people who were erased; an answer that has no other is left out. */
export function matchedWithout(matched: readonly MatchedMessage[], erased: Erased): MatchedMessage[] {
  return matched.flatMap((message) => {
    const replies = message.replies.filter(({ from, personId }) => !erased.address(from) && !erased.id(personId));
    if (replies.length === message.replies.length) return [message];
    const latches = message.latches.filter((person) => !erased.id(person));
    return replies.length === 0 ? [] : [{ ...message, replies, latches }];
  });
}

export function enrolmentsWithout(enrolments: readonly Enrolment[], erased: Erased): Enrolment[] {
  return enrolments.filter(({ address, personId }) => !erased.address(address) && !erased.id(personId));
}

/** Whether the person of this id was erased: nobody may write to such a person by a machine. */
export async function isErased(sql: Sql, personId: string, digest: AddressDigest): Promise<boolean> {
  const rows = await sql.query('select 1 from erased_person where digest = $1::uuid', [digest(`id ${personId}`)]);
  return rows.length > 0;
}
