import type { DeadLetter, DeadLetterChoice, Store } from '../../../connector/src/store/store.ts';
import type { OutboxRecord } from './rows.ts';
import type { Statements } from './statements.ts';

type DeadLetters = Pick<Store, 'deadLetters' | 'deadLetter' | 'retryDeadLetters' | 'dropDeadLetters'>;

/** What Salesforce will not take, and what people decide about it. */
export function deadLettersOn({ tables, statement, read }: Statements): DeadLetters {
  const dead = (): [string, OutboxRecord][] => [...tables.outbox].filter(([, { state }]) => state === 'dead');
  const chosen = (choice: DeadLetterChoice) => dead().filter(([, row]) => isChosen(row, choice));
  const change = (name: string, choice: DeadLetterChoice, changed: (row: OutboxRecord) => OutboxRecord) =>
    statement(
      name,
      () => ({ exclusive: chosen(choice).map(([key]) => `outbox ${key}`) }),
      (tx) => {
        const rows = chosen(choice);
        for (const [key, row] of rows) tx.set(tables.outbox, key, changed(row));
        return rows.length;
      },
    );
  return {
    deadLetters: (choice, limit) =>
      read('dead letters', () =>
        chosen(choice)
          .map(([, row]) => row)
          .sort((a, b) => b.diedAt!.getTime() - a.diedAt!.getTime() || b.number - a.number)
          .slice(0, limit)
          .map(deadLetterOf),
      ),
    deadLetter: (id) =>
      read('dead letter', () => dead().flatMap(([, row]) => (String(row.number) === id ? [deadLetterOf(row)] : []))[0]),
    retryDeadLetters: (choice, at) =>
      change('retry dead letters', choice, ({ diedAt: _diedAt, ...row }) => ({
        ...{ ...row, state: 'pending', attempts: 0, notBefore: undefined, createdAt: at },
      })),
    dropDeadLetters: (choice, why) => change('drop dead letters', choice, (row) => ({ ...row, droppedReason: why })),
  };
}

function isChosen({ number, reason, droppedReason }: OutboxRecord, { ids, code }: DeadLetterChoice): boolean {
  const isNamed = ids === undefined || ids.includes(String(number));
  return droppedReason === undefined && isNamed && (code === undefined || reason?.split(':')[0] === code);
}

function deadLetterOf(row: OutboxRecord): DeadLetter {
  const { number, key, type, attempts, createdAt, reason, diedAt, reply, droppedReason } = row;
  return {
    ...{ id: String(number), key, type, attempts, createdAt, reason: reason!, diedAt: diedAt! },
    ...(reply !== undefined && { reply }),
    ...(droppedReason !== undefined && { droppedReason }),
  };
}
