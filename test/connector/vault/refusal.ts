import { expect } from 'chai';
import { inspect } from 'node:util';
import { ActionableError } from '../../../connector/src/errors.ts';

/** The actionable error that work ends with. It has actions and shows none of these secrets, however it is printed. */
export async function refusalOf(work: () => unknown, secrets: readonly string[] = []): Promise<ActionableError> {
  const refusal = await Promise.resolve()
    .then(work)
    .then(
      () => expect.fail('nothing was refused'),
      (error: unknown) => error,
    );
  expect(refusal).to.be.instanceOf(ActionableError);
  const error = refusal as ActionableError;
  expect(error.actions).to.not.be.empty;
  const printed = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${error.message}`;
  for (const secret of secrets) expect(printed).to.not.include(secret);
  return error;
}
