import type { Access } from '../data/access.ts';
import type { FlowHost } from '../flow-host.ts';
import type { Org } from '../org.ts';

/** What a query needs of the org while it runs. */
export interface QueryScope {
  readonly org: Org;
  readonly access: Access;
  /** Evaluates the formula fields. */
  readonly host: FlowHost;
  /** Deleted records too, as queryAll does. */
  readonly includeDeleted: boolean;
  /** Prefix of the record URLs in the answer, for example `/services/data/v67.0`. */
  readonly basePath: string;
}
