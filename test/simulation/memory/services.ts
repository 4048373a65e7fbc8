import type { Service, ServiceStart, Store } from '../../../connector/src/store/store.ts';
import { endTurnOf } from './delivery-turn.ts';
import { rows } from './mailboxes.ts';
import type { Transaction } from './memory-database.ts';
import type { Tables } from './rows.ts';
import type { Statements } from './statements.ts';

export interface ServiceRecord extends ServiceStart {
  readonly beatAt: Date;
  readonly beats: number;
}

type Services = Pick<
  Store,
  | 'registerService'
  | 'beatService'
  | 'forgetService'
  | 'endService'
  | 'services'
  | 'watchMailboxes'
  | 'unwatchMailboxes'
  | 'watchedBy'
>;

/** The service processes on a database, and which mailboxes each of them watches. */
export function servicesOn({ tables, statement, read }: Statements): Services {
  const watched = (id: string): string[] => [...tables.watches].flatMap(([box, own]) => (own === id ? [box] : []));
  return {
    registerService: (service) =>
      statement('register service', rows(`service ${service.id}`), (tx) =>
        tx.set(tables.services, service.id, { ...service, beatAt: service.startedAt, beats: 0 }),
      ),
    beatService: (id, at) =>
      statement('beat', rows(`service ${id}`), (tx) => {
        const own = tx.get(tables.services, id);
        if (own === undefined) return undefined;
        tx.set(tables.services, id, { ...own, beats: own.beats + 1, beatAt: at });
        const others = [...tables.services.values()].filter((other) => other.id !== id);
        const services = [{ id, beats: own.beats + 1 }, ...others].map(({ id: each, beats }) => ({
          ...{ id: each, beats, watched: watched(each).length },
        }));
        return { services, mailboxes: tables.mailboxes.size };
      }),
    forgetService: ({ id, beats }) =>
      statement('forget service', serviceLocks(tables, id), (tx) => {
        if (tx.get(tables.services, id)?.beats !== beats) return false;
        deleteService(tx, tables, id);
        endTurnOf(tx, tables, id);
        return true;
      }),
    endService: (id) =>
      statement('end service', serviceLocks(tables, id), (tx) => {
        if (tx.get(tables.services, id) !== undefined) deleteService(tx, tables, id);
        endTurnOf(tx, tables, id);
      }),
    services: () => read('services', () => [...tables.services.values()].sort(inOrder).map(serviceOf)),
    watchMailboxes: (id, limit) =>
      statement('watch', watchLocks(tables, id, limit), (tx) => {
        const taken = tx.get(tables.services, id) === undefined ? [] : unwatched(tables).slice(0, limit);
        for (const box of taken) tx.set(tables.watches, box, id);
        return taken;
      }),
    unwatchMailboxes: (id, boxes) =>
      statement('unwatch', rows(...boxes.map((box) => `watch ${box}`)), (tx) => {
        for (const box of boxes) if (tx.get(tables.watches, box) === id) tx.delete(tables.watches, box);
      }),
    watchedBy: (id) => read('watched', () => watched(id).sort((a, b) => Number(a) - Number(b))),
  };

  function serviceOf({ beats: _beats, ...service }: ServiceRecord): Service {
    return { ...service, watched: watched(service.id).length };
  }
}

function inOrder(a: ServiceRecord, b: ServiceRecord): number {
  return a.startedAt.getTime() - b.startedAt.getTime() || (a.id < b.id ? -1 : 1);
}

function unwatched({ mailboxes, watches }: Tables): string[] {
  return [...mailboxes.keys()].filter((box) => !watches.has(box));
}

/** The rows that go with a service, and the key share that a watch holds on it. */
function serviceLocks({ watches }: Tables, id: string): () => { exclusive: string[] } {
  return () => ({
    exclusive: [`service ${id}`, 'turn', ...[...watches].flatMap(([box, own]) => (own === id ? [`watch ${box}`] : []))],
  });
}

function watchLocks(tables: Tables, id: string, limit: number): () => { exclusive: string[]; shared: string[] } {
  return () => ({
    shared: [`service ${id}`],
    exclusive: unwatched(tables)
      .slice(0, limit)
      .map((box) => `watch ${box}`),
  });
}

function deleteService(tx: Transaction, tables: Tables, id: string): void {
  tx.delete(tables.services, id);
  for (const [box, own] of tx.entries(tables.watches)) if (own === id) tx.delete(tables.watches, box);
}
