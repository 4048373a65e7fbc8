import { READ_FIELDS } from '../../connector/src/mail/read-fields.ts';

const NAMES = new Set(READ_FIELDS.map((name) => name.toLowerCase()));

/** Whether a field of this name is read, told in the plainest way. */
export function isReadName(name: string): boolean {
  return NAMES.has(name.toLowerCase());
}
