import { messageKey } from '../../../connector/src/mail/message-id.ts';
import type { TrackedRecipient } from '../../../connector/src/match/tracked-mail.ts';
import type { Registration } from '../../../connector/src/store/store.ts';
import type { Context } from './mailboxes.ts';
import type { MailRecord, OutboxRecord } from './rows.ts';
import { storable } from './storable.ts';
import { addFresh, digestsOf } from './waiting-messages.ts';

const ADDRESS_LENGTH = 255;

/** Registers mails, their recipients and their ids, and adds to those that are known already. */
export async function saveRegistrations(context: Context, given: readonly Registration[], at: Date): Promise<void> {
  const registrations = given.map((registration) => storable(registration));
  if (registrations.length === 0) return;
  digestsOf(registrations.flatMap(({ ids }) => ids.map(({ digest }) => digest)));
  const keyed = Map.groupBy(registrations, ({ mail }) => messageKey(mail.messageId));
  await saveMails(context, keyed);
  const grown = await saveRecipients(context, keyed);
  await saveIds(context, keyed);
  await queueMails(context, keyed, { grown, at });
}

type Keyed = ReadonlyMap<string, readonly Registration[]>;

const mailLocks = (keyed: Keyed) => () => ({ exclusive: [...keyed.keys()].map((key) => `mail ${key}`) });

async function saveMails({ tx, tables, database }: Context, keyed: Keyed): Promise<void> {
  await tx.statement('save mails', mailLocks(keyed), () => {
    for (const [key, registrations] of keyed) {
      const said = mailSaid(key, registrations);
      const before = tx.get(tables.mails, key);
      const number = before?.number ?? database.next('mail');
      tx.set(tables.mails, key, before === undefined ? { ...said, number } : merged(before, said));
    }
  });
}

function mailSaid(key: string, registrations: readonly Registration[]): Omit<MailRecord, 'number'> {
  const mails = registrations.map(({ mail }) => mail);
  const first = mails[0]!;
  const known = mails.findLast(({ trackedEmailId }) => trackedEmailId !== undefined);
  const some = <Name extends 'subject' | 'senderAddress' | 'conversation'>(name: Name) => {
    const value = mails.find((mail) => mail[name] !== undefined)?.[name];
    return value === undefined ? {} : { [name]: value };
  };
  const { messageId, sentAt, source } = first;
  return {
    ...{ key, messageId, sentAt, source, ownerId: (known ?? first).ownerId },
    ...some('subject'),
    ...some('senderAddress'),
    ...some('conversation'),
    ...(known?.trackedEmailId !== undefined && { trackedEmailId: known.trackedEmailId }),
    expiresAt: registrations.map(({ expiresAt }) => expiresAt).reduce((a, b) => (a > b ? a : b)),
    recipients: [],
  };
}

/** What is there stays, but for the owner, whom Salesforce names. */
function merged(before: MailRecord, said: Omit<MailRecord, 'number'>): MailRecord {
  return {
    ...said,
    ...before,
    ownerId: said.trackedEmailId === undefined ? before.ownerId : said.ownerId,
    expiresAt: before.expiresAt > said.expiresAt ? before.expiresAt : said.expiresAt,
  };
}

/** Returns the keys of mails that have gained a recipient. */
async function saveRecipients({ tx, tables }: Context, keyed: Keyed): Promise<string[]> {
  return tx.statement('save recipients', mailLocks(keyed), () => {
    const grown: string[] = [];
    for (const [key, registrations] of keyed) {
      const row = tx.get(tables.mails, key);
      if (row === undefined) continue;
      const recipients = new Map(row.recipients.map((recipient) => [recipient.address, recipient]));
      for (const { address: long, ...said } of registrations.flatMap(({ mail }) => mail.recipients)) {
        const address = long.slice(0, ADDRESS_LENGTH);
        recipients.set(address, recipientOf(address, said, recipients.get(address)));
      }
      if (recipients.size > row.recipients.length) grown.push(key);
      tx.set(tables.mails, key, { ...row, recipients: [...recipients.values()].sort(inOrder) });
    }
    return grown;
  });
}

function recipientOf(
  address: string,
  said: Omit<TrackedRecipient, 'address'>,
  before: TrackedRecipient | undefined,
): TrackedRecipient {
  return { address, ...before, ...said, role: before?.role ?? said.role };
}

function inOrder(a: TrackedRecipient, b: TrackedRecipient): number {
  return a.role === b.role ? (a.address < b.address ? -1 : 1) : a.role === 'To' ? -1 : 1;
}

async function saveIds({ tx, tables, database }: Context, keyed: Keyed): Promise<void> {
  const ids = [...keyed].flatMap(([key, all]) => all.flatMap(({ ids: own }) => own.map((id) => ({ key, ...id }))));
  const place = ({ key, digest }: { key: string; digest: string }): string =>
    `${digest} ${tx.get(tables.mails, key)?.number ?? 0}`;
  await tx.statement(
    'save ids',
    () => ({ exclusive: ids.map((id) => `known ${place(id)}`) }),
    () => {
      const added: string[] = [];
      for (const id of ids) {
        const mail = tx.get(tables.mails, id.key)?.number;
        if (mail === undefined || tx.get(tables.knownIds, place(id)) !== undefined) continue;
        tx.set(tables.knownIds, place(id), { digest: id.digest, mail, role: id.role });
        added.push(id.digest);
      }
      addFresh({ tx, tables, database }, added);
    },
  );
}

interface Queued {
  readonly grown: readonly string[];
  readonly at: Date;
}

async function queueMails({ tx, tables, database }: Context, keyed: Keyed, { grown, at }: Queued): Promise<void> {
  const keys = [...keyed].filter(([, all]) => all.some(({ deliver }) => deliver)).map(([key]) => key);
  if (keys.length === 0) return;
  await tx.statement(
    'queue mails',
    () => ({ exclusive: keys.map((key) => `outbox TrackedEmail ${key}`) }),
    () => {
      for (const key of keys.sort()) {
        const before = tx.get(tables.outbox, `TrackedEmail ${key}`);
        const again = before?.state === 'delivered' && grown.includes(key);
        if (before !== undefined && !again) continue;
        const row = before ?? newItem({ number: database.next('outbox'), type: 'TrackedEmail', key, createdAt: at });
        tx.set(tables.outbox, `TrackedEmail ${key}`, { ...row, state: 'pending', attempts: 0, notBefore: undefined });
      }
    },
  );
}

export function newItem(item: Pick<OutboxRecord, 'number' | 'type' | 'key' | 'createdAt'>): OutboxRecord {
  return {
    ...item,
    ...{ state: 'pending', attempts: 0, reply: undefined, notBefore: undefined, reason: undefined },
    ...{ recordId: undefined, counted: undefined },
  };
}
