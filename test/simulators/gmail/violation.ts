import { selects, type FieldMask } from './field-mask.ts';
import { single, type Parameters } from './parameters.ts';

const CHANGES = ['users.messages.modify', 'users.messages.trash', 'users.messages.untrash', 'users.messages.delete'];

/**
 * What a call asks for beyond header fields, in words, or undefined. Such a call is answered as Gmail would answer it;
 * whoever promises to read header fields alone asserts that nothing was recorded.
 */
export function violationOf(method: string, parameters: Parameters, mask: FieldMask | undefined): string | undefined {
  if (CHANGES.includes(method)) return 'changes a message';
  if (single(parameters, 'q') !== undefined) return 'searches the text of messages';
  if (method !== 'users.messages.get') return undefined;
  const format = (single(parameters, 'format') ?? 'full').toLowerCase();
  if (format === 'full' || format === 'raw') return `asks for a body (format ${format})`;
  if (mask === undefined || selects(mask, ['snippet'])) return 'asks for a snippet (no fields mask that leaves it out)';
  if (selects(mask, ['payload', 'body']) || selects(mask, ['payload', 'parts'])) return 'asks for a body (fields mask)';
  if (format === 'metadata' && !parameters.has('metadataHeaders')) return 'asks for every header field';
  return undefined;
}
