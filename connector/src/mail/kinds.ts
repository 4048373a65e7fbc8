/**
 * What a message is, decided from its header fields alone. The words are those that `npm run evaluate` prints.
 * `human` and `forward` are people; everything else is a machine.
 */
export const KINDS = [
  'human',
  'forward',
  'auto_reply',
  'bounce',
  'delay',
  'delivery_ok',
  'read_receipt',
  'complaint',
  'calendar',
  'challenge',
  'list_bulk',
] as const;

export type Kind = (typeof KINDS)[number];
