import type { Database, Sql } from './database.ts';
import { storableInstant } from './storable.ts';
import type { DeliveryTurn, TurnEnd, TurnRequest } from './store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Row {
  readonly holder: string | null;
  readonly held_until: Date | null;
  readonly used_until: Date | null;
  readonly failures: number;
  readonly paused_until: Date | null;
}

/** How writing stands, for all processes on this database. */
export async function readTurn(sql: Sql, at: Date): Promise<DeliveryTurn> {
  const [row] = await sql.query<Row>(
    'select holder, held_until, used_until, failures, paused_until from delivery_turn',
  );
  const since = storableInstant(new Date(at.getTime() - DAY_MS));
  const [sum] = await sql.query<{ calls: number }>(
    'select coalesce(sum(calls), 0)::integer as calls from api_call where hour > $1',
    [since],
  );
  return {
    holder: row?.holder ?? undefined,
    heldUntil: row?.held_until ?? undefined,
    usedUntil: row?.used_until ?? undefined,
    failures: row?.failures ?? 0,
    pausedUntil: row?.paused_until ?? undefined,
    callsInDay: sum?.calls ?? 0,
  };
}

/**
 * Takes the turn, or holds it for longer, unless another has it; a turn whose time is over is anybody's, and
 * one that lasts longer than any was given out by a clock that has been set back since.
 */
export async function takeTurn(sql: Sql, { holder, at, until }: TurnRequest): Promise<boolean> {
  const taken = await sql.query(
    `insert into delivery_turn as t (holder, held_until) values ($1, $3)
     on conflict (only_row) do update set holder = excluded.holder, held_until = excluded.held_until
     where t.held_until is null or t.held_until <= $2 or t.holder = excluded.holder
       or t.held_until > $3::timestamptz + interval '1 hour'
     returning holder`,
    [holder, storableInstant(at), storableInstant(until)],
  );
  return taken.length > 0;
}

/** Gives the turn back with what came of it; what one that was overtaken has to say of the org still counts. */
export async function endTurn(database: Database, { holder, at, calls, ...end }: TurnEnd): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query('update delivery_turn set holder = null, held_until = null where holder = $1', [holder]);
    if (calls === 0 && end.failures === 0) return;
    await tx.query(
      'update delivery_turn set used_until = $1::timestamptz, failures = $2, paused_until = $3::timestamptz',
      [instantOrNull(end.usedUntil), end.failures, instantOrNull(end.pausedUntil)],
    );
    if (calls > 0) await countCalls(tx, calls, at);
  });
}

function instantOrNull(instant: Date | undefined): Date | null {
  return instant === undefined ? null : storableInstant(instant);
}

async function countCalls(tx: Sql, calls: number, at: Date): Promise<void> {
  const hour = new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
  await tx.query(
    `insert into api_call as c (hour, calls) values ($1, $2)
     on conflict (hour) do update set calls = c.calls + excluded.calls`,
    [storableInstant(hour), calls],
  );
  await tx.query('delete from api_call where hour <= $1', [storableInstant(new Date(at.getTime() - DAY_MS))]);
}
