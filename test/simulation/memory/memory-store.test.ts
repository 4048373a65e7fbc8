import { describeStore, type OpenedStore } from '../../contract/store-contract.ts';
import type { Session } from './memory-database.ts';
import { Installation, openMemoryStore } from './memory-store.ts';

const session: Session = { turn: () => Promise.resolve() };

function openEmpty(): OpenedStore {
  const installation = new Installation(Buffer.alloc(32, 7));
  const { tables, database } = installation;
  const everything = Object.values(tables) as Map<string, unknown>[];
  return {
    store: openMemoryStore(installation, session),
    empty: () => {
      for (const table of everything) table.clear();
      database.restartSequences();
      return Promise.resolve();
    },
    forgetMatched: () => Promise.resolve(tables.matched.clear()),
    outboxTexts: () => Promise.resolve([...tables.outbox.values()].map(({ reply }) => reply ?? null)),
    freshDigests: () => Promise.resolve(tables.fresh.size),
    close: () => Promise.resolve(),
  };
}

describeStore('tables in memory', () => Promise.resolve(openEmpty()));
