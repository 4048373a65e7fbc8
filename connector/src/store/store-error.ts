import { ActionableError } from '../errors.ts';

/** The database cannot be used: locked folder, no connection, newer schema, full disk. Says which, and what to do. */
export class StoreError extends ActionableError {
  override readonly name: string = 'StoreError';
}
