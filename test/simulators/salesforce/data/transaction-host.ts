import type { FlowHost, FlowQuery, RowOutcome } from '../flow-host.ts';
import { normalizeId } from '../record-id.ts';
import type { SObjectRecord } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { grantsOf } from './access.ts';
import { deleteRows } from './delete-rows.ts';
import { findRows } from './flow-query.ts';
import { wholeRecord } from './formula-fields.ts';
import { saveBatch } from './save-batch.ts';
import type { Transaction } from './transaction.ts';

const BATCH = 200;

/** What flows, formulas and validation rules of one transaction see of the database. */
export function createHost(transaction: Transaction): FlowHost {
  const { org } = transaction;
  const objectOf = (name: string): OrgObject => {
    const object = findObject(org.metadata, name);
    if (object === undefined) throw new Error(`A flow names the object ${name}, which the org does not have`);
    return object;
  };
  const find = (query: FlowQuery): SObjectRecord[] => {
    const rows = findRows(org.database, host, objectOf(query.object), query);
    transaction.use('rowsRead', rows.length);
    return rows;
  };
  const dml = (rows: readonly unknown[], work: (inner: Transaction) => RowOutcome[]): RowOutcome[] => {
    if (rows.length === 0) return [];
    transaction.use('statements', 1);
    return transaction.nested(work);
  };
  const save = (operation: 'create' | 'update', name: string, records: readonly SObjectRecord[]): RowOutcome[] =>
    dml(records, (inner) =>
      inBatches(records).flatMap((batch) => saveBatch(inner, host, operation, objectOf(name), batch)),
    );
  const host: FlowHost = {
    schema: (name) => findObject(org.metadata, name),
    find(query) {
      transaction.use('queries', 1);
      return find(query);
    },
    findMany(queries) {
      transaction.use('queries', 1);
      return queries.map(find);
    },
    read(name, id) {
      const row = org.database.get(name, normalizeId(id) ?? id);
      return row === undefined || row['IsDeleted'] === true ? undefined : wholeRecord(objectOf(name), row, host);
    },
    savepoint: () => org.database.savepoint(),
    hasPermission: (name) =>
      grantsOf(org, transaction.user.userId).some(({ customPermissions }) => customPermissions.has(name.toLowerCase())),
    insert: (name, records) => save('create', name, records),
    update: (name, records) => save('update', name, records),
    delete: (name, ids) => dml(ids, (inner) => deleteRows(inner, objectOf(name), ids)),
    flow: (name) => org.metadata.flows.get(name.toLowerCase()),
    customMetadata: (name, developerName) =>
      org.database.rows(objectOf(name).name).find((row) => row['DeveloperName'] === developerName),
    notify: (notification) => org.database.afterCommit(() => void org.notifications.push(notification)),
    now: org.now,
    userId: transaction.user.userId,
  };
  return host;
}

function inBatches<T>(rows: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < rows.length; start += BATCH) batches.push(rows.slice(start, start + BATCH));
  return batches;
}
