/** An object that somebody else wrote; nothing is known about its values. */
export type ForeignObject = Readonly<Record<string, unknown>>;

/** The value when it is an object and no array, otherwise undefined. */
export function foreignObject(value: unknown): ForeignObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ForeignObject) : undefined;
}

/** The value when it is an array, otherwise undefined. */
export function foreignArray(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The value when it is text with at least one character, otherwise undefined. */
export function foreignText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
