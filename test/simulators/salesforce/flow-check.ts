import type { Placed } from './flow-reader.ts';
import { FormulaProblem } from './formula-parser.ts';

/** Runs a check; the FormulaProblem that it throws becomes a problem at the place. */
export type Check = (place: Placed & { readonly name?: string | undefined }, check: () => void) => void;

/** Says what is wrong. */
export function fail(message: string): never {
  throw new FormulaProblem(message);
}
