import type { Position, Pulled, Salesforce } from '../salesforce/salesforce.ts';
import type { PullPosition, Store } from '../store/store.ts';
import { isAtDomain, mailWithout } from '../match/excluded-domains.ts';
import { pulledRegistration } from './registration.ts';

export interface Pull {
  readonly store: Pick<
    Store,
    'digest' | 'pullPosition' | 'saveEnrolments' | 'saveTrackedMails' | 'beginReadBack' | 'endReadBack'
  >;
  readonly salesforce: Pick<Salesforce, 'changesSince' | 'trackedMailsSince' | 'enrolmentsSince'>;
  readonly now: () => Date;
  /** Domains, in lower case, whose addresses are not kept. */
  readonly excludedDomains?: ReadonlySet<string>;
  /** Told of the CampaignStatus__c that go on although a person's answer to them is in Salesforce, once of each. */
  readonly onUnhalted?: (campaignStatusIds: readonly string[]) => void;
}

/** Rows that were read; rows of the overlap count again. */
export interface PullSummary {
  readonly trackedMails: number;
  readonly enrolments: number;
}

/**
 * Learns from Salesforce who is in a sequence and which mails are tracked there. What has changed since the last time
 * comes in one API call, pages behind it in one call each. Enrolments are stored first, so that a mail to a person who
 * has just been enrolled is recognised in Sent. Each page is stored together with the position after it; an
 * interrupted pull goes on from there. What a Task has done to its person's statuses has been read once a pull that began
 * after its acknowledgement has come to its end; the latch lets go then. Rejects with a `SalesforceError` or a `StoreError`.
 */
export async function pullSalesforce({
  store,
  salesforce,
  now,
  excludedDomains = new Set(),
  onUnhalted,
}: Pull): Promise<PullSummary> {
  const readBack = await store.beginReadBack();
  const positions = {
    enrolments: await store.pullPosition('CampaignStatus'),
    trackedMails: await store.pullPosition('TrackedEmail'),
  };
  const first = await salesforce.changesSince(positions);
  const enrolments = await eachPage({
    start: positions.enrolments,
    first: first.enrolments,
    read: (position) => salesforce.enrolmentsSince(position),
    save: (rows, position) => {
      const known = rows.map((row) => (isAtDomain(row.address, excludedDomains) ? { ...row, address: '' } : row));
      return store.saveEnrolments(known, position, now());
    },
  });
  const unhalted = await store.endReadBack(readBack, now());
  if (unhalted.length > 0) onUnhalted?.(unhalted);
  const trackedMails = await eachPage({
    start: positions.trackedMails,
    first: first.trackedMails,
    read: (position) => salesforce.trackedMailsSince(position),
    save: (rows, position) => {
      const mails = rows.flatMap((mail) => mailWithout(mail, excludedDomains) ?? []);
      const registrations = mails.map((mail) => pulledRegistration(mail, (id) => store.digest(id)));
      return store.saveTrackedMails(registrations, position, now());
    },
  });
  return { trackedMails, enrolments };
}

interface Pages<Row> {
  readonly start: PullPosition | undefined;
  readonly first: Pulled<Row>;
  readonly read: (position: Position | undefined) => Promise<Pulled<Row>>;
  readonly save: (rows: readonly Row[], position: PullPosition) => Promise<void>;
}

/** Stores page after page and returns how many rows they had. */
async function eachPage<Row>({ start, first, read, save }: Pages<Row>): Promise<number> {
  let before = start;
  let page = first;
  let count = 0;
  /** Where the stretch that may still change begins, once rows of it are stored: a later pull reads all of it again. */
  let unsettled: PullPosition | undefined;
  for (;;) {
    const { rows, next } = page;
    const position = unsettled ?? page.position;
    if (position !== undefined && (rows.length > 0 || moved(before, position))) await save(rows, position);
    count += rows.length;
    if (next === undefined) return count;
    if (moved(page.position, next)) unsettled ??= page.position;
    before = position;
    page = await read(next);
  }
}

function moved(from: PullPosition | undefined, to: PullPosition): boolean {
  return from === undefined || from.systemModstamp !== to.systemModstamp || from.id !== to.id;
}
