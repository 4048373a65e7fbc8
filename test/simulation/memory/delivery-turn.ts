import type { DeliveryTurn, Store } from '../../../connector/src/store/store.ts';
import { rows } from './mailboxes.ts';
import type { Transaction } from './memory-database.ts';
import type { Tables } from './rows.ts';
import type { Statements } from './statements.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type TurnRecord = Omit<DeliveryTurn, 'callsInDay'>;

const NOBODYS: TurnRecord = {
  ...{ holder: undefined, heldUntil: undefined, usedUntil: undefined, failures: 0, pausedUntil: undefined },
};

type Turn = Pick<Store, 'deliveryTurn' | 'takeDeliveryTurn' | 'endDeliveryTurn'>;

/** Whose turn it is to write into the org, and how the org took the last writes. */
export function turnOn({ tables, statement, read }: Statements): Turn {
  return {
    deliveryTurn: (at) =>
      read('turn', () => {
        const recent = [...tables.calls.values()].filter(({ hour }) => hour > at.getTime() - DAY_MS);
        const callsInDay = recent.reduce((sum, { calls }) => sum + calls, 0);
        return { ...(tables.turns.get('') ?? NOBODYS), callsInDay };
      }),
    takeDeliveryTurn: ({ holder, at, until }) =>
      statement('take turn', rows('turn'), (tx) => {
        const turn = tx.get(tables.turns, '') ?? NOBODYS;
        const { heldUntil } = turn;
        const isHeld = heldUntil !== undefined && heldUntil > at && heldUntil.getTime() <= until.getTime() + HOUR_MS;
        if (isHeld && turn.holder !== holder) return false;
        tx.set(tables.turns, '', { ...turn, holder, heldUntil: until });
        return true;
      }),
    endDeliveryTurn: ({ holder, at, calls, ...end }) =>
      statement('end turn', rows('turn'), (tx) => {
        endTurnOf(tx, tables, holder);
        const turn = tx.get(tables.turns, '');
        if (turn === undefined) return;
        tx.set(tables.turns, '', calls === 0 && end.failures === 0 ? turn : { ...turn, ...end });
        const hour = Math.floor(at.getTime() / HOUR_MS) * HOUR_MS;
        const sum = (tx.get(tables.calls, String(hour))?.calls ?? 0) + calls;
        if (calls > 0) tx.set(tables.calls, String(hour), { hour, calls: sum });
      }),
  };
}

/** Makes the turn nobody's when it is this one's. */
export function endTurnOf(tx: Transaction, tables: Tables, holder: string): void {
  const turn = tx.get(tables.turns, '');
  if (turn?.holder === holder) tx.set(tables.turns, '', { ...turn, holder: undefined, heldUntil: undefined });
}
