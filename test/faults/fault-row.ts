import type { TestName } from '../../scripts/existing-tests.ts';
import type { FaultId } from './fault-list.ts';

/** A change of the source that switches off what holds a fault: `find` occurs in the file exactly once. */
export interface Containment {
  /** From the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A fault, what the product does about it, the test that shows it, and what that test depends on. */
export interface FaultCase {
  readonly id: FaultId;
  /** Whose fault it is, where one fault has a case for each provider or engine: `Gmail`, `IMAP`, `PostgreSQL`. */
  readonly of?: string;
  readonly expected: string;
  readonly test: TestName;
  readonly containment: Containment;
}

/** A fault without a case, and why. */
export interface FaultWithoutCase {
  readonly id: FaultId;
  readonly of?: string;
  readonly reason: string;
}

export type FaultRow = FaultCase | FaultWithoutCase;

/** The reason of a fault that applies and has no case yet. */
export const NOT_SHOWN_YET = 'Not shown yet.';

/** True for a row with a case. */
export function isCase(row: FaultRow): row is FaultCase {
  return 'test' in row;
}
