import { longRecordId, recordId } from './record-id.ts';

/** What a DUPLICATE_VALUE error says: which field, and of which record, when the platform tells. */
export interface DuplicateValue {
  readonly field: string | undefined;
  /** 18 characters. */
  readonly recordId: string | undefined;
}

const WORDING = /duplicate value found: (\S{1,100}) duplicates value on record with id: (\S{1,30})/;

/**
 * Reads the message of a DUPLICATE_VALUE error, for example `duplicate value found: ReplyKey__c duplicates value on
 * record with id: 00TWs000003Gq1x`. The platform writes `<unknown>` for what the user may not see, or while the other
 * record is not committed yet.
 */
export function readDuplicateValue(message: string): DuplicateValue {
  const [, field, id] = WORDING.exec(message) ?? [];
  const known = recordId(id);
  return {
    field: field === '<unknown>' ? undefined : field,
    recordId: known === undefined ? undefined : longRecordId(known),
  };
}
