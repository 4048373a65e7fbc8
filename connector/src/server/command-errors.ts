import { randomUUID } from 'node:crypto';
import { ActionableError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { Refusal } from './refusal.ts';

/** EX_SOFTWARE of sysexits(3). */
const EXIT_DEFECT = 70;
const TOO_LARGE = 413;

/**
 * What a caller may hear of an error. One that was made for people is passed on. Any other is a defect of ours: its
 * stack goes to the log, and the caller gets the number under which it stands there.
 */
export function actionable(error: unknown, logger: Logger, during: string): ActionableError {
  if (error instanceof ActionableError) return error;
  const defect = randomUUID();
  // The stack alone: other members of a foreign error may hold what was sent, credentials among it.
  const stack = error instanceof Error ? error.stack : String(error);
  logger.error({ defect, during, stack }, 'A defect kept the service from answering a command.');
  return new ActionableError(
    'The service could not do this because of a defect of its own.',
    [`Look for ${defect} in the log of the service, and report what stands there.`],
    { exitCode: EXIT_DEFECT },
  );
}

/** The answer to a request that did not come as far as its verb. */
export function refusalOf(error: unknown, logger: Logger): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof ActionableError) return new Refusal(400, error);
  const status = bodyFault(error);
  if (status === undefined) return new Refusal(500, actionable(error, logger, 'reading a request'));
  // The words of the parser are left out: they quote the body, in which there may be a password.
  return new Refusal(status, status === TOO_LARGE ? tooLarge() : notJson());
}

/** The status that the body parser of Express gives to a body it does not take; its errors alone have a `type`. */
function bodyFault(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('type' in error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' && error.status < 500 ? error.status : undefined;
}

function tooLarge(): ActionableError {
  return new ActionableError('The request is larger than the service takes.', [
    'Of a saved message the header alone is needed; cut off what follows its first empty line.',
  ]);
}

/** The error for a body that is no JSON, or says that it is something else. */
export function notJson(): ActionableError {
  return new ActionableError('The request is not the JSON that the service takes.', [
    'Use the commands of the same version: sf reply --help.',
  ]);
}
