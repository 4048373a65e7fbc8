import type { ApiNames } from './api-names.ts';
import { holdsReference, type SalesforceRecord } from './field-value.ts';
import type { SalesforceWrite } from './salesforce.ts';
import { taskRecord } from './task-record.ts';
import { trackedEmailRecord, trackedRecipientRecords } from './tracked-email-record.ts';

/** sObject Collections takes at most 200 records in one request. */
export const COLLECTION_SIZE = 200;

/** One record on its way, and the key of the row it belongs to. Several records may belong to one row. */
export interface KeyedRecord {
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
 * The collections that write these rows, parents before what names them: tracked emails, their recipients, tasks.
 *
 * Tracked emails are upserted. Recipients and tasks are inserted, and one that is there already counts as written:
 * a recipient's master-detail parent may not be sent again in an update, and an update of a Task would lock its
 * parents and may not be the connector's to make. Rows with the same key are written once, since a collection that
 * names an external id twice is refused.
 */
export function collectionsFor(rows: readonly SalesforceWrite[], closedStatus: string, names: ApiNames): Collection[] {
  const { trackedEmail, trackedRecipient, task } = names;
  const once = [...new Map(rows.map((row) => [`${row.type} ${row.key}`, row])).values()];
  const mails = once.filter((row) => row.type === 'TrackedEmail');
  const tasks = once.filter((row) => row.type === 'Task');
  const emailRecords = mails.map(({ key, mail }) => ({ key, record: trackedEmailRecord(mail, names) }));
  const recipientRecords = mails.flatMap(({ key, mail }) =>
    trackedRecipientRecords(mail, names).map((record) => ({ key, record })),
  );
  const taskRecords = tasks.map(({ key, reply }) => ({ key, record: taskRecord(reply, closedStatus, names) }));
  return [
    ...collections('PATCH', `/${trackedEmail.object}/${trackedEmail.messageKey}`, trackedEmail.object, emailRecords),
    ...collections('POST', '', trackedRecipient.object, recipientRecords),
    ...collections('POST', '', task.object, taskRecords),
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
