import type { SObjectRecord } from '../record.ts';
import { normalizeId, recordId } from '../record-id.ts';
import type { OrgField } from '../schema/org-object.ts';

/** The rows of one org, in memory. Rows are replaced, never changed, so taking a change back is putting the old row. */
export interface Database {
  /** The stored row, deleted ones included; undefined when there never was one. */
  get(object: string, id: string): SObjectRecord | undefined;
  /** All rows of an object, deleted ones included. */
  rows(object: string): SObjectRecord[];
  put(object: string, row: SObjectRecord): void;
  /** Ids of the undeleted rows that carry this value in an indexed field. */
  idsByKey(object: string, field: OrgField, value: string | number | boolean): readonly string[];
  /** The next id of an object. Taking a transaction back does not give it back, as on the platform. */
  nextId(keyPrefix: string): string;
  /** The next number of an auto number field. */
  nextNumber(object: string, field: string): number;
  /** Marks the state; the returned function takes every later change back. */
  savepoint(): () => void;
  /** Runs a unit of work; every change is taken back when it throws. */
  transaction<T>(work: () => T): T;
  /**
   * Runs work when the outermost transaction has been committed, in the order given. A change that is taken back takes
   * the work that was ordered after it along. The work must not throw.
   */
  afterCommit(work: () => void): void;
}

interface Change {
  readonly object: string;
  readonly id: string;
  readonly before: SObjectRecord | undefined;
}

/** Fields by which rows are found without looking at all of them. */
export function isIndexed({ unique, externalId, type }: OrgField): boolean {
  return unique || externalId || type === 'reference';
}

/** How a key is compared: text without case unless the field says otherwise (Metadata API, `caseSensitive`), ids by 18 characters. */
function keyOf(field: OrgField, value: string | number | boolean): string {
  if (field.type === 'reference') return normalizeId(String(value)) ?? String(value);
  return typeof value === 'string' && !field.caseSensitive ? value.toLowerCase() : String(value);
}

/** An empty database. `keysOf` names the indexed fields of an object. */
export function createDatabase(keysOf: (object: string) => readonly OrgField[]): Database {
  const tables = new Map<string, Map<string, SObjectRecord>>();
  const index = createKeyIndex(keysOf);
  const counters = new Map<string, number>();
  const changes: Change[] = [];
  const later: (() => void)[] = [];
  let depth = 0;

  const table = (object: string): Map<string, SObjectRecord> => {
    const name = object.toLowerCase();
    const found = tables.get(name) ?? new Map<string, SObjectRecord>();
    tables.set(name, found);
    return found;
  };
  const replace = (object: string, id: string, row: SObjectRecord | undefined): void => {
    index.remove(object, table(object).get(id));
    if (row === undefined) table(object).delete(id);
    else table(object).set(id, row);
    index.add(object, row);
  };
  const count = (key: string): number => {
    const next = (counters.get(key) ?? 0) + 1;
    counters.set(key, next);
    return next;
  };
  const savepoint = (): (() => void) => {
    const mark = changes.length;
    const ordered = later.length;
    return () => {
      later.length = Math.min(later.length, ordered);
      while (changes.length > mark) {
        const { object, id, before } = changes.pop()!;
        replace(object, id, before);
      }
    };
  };
  const committed = (): void => {
    changes.length = 0;
    for (let work = later.shift(); work !== undefined; work = later.shift()) work();
  };
  return {
    get: (object, id) => table(object).get(id),
    rows: (object) => [...table(object).values()],
    put(object, row) {
      const id = String(row['Id']);
      changes.push({ object, id, before: table(object).get(id) });
      replace(object, id, row);
    },
    idsByKey: index.find,
    nextId: (keyPrefix) => recordId(keyPrefix, count(`id ${keyPrefix}`)),
    nextNumber: (object, field) => count(`number ${object}.${field}`),
    savepoint,
    transaction(work) {
      const undo = savepoint();
      depth += 1;
      try {
        return work();
      } catch (error) {
        undo();
        throw error;
      } finally {
        depth -= 1;
        if (depth === 0) committed();
      }
    },
    afterCommit: (work) => void later.push(work),
  };
}

interface KeyIndex {
  readonly add: (object: string, row: SObjectRecord | undefined) => void;
  readonly remove: (object: string, row: SObjectRecord | undefined) => void;
  readonly find: (object: string, field: OrgField, value: string | number | boolean) => readonly string[];
}

function createKeyIndex(keysOf: (object: string) => readonly OrgField[]): KeyIndex {
  const entries = new Map<string, Set<string>>();
  const keysOfRow = (object: string, row: SObjectRecord): string[] =>
    keysOf(object).flatMap((field) => {
      const value = row[field.name] ?? null;
      return value === null ? [] : [entryKey(object, field, value)];
    });
  return {
    add(object, row) {
      if (row === undefined || row['IsDeleted'] === true) return;
      for (const key of keysOfRow(object, row)) {
        const ids = entries.get(key) ?? new Set();
        entries.set(key, ids.add(String(row['Id'])));
      }
    },
    remove(object, row) {
      if (row === undefined) return;
      for (const key of keysOfRow(object, row)) entries.get(key)?.delete(String(row['Id']));
    },
    find: (object, field, value) => [...(entries.get(entryKey(object, field, value)) ?? [])],
  };
}

function entryKey(object: string, field: OrgField, value: string | number | boolean): string {
  return JSON.stringify([object.toLowerCase(), field.name.toLowerCase(), keyOf(field, value)]);
}
