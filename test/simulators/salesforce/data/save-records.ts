import type { RowOutcome } from '../flow-host.ts';
import type { Org, RunningUser, TransactionUse } from '../org.ts';
import type { SaveError } from '../record.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { deleteRows } from './delete-rows.ts';
import { createHost } from './transaction-host.ts';
import { saveBatch, type GivenRow } from './save-batch.ts';
import { beginTransaction, LimitError, type Transaction } from './transaction.ts';

const BATCH = 200;

/** What other rows of an all-or-none request are told when one is refused. */
export const ROLLED_BACK: SaveError = {
  statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
  fields: [],
};

/** A write that a request asks for; the rows are all of one object. */
export interface Write<Row> {
  readonly org: Org;
  readonly user: RunningUser;
  readonly object: OrgObject;
  readonly rows: readonly Row[];
  readonly allOrNone: boolean;
}

/** Creates or updates the rows of one request, each 200 in a transaction of their own; outcomes in the order given. */
export function saveRecords(operation: 'create' | 'update', write: Write<GivenRow>): RowOutcome[] {
  return inTransactions(write, operation, (transaction, rows) =>
    saveBatch(transaction, createHost(transaction), operation, write.object, rows),
  );
}

/** Deletes records by id; outcomes in the order given. */
export function deleteRecords(write: Write<string>): RowOutcome[] {
  return inTransactions(write, 'delete', (transaction, ids) => deleteRows(transaction, write.object, ids));
}

/** Takes a unit of work back when it throws this; the outcomes are already known. */
class AllOrNone extends Error {}

function inTransactions<Row>(
  write: Write<Row>,
  operation: TransactionUse['operation'],
  work: (transaction: Transaction, rows: readonly Row[]) => RowOutcome[],
): RowOutcome[] {
  const { org, rows, allOrNone } = write;
  const outcomes: RowOutcome[] = [];
  try {
    org.database.transaction(() => {
      for (let start = 0; start < rows.length; start += BATCH) {
        outcomes.push(...inTransaction({ ...write, rows: rows.slice(start, start + BATCH) }, operation, work));
      }
      if (allOrNone && outcomes.some((outcome) => 'errors' in outcome)) throw new AllOrNone();
    });
    return outcomes;
  } catch (error) {
    if (!(error instanceof AllOrNone)) throw error;
    return outcomes.map((outcome) => ('errors' in outcome ? outcome : { errors: [ROLLED_BACK] }));
  }
}

function inTransaction<Row>(
  { org, user, object, rows }: Write<Row>,
  operation: TransactionUse['operation'],
  work: (transaction: Transaction, rows: readonly Row[]) => RowOutcome[],
): RowOutcome[] {
  const undo = org.database.savepoint();
  const transaction = beginTransaction(org, user);
  try {
    return work(transaction, rows);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    undo();
    const refused: SaveError = { statusCode: 'CANNOT_EXECUTE_FLOW_TRIGGER', message: error.message, fields: [] };
    return rows.map(() => ({ errors: [refused] }));
  } finally {
    org.transactions.push({ object: object.name, operation, rows: rows.length, ...transaction.used });
  }
}
