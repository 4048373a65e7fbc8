import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectSalesforce } from '../../connector/src/salesforce/jsforce-salesforce.ts';
import { pullSalesforce, type Pull } from '../../connector/src/track/pull-salesforce.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { heapMeter, megabytes } from './heap.ts';
import { rounded } from './statistics.ts';

const ROWS = 500_000;
const PAGE = 2000;
const FIRST_STAMP = Date.parse('2020-01-01T00:00:00.000Z');

/**
 * The memory that a first load of tracked mails holds at its end beside what it held after a tenth of it. The rows are
 * made up page by page by a server on a real socket; what is learnt is counted and let go, since a database keeps it.
 */
export async function measureFirstLoad(surroundings: Surroundings): Promise<Measured> {
  const { belongings, progress } = surroundings;
  const rows = scaled(ROWS, surroundings, 50_000);
  const server = createServer((request, response) => void answer(request, response, rows));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  belongings.defer(() => void server.close());
  const salesforce = connectSalesforce({
    instanceUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accessToken: '00D000000000001!bench',
  });
  const heap = heapMeter();
  const heaps: number[] = [];
  let read = 0;
  const count = (registrations: readonly unknown[]): Promise<void> => {
    const tenth = Math.floor((10 * read) / rows);
    read += registrations.length;
    if (Math.floor((10 * read) / rows) > tenth) {
      heaps.push(heap());
      progress(`${read} rows, ${Math.round(heaps.at(-1)! / 2 ** 20)} MB`);
    }
    return Promise.resolve();
  };
  const store: Pull['store'] = {
    digest: () => '00000000-0000-0000-0000-000000000000',
    beginReadBack: () => Promise.resolve(''),
    endReadBack: () => Promise.resolve([]),
    pullPosition: () => Promise.resolve(undefined),
    saveEnrolments: () => Promise.resolve(),
    saveTrackedMails: count,
  };
  const { trackedMails } = await pullSalesforce({ store, salesforce, now: () => new Date() });
  if (trackedMails !== rows) throw new Error(`${trackedMails} of ${rows} rows were read.`);
  const [first, last] = [heaps[0] ?? 0, heaps.at(-1) ?? 0];
  return {
    ratio: rounded(last / first),
    words: `${rows} rows in ${salesforce.apiCalls} calls; heap ${megabytes(first)} MB after a tenth, ${megabytes(last)} MB at the end`,
    detail: {
      what: 'heap in use after a collection, after a tenth of the rows and after all; server and client are one process',
      ...{ rows, calls: salesforce.apiCalls, heapMegabytes: heaps.map(megabytes) },
    },
  };
}

/** Answers a Composite of queries, and a query by itself. */
async function answer(request: IncomingMessage, response: ServerResponse, rows: number): Promise<void> {
  const body = Buffer.concat(await request.toArray()).toString();
  const url = new URL(request.url ?? '/', 'http://localhost');
  const answered = body === '' ? answerQuery(url.searchParams.get('q') ?? '', rows) : composite(body, rows);
  response.writeHead(200, { 'content-type': 'application/json', date: new Date().toUTCString() });
  response.end(JSON.stringify(answered));
}

function composite(body: string, rows: number): object {
  const { compositeRequest } = JSON.parse(body) as { compositeRequest: { url: string; referenceId: string }[] };
  return {
    compositeResponse: compositeRequest.map(({ url, referenceId }) => ({
      ...{ referenceId, httpStatusCode: 200 },
      body: answerQuery(new URL(url, 'http://localhost').searchParams.get('q') ?? '', rows),
    })),
  };
}

function answerQuery(soql: string, rows: number): object {
  const after = / WHERE SystemModstamp > (\S+) OR/.exec(soql)?.[1];
  const first = after === undefined ? 0 : (Date.parse(after) - FIRST_STAMP) / 1000 + 1;
  const length = soql.includes('FROM TrackedEmail__c') ? Math.min(PAGE, rows - first) : 0;
  return { totalSize: length, done: true, records: Array.from({ length }, (_, place) => rowOf(first + place)) };
}

function rowOf(number: number): object {
  const stamp = new Date(FIRST_STAMP + number * 1000).toISOString();
  const recipient = { Address__c: `lead-${number}@buyer.example`, Role__c: 'To', Contact__c: '003000000000001AAA' };
  return {
    Id: `a01${String(number).padStart(12, '0')}AAA`,
    ...{ SystemModstamp: stamp, CreatedDate: stamp, SentAt__c: stamp, OwnerId: '005000000000001AAA' },
    ...{ MessageKey__c: `sent-${number}@seller.example`, Subject__c: `Offer ${number}`, Source__c: 'Sequence' },
    Recipients__r: { totalSize: 1, done: true, records: [recipient] },
  };
}
