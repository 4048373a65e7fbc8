import { chunks } from './collection.ts';
import { foreignText, type ForeignObject } from './foreign-json.ts';
import { queryAll } from './query-rows.ts';
import { contactId, leadId, longRecordId } from './record-id.ts';
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

/** Asks for contacts, leads, users and statuses by their ids: one call for each kind of record among them. */
export async function readStanding(ids: readonly string[], target: WritableOrg): Promise<Standing> {
  const successors = new Map<string, string | undefined>();
  const all = [...new Set(ids.map(longRecordId))];
  const { user = [], lead = [], contact = [], status = [] } = Object.groupBy(all, kindOf);
  const note = async (
    asked: readonly string[],
    soql: (ids: readonly string[]) => string,
    successor: (row: ForeignObject) => string | undefined,
  ): Promise<void> => {
    for (const chunk of chunks(asked, IDS_PER_QUERY)) {
      for (const row of await queryAll(target.call, target.org, soql(chunk), 'deleted rows too')) {
        successors.set(foreignText(row['Id']) ?? '', successor(row));
      }
    }
  };
  await note(user, standingUserQuery, idOf);
  await note(lead, standingLeadQuery, (row) =>
    row['IsConverted'] === true ? foreignText(row['ConvertedContactId']) : standingId(row),
  );
  await note(contact, standingContactQuery, (row) => foreignText(row['MasterRecordId']) ?? standingId(row));
  await note(status, (chunk) => standingStatusQuery(chunk, target.names), standingId);
  return { of: (id) => (id === undefined ? undefined : successors.get(longRecordId(id))) };
}

function kindOf(id: string): 'user' | 'lead' | 'contact' | 'status' {
  if (id.startsWith(USER)) return 'user';
  if (leadId(id) !== undefined) return 'lead';
  return contactId(id) === undefined ? 'status' : 'contact';
}

const idOf = (row: ForeignObject): string | undefined => foreignText(row['Id']);
const standingId = (row: ForeignObject): string | undefined => (row['IsDeleted'] === true ? undefined : idOf(row));
