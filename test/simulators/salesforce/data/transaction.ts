import type { Org, RunningUser } from '../org.ts';
import { accessOf, type Access } from './access.ts';

/** Limits of one transaction (Apex Developer Guide, "Per-Transaction Apex Limits"; they hold for flows too). */
const LIMITS = { queries: 100, rowsRead: 50_000, statements: 150, rowsWritten: 10_000 } as const;
const NAMES = {
  queries: 'Too many SOQL queries',
  rowsRead: 'Too many query rows',
  statements: 'Too many DML statements',
  rowsWritten: 'Too many DML rows',
} as const;
const MAX_DEPTH = 16;

type Limit = keyof typeof LIMITS;

/** A limit of the transaction is passed: nothing catches it, the whole transaction is taken back. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
}

/** One transaction: at most 200 rows of one request, with everything that their save starts. */
export interface Transaction {
  readonly org: Org;
  readonly user: RunningUser;
  readonly access: Access;
  /** What has been used so far. */
  readonly used: Readonly<Record<Limit, number>>;
  /** Counts what was used; throws a LimitError when it is too much. */
  use(limit: Limit, amount: number): void;
  /** Runs a save that a flow started; throws a LimitError when saves start saves too often. */
  nested<T>(work: (inner: Transaction) => T): T;
}

/** A fresh transaction with nothing used up. */
export function beginTransaction(org: Org, user: RunningUser): Transaction {
  const used = { queries: 0, rowsRead: 0, statements: 0, rowsWritten: 0 };
  let depth = 0;
  const use = (limit: Limit, amount: number): void => {
    used[limit] += amount;
    if (used[limit] > LIMITS[limit]) throw new LimitError(`${NAMES[limit]}: ${LIMITS[limit] + 1}`);
  };
  const inSystemMode: RunningUser = { ...user, system: true };
  const inner: Transaction = {
    org,
    user: inSystemMode,
    access: accessOf(org, inSystemMode),
    used,
    use,
    nested: (work) => deeper(() => work(inner)),
  };
  const deeper = <T>(work: () => T): T => {
    if (depth >= MAX_DEPTH) throw new LimitError(`Maximum trigger depth exceeded: ${MAX_DEPTH}`);
    depth += 1;
    try {
      return work();
    } finally {
      depth -= 1;
    }
  };
  return { ...inner, user, access: accessOf(org, user) };
}
