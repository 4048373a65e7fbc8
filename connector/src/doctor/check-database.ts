import type { CheckResult, ConnectorStatus } from '../facade.ts';
import { failure, ok } from './check-result.ts';

/** The database answers; one that does not ends the command before anything can be checked. */
export function checkDatabase({ engine, place }: ConnectorStatus['database']): CheckResult {
  return ok('database', `${engine}, ${place}, answers.`);
}

/** The schema is the one that this program was written for. */
export function checkSchema(version: number, expected: number): CheckResult {
  if (version === expected) return ok('schema', `The schema has version ${version}.`);
  const found = `The schema has version ${version}, and this program knows version ${expected}.`;
  if (version > expected) return failure('schema', found, ['Install the newer version of the connector here too.']);
  return failure('schema', found, ['Start the connector anew: it brings the schema up to date when it starts.']);
}
