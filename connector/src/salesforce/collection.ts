import type { ApiNames } from './api-names.ts';
import { connectedMailboxRecord } from './connected-mailbox-record.ts';
import { holdsReference, type SalesforceRecord } from './field-value.ts';
import { replyTallyRecord } from './reply-tally-record.ts';
import type { SalesforceWrite } from './salesforce.ts';
import { taskRecord } from './task-record.ts';
import { trackedEmailRecord, trackedRecipientRecords } from './tracked-email-record.ts';

/** sObject Collections takes at most 200 records in one request. */
export const COLLECTION_SIZE = 200;

/** One record on its way, and the type and key of the row it belongs to. Several records may belong to one row. */
export interface KeyedRecord {
  readonly type: SalesforceWrite['type'];
  readonly key: string;
  readonly record: SalesforceRecord;
}

/** Up to 200 records of one object in one sObject Collections request. */
export interface Collection {
  readonly method: 'POST' | 'PATCH';
  /** Below `/services/data/vNN.N`. */
  readonly path: string;
  readonly object: string;
  readonly records: readonly KeyedRecord[];
  /** True when it may not travel in a Composite, which would read a key with `@{` in it as a reference. */
  readonly alone: boolean;
}

/**
 * The collections that write these rows, parents before what names them: tracked emails, their recipients, tasks. What
 * reports need comes last, so that it delays nothing.
 *
 * Tracked emails and mailboxes are upserted. Recipients and tasks are inserted, and one that is there already counts as
 * written: a recipient's master-detail parent may not be sent again in an update, and an update of a Task would lock its
 * parents and may not be the connector's to make. Rows with the same key are written once, since a collection that
 * names an external id twice is refused.
 */
export function collectionsFor(rows: readonly SalesforceWrite[], closedStatus: string, names: ApiNames): Collection[] {
  const { trackedEmail, trackedRecipient, task, connectedMailbox } = names;
  const once = [...new Map(rows.map((row) => [`${row.type} ${row.key}`, row])).values()];
  const recordsOf = <Type extends SalesforceWrite['type']>(
    type: Type,
    recordsFor: (row: SalesforceWrite & { type: Type }) => SalesforceRecord[],
  ): KeyedRecord[] =>
    once
      .filter((row): row is SalesforceWrite & { type: Type } => row.type === type)
      .flatMap((row) => recordsFor(row).map((record) => ({ type, key: row.key, record })));
  const mails = recordsOf('TrackedEmail', ({ mail }) => [trackedEmailRecord(mail, names)]);
  const recipients = recordsOf('TrackedEmail', ({ mail }) => trackedRecipientRecords(mail, names));
  const tasks = recordsOf('Task', ({ reply }) => [taskRecord(reply, closedStatus, names)]);
  const tallies = recordsOf('ReplyTally', ({ key, tally }) => [replyTallyRecord(key, tally, names)]);
  const mailboxes = recordsOf('ConnectedMailbox', ({ report }) => [connectedMailboxRecord(report, names)]);
  return [
    ...collections('PATCH', `/${trackedEmail.object}/${trackedEmail.messageKey}`, trackedEmail.object, mails),
    ...collections('POST', '', trackedRecipient.object, recipients),
    ...collections('POST', '', task.object, tasks),
    ...collections('PATCH', '', trackedEmail.object, tallies),
    ...collections(
      'PATCH',
      `/${connectedMailbox.object}/${connectedMailbox.mailboxKey}`,
      connectedMailbox.object,
      mailboxes,
    ),
  ];
}

function collections(
  method: Collection['method'],
  below: string,
  object: string,
  records: readonly KeyedRecord[],
): Collection[] {
  const together = records.filter(({ record }) => !holdsReference(record));
  const alone = records.filter(({ record }) => holdsReference(record));
  const collection = { method, path: `/composite/sobjects${below}`, object };
  return [
    ...chunks(together, COLLECTION_SIZE).map((chunk) => ({ ...collection, records: chunk, alone: false })),
    ...chunks(alone, COLLECTION_SIZE).map((chunk) => ({ ...collection, records: chunk, alone: true })),
  ];
}

/** Consecutive pieces of at most `size` items. */
export function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
