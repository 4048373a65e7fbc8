import { ApiError } from '../api-error.ts';
import { readValue } from '../data/read-value.ts';
import { RowError, saveError } from '../data/row-error.ts';
import type { GivenRow } from '../data/save-batch.ts';
import { ROLLED_BACK, saveRecords } from '../data/save-records.ts';
import type { RowOutcome } from '../flow-host.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import type { ApiCall } from './api-call.ts';

/** What an upsert did with one row. */
export interface UpsertOutcome {
  readonly outcome: RowOutcome;
  readonly created: boolean;
}

type Target = { readonly id: string | undefined } | { readonly error: RowError };

/** The external id field of an upsert URL; refuses any other field. */
export function externalIdField(call: ApiCall, object: OrgObject, name: string): OrgField {
  const field = object.field(name);
  if (field === undefined || !call.access.sees(object, field) || !(field.externalId || field.name === 'Id')) {
    throw new ApiError(400, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${name}`);
  }
  return field;
}

/** Creates or updates rows by an external id; the same id twice in one list is refused for both rows. */
export function upsertRecords(
  call: ApiCall,
  object: OrgObject,
  key: OrgField,
  rows: readonly GivenRow[],
  allOrNone: boolean,
): UpsertOutcome[] {
  const targets = findTargets(call, object, key, rows);
  const results: UpsertOutcome[] = rows.map((_row, index) => {
    const target = targets[index]!;
    return { outcome: { errors: 'error' in target ? [saveError(target.error)] : [] }, created: false };
  });
  const write = (operation: 'create' | 'update'): void => {
    const indexes = targets.flatMap((target, index) =>
      'id' in target && (target.id === undefined) === (operation === 'create') ? [index] : [],
    );
    const given = indexes.map((index) => ({ ...rows[index], ...idOf(targets[index]!) }));
    const outcomes = saveRecords(operation, { org: call.org, user: call.user, object, rows: given, allOrNone: false });
    indexes.forEach(
      (index, place) => (results[index] = { outcome: outcomes[place]!, created: operation === 'create' }),
    );
  };
  const undo = call.org.database.savepoint();
  write('create');
  write('update');
  if (!allOrNone || results.every(({ outcome }) => 'id' in outcome)) return results;
  undo();
  return results.map(({ outcome }) => ({
    outcome: 'errors' in outcome ? outcome : { errors: [ROLLED_BACK] },
    created: false,
  }));
}

function idOf(target: Target): { Id?: string } {
  return 'id' in target && target.id !== undefined ? { Id: target.id } : {};
}

function findTargets(call: ApiCall, object: OrgObject, key: OrgField, rows: readonly GivenRow[]): Target[] {
  const values = rows.map((row) => keyValue(key, row));
  return values.map((value, index): Target => {
    if (value === null) return { error: new RowError('MISSING_ARGUMENT', `${key.name} not specified`) };
    if (values.some((other, place) => place !== index && other === value)) {
      return { error: new RowError('DUPLICATE_VALUE', `Duplicate external id specified: ${value}`, [key.name]) };
    }
    const ids = key.name === 'Id' ? [value] : call.org.database.idsByKey(object.name, key, value);
    if (ids.length <= 1) return { id: ids[0] };
    return {
      error: new RowError(
        'DUPLICATE_EXTERNAL_ID',
        `${key.name}: more than one record found for external id field: [${ids.join(', ')}]`,
      ),
    };
  });
}

function keyValue(key: OrgField, row: GivenRow): string | null {
  const name = Object.keys(row).find((each) => each.toLowerCase() === key.name.toLowerCase());
  const value = name === undefined ? null : readValue(key, row[name]);
  if (value === null) return null;
  return key.caseSensitive ? String(value) : String(value).toLowerCase();
}
