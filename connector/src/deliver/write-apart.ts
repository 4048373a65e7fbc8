import { SalesforceError } from '../salesforce/salesforce-error.ts';
import type { Salesforce, SalesforceWrite, SalesforceWriteResult } from '../salesforce/salesforce.ts';
import type { OutboxItem } from '../store/store.ts';
import { mayBeOneRowsDoing } from './refusal.ts';

/**
 * Calls that one batch may cost beyond its first: enough to single out one row of a thousand, at two calls each time
 * that rows are parted. When every row fails for the org's own reason, the search ends here.
 */
const SEARCH_CALLS = 24;

type Refused = SalesforceWriteResult & { outcome: 'refused' };

/** What is known of a batch once no more calls are made for it. */
export interface Written {
  /** By the id of the outbox item. */
  readonly results: ReadonlyMap<string, SalesforceWriteResult>;
  /** Items refused alike with others, not singled out: by id. */
  readonly suspects: ReadonlyMap<string, Refused>;
  /** What was said of the rows that rode along, in their order; none when the call failed. */
  readonly riders: readonly SalesforceWriteResult[];
  /** The fault that ended the work; items without a result were not written, as far as anybody knows. */
  readonly fault: SalesforceError | undefined;
}

export interface Beside {
  readonly riders?: readonly SalesforceWrite[];
  readonly isOvertaken?: () => boolean;
}

/**
 * Writes a batch. Rows that are refused alike, with a code that one of them can bring upon all, are written again in
 * halves until the guilty one stands alone. `riders` are rows that go along in the first call and are written once.
 * The search ends where `isOvertaken`.
 */
export async function writeApart(
  salesforce: Pick<Salesforce, 'write'>,
  batch: readonly OutboxItem[],
  { riders = [], isOvertaken = () => false }: Beside = {},
): Promise<Written> {
  const results = new Map<string, SalesforceWriteResult>();
  const suspects = new Map<string, Refused>();
  const work: (readonly OutboxItem[])[] = [batch];
  let ridden: readonly SalesforceWriteResult[] = [];
  for (let calls = 0; work.length > 0 && calls <= SEARCH_CALLS && (calls === 0 || !isOvertaken()); calls += 1) {
    const items = work.shift() ?? [];
    const said = await tryWrite(salesforce, [...items.map(rowOf), ...(calls === 0 ? riders : [])]);
    if (said instanceof SalesforceError) return { results, suspects, riders: ridden, fault: said };
    if (calls === 0) ridden = said.slice(items.length);
    const answers = new Map(said.slice(0, items.length).map((answer) => [answer.key, answer]));
    for (const item of items) suspects.delete(item.id);
    for (const item of items) results.set(item.id, answers.get(item.key) ?? unanswered(item.key));
    for (const group of refusedAlike(items, answers)) {
      for (const { item, refused } of group) suspects.set(item.id, refused);
      work.push(...partsOf(group.map(({ item }) => item)));
    }
  }
  return { results, suspects, riders: ridden, fault: undefined };
}

async function tryWrite(
  salesforce: Pick<Salesforce, 'write'>,
  rows: readonly SalesforceWrite[],
): Promise<SalesforceWriteResult[] | SalesforceError> {
  try {
    return await salesforce.write(rows);
  } catch (error) {
    if (error instanceof SalesforceError) return error;
    throw error;
  }
}

function rowOf(item: OutboxItem): SalesforceWrite {
  const { key } = item;
  return item.type === 'Task'
    ? { key, type: 'Task', reply: item.reply }
    : { key, type: 'TrackedEmail', mail: item.mail };
}

function unanswered(key: string): Refused {
  return { key, outcome: 'refused', errorCode: 'NO_RESULT', message: 'Salesforce gave no result for this row.' };
}

interface Suspect {
  readonly item: OutboxItem;
  readonly refused: Refused;
}

/** Groups of two or more rows that were refused in the same words, with a code that is contagious. */
function refusedAlike(items: readonly OutboxItem[], answers: ReadonlyMap<string, SalesforceWriteResult>): Suspect[][] {
  const suspects = items.flatMap((item): Suspect[] => {
    const refused = answers.get(item.key);
    return refused?.outcome === 'refused' && mayBeOneRowsDoing(refused.errorCode) ? [{ item, refused }] : [];
  });
  const groups = Map.groupBy(suspects, ({ refused }) => `${refused.errorCode} ${refused.message}`);
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Tracked mails are parted from Tasks first, since a Task needs its mail; then every half is parted in two. */
function partsOf(items: readonly OutboxItem[]): OutboxItem[][] {
  const mails = items.filter(({ type }) => type === 'TrackedEmail');
  const middle = mails.length > 0 && mails.length < items.length ? mails.length : Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
