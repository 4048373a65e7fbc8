import { readInput } from './read-input.ts';

/** A header is a few kilobytes; what lies behind this is body, whatever it looks like. */
const MOST_BYTES = 512 * 1024;

/**
 * A saved message, or the header of one, from a file or from standard input for `-`. Only its beginning is read: nothing
 * of a body is ever looked at.
 */
export function readMessage(path: string): Promise<string> {
  return readInput(path, MOST_BYTES);
}
