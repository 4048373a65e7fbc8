import { storableInstant, storableText } from '../../../connector/src/store/storable.ts';

/** A copy of a value as Postgres would hold it: no NUL, no lone surrogate, no year outside of its calendar. */
export function storable<T>(value: T): T {
  return storableValue(value) as T;
}

function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value).toWellFormed();
  if (value instanceof Date) return storableInstant(value);
  if (Array.isArray(value)) return value.map(storableValue);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([name, member]) => [storableValue(name), storableValue(member)]));
}
