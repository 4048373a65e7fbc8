import type { TrackedMail } from '../match/tracked-mail.ts';
import type { ApiNames } from './api-names.ts';
import { askOnce, type AskedOnce } from './ask-once.ts';
import { chunks } from './collection.ts';
import { foreignText, type ForeignObject } from './foreign-json.ts';
import type { OrgCall } from './org-call.ts';
import { passing, type CalledOrg } from './org-fault.ts';
import { pullRows } from './pull-rows.ts';
import { pulledEnrolment, pulledTrackedMail, rowPosition } from './pulled-row.ts';
import { query, queryAll, queryAnswer, unreadable, withRest, type QueryAnswer } from './query-rows.ts';
import { queryTogether } from './query-together.ts';
import { askOrganization, organizationOf, orgIdentity, type Organization } from './read-organization.ts';
import { readSetup } from './read-setup.ts';
import { SalesforceError } from './salesforce-error.ts';
import type { SalesforceSession } from './salesforce-login.ts';
import type { Changes, Position, Pulled, PulledEnrolment, PullPositions, Salesforce } from './salesforce.ts';
import { CLOSED_STATUS_QUERY, enrolmentQuery, ORGANIZATION_QUERY, trackedEmailQuery, userQuery } from './soql.ts';

/** How long the recipients of a mail may take to follow it; shorter than the stretch that each pull reads again. */
const RECIPIENTS_FOLLOW_MS = 5 * 60_000;

/** Addresses in one look-up: up to 254 characters each, in an address of at most 16,384. */
const ADDRESSES_PER_QUERY = 40;

/** What an e-mail address of a User can look like; anything else is not asked for. */
const ADDRESS = /^[\x21-\x7E\u00A1-\uFFFD]{1,254}$/;

/** What reading needs to know of the org. */
export interface ReadableOrg {
  readonly call: OrgCall;
  readonly org: CalledOrg;
  readonly names: ApiNames;
  /** The session of the next call; logs in when there is none. */
  readonly session: () => Promise<SalesforceSession>;
}

/** The reading half of `Salesforce`, and what writing has to ask first. */
export interface Reads extends Pick<
  Salesforce,
  'changesSince' | 'trackedMailsSince' | 'enrolmentsSince' | 'usersByEmail' | 'org' | 'orgName' | 'setup'
> {
  /** One of the org's own closed values of Task.Status. It is asked for once, or comes along with `changesSince`. */
  readonly closedStatus: () => Promise<string>;
}

/** No call is made before the first method is used. */
export function createReads(source: ReadableOrg): Reads {
  const closed = askOnce(() => askClosedStatus(source));
  const organization = askOnce(() => askOrganization(source.call, source.org));
  return {
    changesSince: (positions) => changesSince(positions, source, { closed, organization }),
    trackedMailsSince: (position) => trackedMailsSince(position, source, askTrackedMails(source)),
    enrolmentsSince: (position) => enrolmentsSince(position, source, askEnrolments(source)),
    usersByEmail: (addresses) => usersByEmail(addresses, source),
    org: async () => orgIdentity(await source.session(), organization),
    orgName: async () => (await organization.get()).name,
    setup: () => readSetup(source),
    closedStatus: closed.get,
  };
}

type Ask = (position: Position | undefined) => Promise<QueryAnswer>;

const askTrackedMails =
  ({ call, org, names }: ReadableOrg): Ask =>
  (position) =>
    query(call, org, trackedEmailQuery(position, names));

const askEnrolments =
  ({ call, org, names }: ReadableOrg): Ask =>
  (position) =>
    query(call, org, enrolmentQuery(position, names));

/** The first answer is there already, the following ones are asked for. */
function beginningWith(first: QueryAnswer, ask: Ask): Ask {
  let next: QueryAnswer | undefined = first;
  return (position) => {
    const answer = next === undefined ? ask(position) : Promise.resolve(next);
    next = undefined;
    return answer;
  };
}

/** What a process asks once of an org; it comes along with the first pull, in the same call. */
interface AskedOnceOnly {
  readonly closed: AskedOnce<string>;
  readonly organization: AskedOnce<Organization>;
}

async function changesSince(
  { enrolments, trackedMails }: PullPositions,
  source: ReadableOrg,
  { closed, organization }: AskedOnceOnly,
): Promise<Changes> {
  const { call, org, names } = source;
  const pulls = [enrolmentQuery(enrolments, names), trackedEmailQuery(trackedMails, names)];
  const soqls = closed.value === undefined ? [...pulls, CLOSED_STATUS_QUERY, ORGANIZATION_QUERY] : pulls;
  const [enrolled, mailed, statuses, organizations] = await queryTogether(call, org, soqls);
  keepRows(closed, statuses, closedStatusOf);
  keepRows(organization, organizations, organizationOf);
  const firstEnrolments = beginningWith(answered(enrolled, org), askEnrolments(source));
  const firstMails = beginningWith(answered(mailed, org), askTrackedMails(source));
  return {
    enrolments: await enrolmentsSince(enrolments, source, firstEnrolments),
    trackedMails: await trackedMailsSince(trackedMails, source, firstMails),
  };
}

/** What was refused or tells nothing is asked for again by whoever needs it, and refused to them in words. */
function keepRows<Value>(
  once: AskedOnce<Value>,
  answer: QueryAnswer | SalesforceError | undefined,
  read: (rows: readonly ForeignObject[]) => Value | undefined,
): void {
  const value = answer === undefined || answer instanceof SalesforceError ? undefined : read(answer.rows);
  if (value !== undefined) once.keep(value);
}

function answered(answer: QueryAnswer | SalesforceError | undefined, org: CalledOrg): QueryAnswer {
  if (answer === undefined || answer instanceof SalesforceError) throw answer ?? unreadable(org);
  return answer;
}

async function trackedMailsSince(
  position: Position | undefined,
  source: ReadableOrg,
  ask: Ask,
): Promise<Pulled<TrackedMail>> {
  const pulled = await pullRows(position, ask);
  const mails: TrackedMail[] = [];
  for (const row of pulled.rows) {
    const mail = pulledTrackedMail(row, await recipientRows(row, source), source.names);
    if (mail === undefined || (mail.recipients.length === 0 && mayGetRecipients(row, pulled.askedAt))) continue;
    mails.push(mail);
  }
  return { rows: mails, position: pulled.position, next: pulled.next };
}

/**
 * A mail and its recipients are two inserts, and a pull may fall between them. An answer that is matched before the
 * recipients are known would count for nobody, so such a mail waits; the stretch that is read again brings it back.
 */
function mayGetRecipients(row: ForeignObject, askedAt: number | undefined): boolean {
  const stamp = rowPosition(row)?.systemModstamp;
  return askedAt !== undefined && stamp !== undefined && Date.parse(stamp) > askedAt - RECIPIENTS_FOLLOW_MS;
}

/** The recipients within a row; the platform writes null for none, and pages even these when there are many. */
async function recipientRows(row: ForeignObject, { call, org, names }: ReadableOrg): Promise<ForeignObject[]> {
  const nested = row[names.trackedEmail.recipients] ?? undefined;
  if (nested === undefined) return [];
  const first = queryAnswer(nested);
  if (first === undefined) throw passing('The recipients in the answer to a query were not rows.', org);
  return withRest(call, org, first);
}

async function enrolmentsSince(
  position: Position | undefined,
  { names }: ReadableOrg,
  ask: Ask,
): Promise<Pulled<PulledEnrolment>> {
  const pulled = await pullRows(position, ask);
  const rows = pulled.rows.flatMap((row) => pulledEnrolment(row, names) ?? []);
  return { rows, position: pulled.position, next: pulled.next };
}

/** An address that several active users share names nobody: the wrong owner would be a guess. */
async function usersByEmail(addresses: readonly string[], { call, org }: ReadableOrg): Promise<Map<string, string>> {
  const wanted = [...new Set(addresses.map((address) => address.trim().toLowerCase()))].filter((text) =>
    ADDRESS.test(text),
  );
  const found = new Map<string, Set<string>>();
  for (const part of chunks(wanted, ADDRESSES_PER_QUERY)) {
    for (const row of await queryAll(call, org, userQuery(part))) {
      const address = foreignText(row['Email'])?.toLowerCase();
      const id = foreignText(row['Id']);
      if (address !== undefined && id !== undefined) found.set(address, (found.get(address) ?? new Set()).add(id));
    }
  }
  return new Map(
    [...found].flatMap(([address, [id, ...others]]) => (id && others.length === 0 ? [[address, id]] : [])),
  );
}

async function askClosedStatus({ call, org }: ReadableOrg): Promise<string> {
  const closed = closedStatusOf(await queryAll(call, org, CLOSED_STATUS_QUERY));
  if (closed !== undefined) return closed;
  throw new SalesforceError('refused', `Salesforce (${org.host}) has no closed value of Task.Status.`, [
    'Mark one value of Task > Fields > Status as closed in Setup, for example Completed.',
  ]);
}

function closedStatusOf(rows: readonly ForeignObject[]): string | undefined {
  const names = rows.flatMap((row) => foreignText(row['ApiName']) ?? []);
  return names.includes('Completed') ? 'Completed' : names[0];
}
