import type { CheckResult, ConnectorStatus } from '../facade.ts';
import type { StoreError } from '../store/store-error.ts';
import { failure, ok, skipped } from './check-result.ts';

/** The database answers. */
export function checkDatabase({ engine, place }: ConnectorStatus['database']): CheckResult {
  return ok('database', `${engine}, ${place}, answers.`);
}

/** What is left to say of the database, and of all that stands in it, when it cannot be used. */
export function checkWithoutDatabase({ message, actions }: StoreError): CheckResult[] {
  const unknown = (['schema', 'masterKey', 'messages', 'outbox', 'jobs', 'service', 'mailbox'] as const).map((check) =>
    skipped(check, 'The database cannot be used, and with it nothing of this is known.'),
  );
  return [failure('database', message, actions), ...unknown];
}

/** The schema is the one that this program was written for. */
export function checkSchema(version: number, expected: number): CheckResult {
  if (version === expected) return ok('schema', `The schema has version ${version}.`);
  const found = `The schema has version ${version}, and this program knows version ${expected}.`;
  if (version > expected) return failure('schema', found, ['Install the newer version of the connector here too.']);
  return failure('schema', found, ['Start the connector anew: it brings the schema up to date when it starts.']);
}
