import type { BulkJobs } from './bulk/bulk-jobs.ts';
import type { Database } from './data/database.ts';
import type { CustomNotification } from './flow-host.ts';
import type { SaveError, SObjectRecord } from './record.ts';
import type { OrgMetadata } from './schema/org-metadata.ts';

/** What a test may add to the refusals of the platform: an error makes that row fail after the before-save flows. */
export type RowRefusal = (row: {
  readonly object: string;
  readonly operation: 'create' | 'update' | 'delete';
  readonly record: SObjectRecord;
}) => SaveError | undefined;

/** What one transaction has used of its limits: at most 200 rows of one request, with everything that they start. */
export interface TransactionUse {
  readonly object: string;
  readonly operation: 'create' | 'update' | 'delete';
  /** Rows that the request wrote in it. */
  readonly rows: number;
  readonly queries: number;
  readonly rowsRead: number;
  /** Statements of flows; that of the request itself is none. */
  readonly statements: number;
  /** Rows of the request and of flows. */
  readonly rowsWritten: number;
}

/** The state that the parts of the local org share. */
export interface Org {
  /** Id of the organization, 18 characters. */
  readonly id: string;
  /** Where it is reached, without a slash at the end; known once the server listens. */
  url: string;
  /** Replaced as a whole by a deploy. */
  metadata: OrgMetadata;
  readonly database: Database;
  readonly now: () => Date;
  readonly refusals: RowRefusal[];
  /** Custom notifications that flows have sent, the oldest first. */
  readonly notifications: CustomNotification[];
  /** What went wrong in flows that nobody waits for: after a commit, or by the clock. The platform mails it to the admin. */
  readonly flowErrors: string[];
  /** What each transaction has used, the oldest first. */
  readonly transactions: TransactionUse[];
  /** Records that another transaction holds. */
  readonly lockedIds: Set<string>;
  /** Bulk jobs that were made and not deleted. */
  readonly bulkJobs: BulkJobs;
}

/** Who runs a request. `system` is the mode of flows: field-level security and object rights are not asked. */
export interface RunningUser {
  readonly userId: string;
  readonly system: boolean;
}
