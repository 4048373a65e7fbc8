import type { Position, Pulled, Salesforce } from '../salesforce/salesforce.ts';
import type { PullPosition, Store } from '../store/store.ts';
import { pulledRegistration } from './registration.ts';

export interface Pull {
  readonly store: Pick<Store, 'digest' | 'pullPosition' | 'saveEnrolments' | 'saveTrackedMails'>;
  readonly salesforce: Pick<Salesforce, 'trackedMailsSince' | 'enrolmentsSince'>;
  readonly now: () => Date;
}

/** Rows that were read; rows of the overlap count again. */
export interface PullSummary {
  readonly trackedMails: number;
  readonly enrolments: number;
}

/**
 * Learns from Salesforce who is in a sequence and which mails are tracked there. Enrolments come first, so that a mail
 * to a person who has just been enrolled is recognised in Sent. Each page is stored together with the position after
 * it; an interrupted pull goes on from there. Rejects with a `SalesforceError` or a `StoreError`.
 */
export async function pullSalesforce({ store, salesforce, now }: Pull): Promise<PullSummary> {
  const enrolments = await eachPage(
    await store.pullPosition('CampaignStatus'),
    (position) => salesforce.enrolmentsSince(position),
    (rows, position) => store.saveEnrolments(rows, position, now()),
  );
  const trackedMails = await eachPage(
    await store.pullPosition('TrackedEmail'),
    (position) => salesforce.trackedMailsSince(position),
    (rows, position) => {
      const registrations = rows.map((mail) => pulledRegistration(mail, (id) => store.digest(id)));
      return store.saveTrackedMails(registrations, position, now());
    },
  );
  return { trackedMails, enrolments };
}

async function eachPage<Row>(
  start: PullPosition | undefined,
  read: (position: Position | undefined) => Promise<Pulled<Row>>,
  save: (rows: readonly Row[], position: PullPosition) => Promise<void>,
): Promise<number> {
  let position = start;
  let count = 0;
  for (let more = true; more;) {
    const page = await read(position);
    if (page.position !== undefined && (page.rows.length > 0 || moved(position, page.position))) {
      await save(page.rows, page.position);
    }
    count += page.rows.length;
    position = page.position;
    more = page.more;
  }
  return count;
}

function moved(from: PullPosition | undefined, to: PullPosition): boolean {
  return from === undefined || from.systemModstamp !== to.systemModstamp || from.id !== to.id;
}
