import type { ForeignObject } from './foreign-json.ts';
import { SalesforceError } from './salesforce-error.ts';
import type { Position } from './salesforce.ts';
import { FIRST_ID, PAGE_SIZE } from './soql.ts';
import { rowPosition } from './pulled-row.ts';
import type { QueryAnswer } from './query-rows.ts';

/**
 * Rows are stamped when they are saved and become visible when their transaction commits, up to ten minutes later and
 * in any order. What was stamped in the last fifteen minutes may therefore not be complete yet.
 */
const UNSETTLED_MS = 15 * 60_000;

/** The most rows of the unsettled stretch that are handed over in one go, so that memory stays bounded. */
const READ_AHEAD_ROWS = 20 * PAGE_SIZE;

/** Rows as the platform gave them, where a later pull goes on, and where this one does unless it has come to its end. */
export interface PulledRows {
  readonly rows: readonly ForeignObject[];
  readonly position: Position | undefined;
  readonly next: Position | undefined;
  /** When the pull began, by the server's clock, in milliseconds since 1970. */
  readonly askedAt: number | undefined;
}

/**
 * Reads rows after a position in the order of their SystemModstamp and Id.
 *
 * A keyset alone misses a row that commits after rows with a later stamp have been read. So the position for a later
 * pull lies at least fifteen minutes before the server's time of the first query, and that stretch is read again then.
 * This belongs here and not to the caller: only the answer tells the server's time.
 */
export async function pullRows(
  position: Position | undefined,
  ask: (position: Position | undefined) => Promise<QueryAnswer>,
): Promise<PulledRows> {
  const rows: ForeignObject[] = [];
  let last = position;
  let askedAt: number | undefined;
  for (;;) {
    const answer = await ask(last);
    for (const row of answer.rows) rows.push(row);
    last = answer.rows.length === 0 ? last : lastPosition(answer.rows);
    askedAt ??= serverInstant(answer.serverTime, last);
    const settledUntil = askedAt === undefined ? undefined : askedAt - UNSETTLED_MS;
    const more = answer.rows.length > 0 && (!answer.done || answer.rows.length >= PAGE_SIZE);
    if (!more) return { rows, position: settledPosition(settledUntil), next: undefined, askedAt };
    const isSettled = settledUntil === undefined || stampOf(last) <= settledUntil;
    if (isSettled || rows.length >= READ_AHEAD_ROWS) {
      return { rows, position: isSettled ? last : settledPosition(settledUntil), next: last, askedAt };
    }
  }
}

/** Rows without a place in the order would be asked for again without end. */
function lastPosition(rows: readonly ForeignObject[]): Position {
  const position = rowPosition(rows.at(-1) ?? {});
  if (position !== undefined) return position;
  throw new SalesforceError('retry', 'Salesforce answered a query with a row without Id or SystemModstamp.', [
    'Nothing has to be done: the query is repeated.',
  ]);
}

/** Without the server's time the stamp of the last row stands for it: too much is read again rather than too little. */
function serverInstant(serverTime: Date | undefined, last: Position | undefined): number | undefined {
  return serverTime?.getTime() ?? (last === undefined ? undefined : stampOf(last));
}

function settledPosition(instant: number | undefined): Position | undefined {
  return instant === undefined ? undefined : { systemModstamp: new Date(instant).toISOString(), id: FIRST_ID };
}

function stampOf(position: Position | undefined): number {
  return position === undefined ? 0 : Date.parse(position.systemModstamp);
}
