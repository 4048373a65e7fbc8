import { randomBytes } from 'node:crypto';

/** One belief about the platform, with the check that settles it. */
export interface Belief {
  /** What is believed, as a sentence; the title of its test. */
  readonly title: string;
  /** What follows when it turns out to be wrong. */
  readonly ifNot: string;
  /** Rejects with an assertion when the org does otherwise. */
  check(org: LiveOrg): Promise<void>;
}

export interface SaveResult {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly { readonly statusCode: string; readonly message: string }[];
}

type Row = Readonly<Record<string, unknown>>;

/** The part of a jsforce connection that the checks use; that of @salesforce/core fits as well. */
export interface LiveConnection {
  readonly version: string;
  request<T>(request: {
    readonly method: 'GET' | 'POST' | 'DELETE';
    readonly url: string;
    readonly body?: string;
    readonly headers?: Record<string, string>;
  }): PromiseLike<T>;
}

/** An org with the package in it, and the records that the checks of this run have made there. */
export interface LiveOrg {
  /** Begins every reply key of this run: twelve hex digits. */
  readonly run: string;
  readonly sequenceId: string;
  /** One of the org's closed values of Task.Status. */
  readonly closedStatus: string;
  newReplyKey(): string;
  /** A new contact in the sequence of this run, enrolled yesterday. */
  enrol(): Promise<{ readonly contactId: string; readonly statusId: string }>;
  enrolAll(count: number): Promise<{ readonly contactId: string; readonly statusId: string }[]>;
  /** Creates one record; rejects with the words of the org when it is refused. */
  create(type: string, row: Row): Promise<string>;
  /** Creates at most 200 records in one transaction. */
  createAll(type: string, rows: readonly Row[]): Promise<SaveResult[]>;
  read(type: string, id: string): Promise<Row>;
  /** Deletes one record of this run before the end. */
  remove(type: string, id: string): Promise<void>;
  query(soql: string): Promise<{ readonly records: readonly Row[] }>;
  /** Deletes all that this run has created, a type at a time, the last type first. */
  cleanUp(): Promise<void>;
}

const BATCH = 200;
const DAY_MS = 86_400_000;

/** Makes the sequence of this run. Rejects when the package is not there, or not visible to the user. */
export async function openLiveOrg(connection: LiveConnection): Promise<LiveOrg> {
  const run = randomBytes(6).toString('hex');
  const created = new Map<string, string[]>();
  const base = `/services/data/v${connection.version}`;
  const send = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): PromiseLike<T> =>
    connection.request<T>({
      method,
      url: `${base}${path}`,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
  const query = (soql: string) =>
    send<{ readonly records: readonly Row[] }>('GET', `/query?q=${encodeURIComponent(soql)}`);
  const createAll = async (type: string, rows: readonly Row[]): Promise<SaveResult[]> => {
    const records = rows.map((row) => ({ attributes: { type }, ...row }));
    const results = await send<SaveResult[]>('POST', '/composite/sobjects', { allOrNone: false, records });
    created.set(type, [...(created.get(type) ?? []), ...results.flatMap(({ id }) => id ?? [])]);
    return results;
  };
  const createEach = async (type: string, rows: readonly Row[]): Promise<string[]> => {
    const ids: string[] = [];
    for (let start = 0; start < rows.length; start += BATCH) {
      for (const { id, errors } of await createAll(type, rows.slice(start, start + BATCH))) {
        if (id === undefined) throw new Error(`${type}: ${errors.map(({ message }) => message).join('; ')}`);
        ids.push(id);
      }
    }
    return ids;
  };
  const { records: statuses } = await query('SELECT ApiName FROM TaskStatus WHERE IsClosed = true');
  const [sequenceId] = await createEach('SalesSequence__c', [{ Name: `Live checks ${run}` }]);
  let keys = 0;
  const enrolAll = async (count: number) => {
    const people = Array.from({ length: count }, () => ({ LastName: `Live check ${run}` }));
    const contactIds = await createEach('Contact', people);
    const enrolments = contactIds.map((contactId) => ({
      SalesSequence__c: sequenceId,
      Contact__c: contactId,
      EnrolledAt__c: new Date(Date.now() - DAY_MS).toISOString(),
    }));
    const statusIds = await createEach('CampaignStatus__c', enrolments);
    return contactIds.map((contactId, index) => ({ contactId, statusId: statusIds[index]! }));
  };
  return {
    run,
    sequenceId: sequenceId!,
    closedStatus: String(statuses[0]?.['ApiName']),
    newReplyKey: () => `${run}${String((keys += 1)).padStart(52, '0')}`,
    enrol: async () => (await enrolAll(1))[0]!,
    enrolAll,
    create: async (type, row) => (await createEach(type, [row]))[0]!,
    createAll,
    read: (type, id) => Promise.resolve(send<Row>('GET', `/sobjects/${type}/${id}`)),
    async remove(type, id) {
      await send('DELETE', `/sobjects/${type}/${id}`);
      created.set(
        type,
        (created.get(type) ?? []).filter((each) => each !== id),
      );
    },
    query: (soql) => Promise.resolve(query(soql)),
    async cleanUp() {
      for (const ids of [...created.values()].toReversed()) {
        for (let start = 0; start < ids.length; start += BATCH) {
          await send('DELETE', `/composite/sobjects?allOrNone=false&ids=${ids.slice(start, start + BATCH).join(',')}`);
        }
      }
    },
  };
}
