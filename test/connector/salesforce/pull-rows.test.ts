import { expect } from 'chai';

import type { Position } from '../../../connector/src/salesforce/salesforce.ts';
import { pullRows, type PulledRows } from '../../../connector/src/salesforce/pull-rows.ts';
import type { QueryAnswer } from '../../../connector/src/salesforce/query-rows.ts';
import { FIRST_ID } from '../../../connector/src/salesforce/soql.ts';

const SERVER_TIME = Date.parse('2026-03-02T12:00:00.000Z');
const minutesAgo = (minutes: number): string => new Date(SERVER_TIME - minutes * 60_000).toISOString();
const idOf = (index: number): string => `a03${String(index).padStart(12, '0')}AAA`;

interface Row {
  readonly Id: string;
  readonly SystemModstamp: string;
}
const row = (index: number, minutes: number): Row => ({ Id: idOf(index), SystemModstamp: minutesAgo(minutes) });
const order = (one: Row, two: Row): number =>
  `${one.SystemModstamp}${one.Id}` < `${two.SystemModstamp}${two.Id}` ? -1 : 1;

/** An org that answers a keyset query, `pageSize` rows at a time. Rows may be added between two pages. */
function orgWith(rows: Row[], pageSize: number, beforeAnswer: (asked: number) => void = () => undefined) {
  let asked = 0;
  const ask = (position: Position | undefined): Promise<QueryAnswer> => {
    asked += 1;
    beforeAnswer(asked);
    const after = rows
      .filter(
        (each) =>
          position === undefined || `${each.SystemModstamp}${each.Id}` > `${position.systemModstamp}${position.id}`,
      )
      .sort(order);
    const page = after.slice(0, pageSize).map((each) => ({ ...each }));
    const done = after.length <= pageSize;
    return Promise.resolve({ rows: page, done, nextPath: undefined, serverTime: new Date(SERVER_TIME) });
  };
  return { ask, asked: () => asked };
}

async function pullAll(ask: (position: Position | undefined) => Promise<QueryAnswer>): Promise<PulledRows[]> {
  const pulls: PulledRows[] = [];
  let from: Position | undefined;
  do {
    const pulled = await pullRows(from, ask);
    pulls.push(pulled);
    from = pulled.next;
  } while (from !== undefined);
  return pulls;
}

describe('a pull', () => {
  it('reads every row once, in order, page by page', async () => {
    const rows = Array.from({ length: 25 }, (_, index) => row(index, 1000 - index));
    const pulls = await pullAll(orgWith(rows, 10).ask);
    expect(pulls.flatMap((pull) => pull.rows.map(({ Id }) => Id))).to.deep.equal(rows.map(({ Id }) => Id));
    expect(pulls).to.have.length(3);
  });

  it('tells rows of one instant apart by their ids', async () => {
    const rows = Array.from({ length: 25 }, (_, index) => row(index, 500));
    const pulls = await pullAll(orgWith(rows, 10).ask);
    expect(pulls.flatMap((pull) => pull.rows)).to.have.length(25);
  });

  it('ends fifteen minutes before the time of the server, so that late commits are read again', async () => {
    const pulled = await pullRows(undefined, orgWith([row(1, 1)], 10).ask);
    expect(pulled.position).to.deep.equal({ systemModstamp: minutesAgo(15), id: FIRST_ID });
  });

  it('reads nothing twice in an org where nothing has changed for long', async () => {
    const { ask } = orgWith([row(1, 60)], 10);
    const first = await pullRows(undefined, ask);
    const second = await pullRows(first.position, ask);
    expect([first.rows.length, second.rows.length]).to.deep.equal([1, 0]);
  });

  it('finds a row that commits behind the place where it is reading', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => row(index, 10 - index / 10));
    const late = row(99, 9.95);
    const { ask } = orgWith(rows, 10, (asked) => {
      if (asked === 2) rows.push(late);
    });
    const first = await pullRows(undefined, ask);
    expect(first.next).to.equal(undefined);
    expect(first.rows.map(({ Id }) => Id)).not.to.include(late.Id);
    const second = await pullRows(first.position, ask);
    expect(second.rows.map(({ Id }) => Id)).to.include(late.Id);
  });

  it('never stops inside the stretch that may still change', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => row(index, 29 - index));
    const pulls = await pullAll(orgWith(rows, 10).ask);
    const positions = pulls.map(({ position }) => position?.systemModstamp ?? '');
    expect(positions.filter((stamp) => stamp > minutesAgo(15))).to.deep.equal([]);
  });

  it('hands over a long stretch that may still change in parts, and gives no place inside it', async () => {
    const many = Array.from({ length: 45_000 }, (_, index) => row(index, 10));
    const pulls = await pullAll(orgWith(many, 2_000).ask);
    expect(pulls.map(({ rows }) => rows.length)).to.deep.equal([40_000, 5_000]);
    for (const { position } of pulls) expect(position).to.deep.equal({ systemModstamp: minutesAgo(15), id: FIRST_ID });
  });

  it('refuses rows without a place instead of asking for them for ever', async () => {
    const ask = (): Promise<QueryAnswer> =>
      Promise.resolve({ rows: [{}], done: false, nextPath: undefined, serverTime: undefined });
    const failure = await pullRows(undefined, ask).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.have.property('code', 'retry');
  });
});
