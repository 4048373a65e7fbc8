import { ApiError } from '../api-error.ts';
import type { FieldValue } from '../record.ts';
import { normalizeId } from '../record-id.ts';
import type { OrgField } from '../schema/org-object.ts';
import { readDate, readDateTime } from './date-time.ts';
import { RowError } from './row-error.ts';

/**
 * The stored form of a value that a request or a flow gives for a field. A JSON type that the field cannot hold throws
 * an ApiError, because the platform refuses the whole body (REST API Developer Guide, JSON_PARSER_ERROR); a value of
 * the right type with a wrong content throws a RowError.
 */
export function readValue(field: OrgField, value: unknown): FieldValue {
  if (value === null || value === undefined || value === '') return null;
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : cannotRead(field, value);
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return typeof value === 'number' && Number.isFinite(value) ? readNumber(field, value) : cannotRead(field, value);
    case 'datetime':
      return (typeof value === 'string' ? readDateTime(value) : undefined) ?? cannotRead(field, value);
    case 'date':
      return (typeof value === 'string' ? readDate(value) : undefined) ?? cannotRead(field, value);
    case 'reference':
    case 'id':
      return typeof value === 'string' ? readId(field, value) : cannotRead(field, value);
    default:
      return typeof value === 'string' ? value : cannotRead(field, value);
  }
}

function cannotRead(field: OrgField, value: unknown): never {
  const kind = typeof value === 'object' ? 'START_OBJECT' : `VALUE_${(typeof value).toUpperCase()}`;
  const shown = typeof value === 'object' ? '' : ` value ${JSON.stringify(value).slice(0, 80)}`;
  throw new ApiError(
    400,
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${field.type} from ${kind}${shown} or request may be missing a required field (${field.name})`,
  );
}

/** Digits before the point are limited by precision - scale; digits after it are rounded (Metadata API, `scale`). */
function readNumber(field: OrgField, value: number): number {
  if (field.type === 'int') return Math.round(value);
  const rounded = Number(value.toFixed(Math.min(field.scale, 18)));
  if (field.precision > 0 && Math.abs(rounded) >= 10 ** (field.precision - field.scale)) {
    throw new RowError('NUMBER_OUTSIDE_VALID_RANGE', `${field.label}: value outside of valid range: ${value}`, [
      field.name,
    ]);
  }
  return rounded;
}

function readId(field: OrgField, value: string): string {
  const id = normalizeId(value);
  if (id === undefined) {
    throw new RowError('MALFORMED_ID', `${field.label}: id value of incorrect type: ${value.slice(0, 80)}`, [
      field.name,
    ]);
  }
  return id;
}
