import type { OutageListener } from './outage-gate.ts';

/** A value that a statement may carry. Text is a parameter always, never a part of the statement. */
export type SqlValue = string | number | boolean | Date | null | readonly string[];

/** Where statements run: the database itself or one open transaction. */
export interface Sql {
  /** Runs one statement and returns its rows. NUL characters, which Postgres text cannot hold, arrive as U+FFFD. */
  query<Row>(statement: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs a script of several statements without parameters: migrations. */
  execute(script: string): Promise<void>;
}

/**
 * A Postgres database: PGlite in this process or a server. But for `executeSql`, every method rejects with a
 * `StoreError` that names the folder or the host.
 */
export interface Database extends Sql {
  readonly engine: 'pglite' | 'postgres';
  /**
   * Runs `work` in one READ COMMITTED transaction; what it throws rolls back. A deadlock or a serialisation failure
   * runs the whole of `work` again, so it does nothing outside of `tx`. Inside of it only `tx` may be used: PGlite has
   * one connection, and a statement on the database itself would wait for ever.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  /**
   * The shape pg-boss asks of a database: one parametrised statement, or a script whose rows are joined. Rejects with
   * the engine's own error, whose SQLSTATE pg-boss reads.
   */
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  /**
   * Tells when the database as a whole cannot be used and when it is back, by itself; returns the end of that. Meanwhile
   * everything is refused at once with a `DatabaseOutage`, and nothing that was acknowledged is lost.
   */
  onOutage(listener: OutageListener): () => void;
  /** Waits for running work, then lets go of the folder or the connections. */
  close(): Promise<void>;
}
