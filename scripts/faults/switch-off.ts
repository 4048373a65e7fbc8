import type { Containment } from '../../test/faults/fault-row.ts';

/** How often a text occurs in another. */
export function occurrences(source: string, text: string): number {
  return source.split(text).length - 1;
}

/**
 * The source without what holds a fault.
 *
 * @throws Error when the text to replace does not occur exactly once.
 */
export function switchOff(source: string, { file, find, replace }: Containment): string {
  const count = occurrences(source, find);
  if (count !== 1) throw new Error(`${file} has ${count} times and not once: ${find}`);
  return source.replace(find, () => replace);
}
