import type { ApiNames } from './api-names.ts';
import { chunks } from './collection.ts';
import { foreignText, type ForeignObject } from './foreign-json.ts';
import { withRest } from './query-rows.ts';
import { QUERIES_TOGETHER, queryTogether } from './query-together.ts';
import { contactId, leadId, longRecordId } from './record-id.ts';
import { SalesforceError } from './salesforce-error.ts';
import { standingContactQuery, standingLeadQuery, standingStatusQuery, standingUserQuery } from './soql.ts';
import type { WritableOrg } from './write-rows.ts';

/** Ids in one look-up: 21 characters each, in an address of at most 16,384. */
const IDS_PER_QUERY = 200;
/** The first three characters of the id of a User. */
const USER = '005';

/** What has become of records that rows name. */
export interface Standing {
  /** The record that stands for this one now, which is as a rule itself; undefined when there is none. */
  of(id: string | undefined): string | undefined;
}

/**
 * Asks for contacts, leads, users and statuses by their ids, in one API call as a rule. Who stands for a converted lead
 * or a merged contact is asked for in a further one, since this contact may have been merged or deleted meanwhile.
 */
export async function readStanding(ids: readonly string[], target: WritableOrg): Promise<Standing> {
  const successors = await ask([...new Set(ids.map(longRecordId))], target);
  const next = [...successors].flatMap(([id, successor]) => (successor && successor !== id ? [successor] : []));
  const last = next.length === 0 ? new Map<string, string | undefined>() : await ask([...new Set(next)], target);
  return {
    of: (id) => {
      const successor = id === undefined ? undefined : successors.get(longRecordId(id));
      return successor !== undefined && last.has(successor) ? last.get(successor) : successor;
    },
  };
}

async function ask(
  ids: readonly string[],
  { call, org, names }: WritableOrg,
): Promise<Map<string, string | undefined>> {
  const successors = new Map<string, string | undefined>();
  for (const soqls of chunks(queriesFor(ids, names), QUERIES_TOGETHER)) {
    for (const answer of await queryTogether(call, org, soqls, 'deleted rows too')) {
      if (answer instanceof SalesforceError) throw answer;
      for (const row of await withRest(call, org, answer)) successors.set(foreignText(row['Id']) ?? '', successor(row));
    }
  }
  return successors;
}

function queriesFor(ids: readonly string[], names: ApiNames): string[] {
  const { user = [], lead = [], contact = [], status = [] } = Object.groupBy(ids, kindOf);
  return [
    ...chunks(user, IDS_PER_QUERY).map(standingUserQuery),
    ...chunks(lead, IDS_PER_QUERY).map(standingLeadQuery),
    ...chunks(contact, IDS_PER_QUERY).map(standingContactQuery),
    ...chunks(status, IDS_PER_QUERY).map((chunk) => standingStatusQuery(chunk, names)),
  ];
}

function kindOf(id: string): 'user' | 'lead' | 'contact' | 'status' {
  if (id.startsWith(USER)) return 'user';
  if (leadId(id) !== undefined) return 'lead';
  return contactId(id) === undefined ? 'status' : 'contact';
}

/** Of a row of any of the four queries. */
function successor(row: ForeignObject): string | undefined {
  const other = foreignText(row['ConvertedContactId']) ?? foreignText(row['MasterRecordId']);
  return other ?? (row['IsDeleted'] === true ? undefined : foreignText(row['Id']));
}
