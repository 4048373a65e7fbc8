import type { Collection, KeyedRecord } from './collection.ts';
import { foreignArray, foreignObject, foreignText, type ForeignObject } from './foreign-json.ts';

/** A Composite takes at most five collections (and 25 subrequests in all); it is one API call. */
const COLLECTIONS_PER_COMPOSITE = 5;

/** The collections of each call, in the order in which the calls have to be made. */
export function callsFor(collections: readonly Collection[]): Collection[][] {
  const calls: Collection[][] = [];
  for (const collection of collections) {
    const last = calls.at(-1);
    const fits = last !== undefined && last.length < COLLECTIONS_PER_COMPOSITE && last[0]?.alone === false;
    if (fits && !collection.alone) last.push(collection);
    else calls.push([collection]);
  }
  return calls;
}

/**
 * The body of one Composite call. Nothing is all-or-none: one bad row may not hold up its neighbours. Collation is
 * off because the platform may then reorder subrequests, and a parent has to be there before its children.
 */
export function compositeBody(collections: readonly Collection[], apiVersion: string): object {
  return {
    allOrNone: false,
    collateSubrequests: false,
    compositeRequest: collections.map(({ method, path, object, records }, index) => ({
      method,
      url: `/services/data/v${apiVersion}${path}`,
      referenceId: referenceId(index),
      body: collectionBody({ object, records }),
    })),
  };
}

/** The body of one sObject Collections request. */
export function collectionBody({ object, records }: Pick<Collection, 'object' | 'records'>): object {
  return {
    allOrNone: false,
    records: records.map(({ record }) => ({ attributes: { type: object }, ...record })),
  };
}

/** What the platform said of one record. */
export interface RecordAnswer extends Pick<KeyedRecord, 'type' | 'key'> {
  readonly object: string;
  readonly recordId: string | undefined;
  readonly refusal: Refusal | undefined;
}

/** Why a record, or the whole collection it was in, was refused. */
export interface Refusal {
  readonly errorCode: string;
  readonly message: string;
  /** True when the platform refused the collection as a whole and looked at no record. */
  readonly whole: boolean;
}

/**
 * The answers to all records of a Composite call, or undefined when the answer is not one of a Composite: then
 * nothing may be taken as written.
 */
export function readComposite(collections: readonly Collection[], answer: unknown): RecordAnswer[] | undefined {
  const subresponses = foreignArray(foreignObject(answer)?.['compositeResponse'])?.map(foreignObject);
  if (subresponses?.length !== collections.length) return undefined;
  const byReference = new Map(subresponses.map((subresponse) => [subresponse?.['referenceId'], subresponse]));
  const answers = collections.map((collection, index) =>
    readCollection(collection, byReference.get(referenceId(index))),
  );
  return answers.includes(undefined) ? undefined : answers.flatMap((part) => part ?? []);
}

function readCollection(collection: Collection, subresponse: ForeignObject | undefined): RecordAnswer[] | undefined {
  const status = subresponse?.['httpStatusCode'];
  if (typeof status !== 'number') return undefined;
  if (status < 400) return readCollectionBody(collection, subresponse?.['body']);
  return refuseAll(collection, wholeRefusal(foreignObject(foreignArray(subresponse?.['body'])?.[0]), status));
}

/** The answers to the records of one accepted sObject Collections request, in its order; undefined as above. */
export function readCollectionBody(collection: Collection, body: unknown): RecordAnswer[] | undefined {
  const results = foreignArray(body)?.map(foreignObject);
  if (results?.length !== collection.records.length) return undefined;
  const answers = collection.records.map((record, index) => readRecord(record, collection.object, results[index]));
  return answers.includes(undefined) ? undefined : answers.flatMap((answer) => answer ?? []);
}

/** The same refusal for every record of a collection. */
export function refuseAll({ object, records }: Collection, refusal: Refusal): RecordAnswer[] {
  return records.map(({ type, key }) => ({ type, key, object, recordId: undefined, refusal }));
}

function wholeRefusal(error: ForeignObject | undefined, status: number): Refusal {
  return {
    errorCode: foreignText(error?.['errorCode']) ?? `ERROR_HTTP_${status}`,
    message: foreignText(error?.['message']) ?? `HTTP ${status} without an explanation`,
    whole: true,
  };
}

function readRecord(
  { type, key }: KeyedRecord,
  object: string,
  result: ForeignObject | undefined,
): RecordAnswer | undefined {
  if (result?.['success'] === true) {
    return { type, key, object, recordId: foreignText(result['id']), refusal: undefined };
  }
  const errors = foreignArray(result?.['errors'])?.map(foreignObject);
  const errorCode = foreignText(errors?.[0]?.['statusCode']);
  if (result?.['success'] !== false || errors === undefined || errorCode === undefined) return undefined;
  const message = errors.map((error) => foreignText(error?.['message']) ?? '').join('; ');
  return { type, key, object, recordId: undefined, refusal: { errorCode, message, whole: false } };
}

function referenceId(index: number): string {
  return `collection${index}`;
}
