import { normalizeId } from '../record-id.ts';
import type { FieldValue } from '../record.ts';
import type { FieldSchema } from '../flow-host.ts';

/** Text is compared without case, except in fields that say otherwise and in ids (SOQL and SOSL Reference). */
export function sameValue(
  field: FieldSchema & { readonly caseSensitive?: boolean },
  one: FieldValue,
  other: FieldValue,
): boolean {
  if (one === null || other === null) return one === other;
  if (field.type === 'reference' || field.type === 'id') return asId(one) === asId(other);
  if (field.type === 'datetime') return instantOf(one) === instantOf(other);
  if (typeof one === 'string' && typeof other === 'string' && field.caseSensitive !== true) {
    return one.toLowerCase() === other.toLowerCase();
  }
  return one === other;
}

function asId(value: FieldValue): FieldValue {
  return normalizeId(String(value)) ?? value;
}

function instantOf(value: FieldValue): FieldValue {
  const instant = Date.parse(String(value));
  return Number.isNaN(instant) ? value : instant;
}

const ID = /^[0-9A-Za-z]{18}$/;

/** Order of two values: null first, numbers by size, ids by character code, other text without case. */
export function compareValues(one: FieldValue, other: FieldValue): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [left, right] = [String(one), String(other)];
  if (ID.test(left) && ID.test(right)) return order(left, right);
  return order(left.toLowerCase(), right.toLowerCase());
}

function order(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
