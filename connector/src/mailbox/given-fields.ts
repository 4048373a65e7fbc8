import { Buffer } from 'node:buffer';

import { parseReadFields } from '../mail/header-block.ts';
import type { HeaderBlock } from '../mail/header-field.ts';

/**
 * Fields that a provider gives one by one, written out and parsed like a header that came as text, so that the same
 * caps hold. A line break inside a value that is no fold would begin another field: it becomes a space.
 */
export function parseGivenFields(fields: HeaderBlock): HeaderBlock {
  const text = fields.map(([name, value]) => `${name}: ${value.replace(/\r?\n(?![ \t])|\r(?!\n)/g, ' ')}\r\n`).join('');
  return parseReadFields(Buffer.from(text));
}
