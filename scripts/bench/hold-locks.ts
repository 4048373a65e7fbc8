import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalOrg } from '../../test/simulators/salesforce/local-org.ts';

/** How long a transaction that locks parents lasts. */
const TRANSACTION_MS = 20;

/** A way to a local org on which transactions take their time. */
export interface SlowOrg {
  readonly url: string;
  /** Rows that were refused because another transaction held a parent. */
  readonly lockErrors: () => number;
  close(): Promise<void>;
}

interface Row {
  readonly attributes?: { readonly type?: string };
  readonly Status?: string;
  readonly ActivityDate?: string;
  readonly WhoId?: string;
}

/**
 * A proxy in front of a local org that keeps the parents of a saved Task locked for a while before the answer goes out,
 * as a transaction with triggers and flows does. Which Tasks lock is the platform's rule (Salesforce Help 000229525):
 * an open one with a date locks its person and account, a completed one nobody.
 *
 * @param accountOf the account of each person
 */
export async function holdLocks(org: LocalOrg, accountOf: ReadonlyMap<string, string>): Promise<SlowOrg> {
  let errors = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray());
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const forwarded = await fetch(`${org.url}${request.url}`, {
      ...{ method: request.method ?? 'GET', headers: headers as Record<string, string> },
      ...(body.length > 0 && { body }),
    });
    const text = await forwarded.text();
    errors += text.split('"UNABLE_TO_LOCK_ROW"').length - 1;
    const people = forwarded.ok ? lockedBy(body.toString()) : [];
    if (people.length > 0) {
      const release = org.lockRecords(...people, ...people.flatMap((id) => accountOf.get(id) ?? []));
      await sleep(TRANSACTION_MS);
      release();
    }
    response.writeHead(forwarded.status, { 'content-type': forwarded.headers.get('content-type') ?? '' }).end(text);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lockErrors: () => errors,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** People whose rows the Tasks of a request lock. */
function lockedBy(body: string): string[] {
  const tasks = body.startsWith('{') ? tasksIn(JSON.parse(body)) : [];
  const locking = tasks.filter(({ Status, ActivityDate }) => Status !== 'Completed' && ActivityDate !== undefined);
  return [...new Set(locking.flatMap(({ WhoId }) => WhoId ?? []))];
}

/** The Tasks anywhere in a request: single ones, those of a collection, those of the collections of a Composite. */
function tasksIn(value: unknown): Row[] {
  if (typeof value !== 'object' || value === null) return [];
  const row = value as Row;
  if (row.attributes?.type === 'Task' || row.WhoId !== undefined) return [row];
  return Object.values(value).flatMap(tasksIn);
}
