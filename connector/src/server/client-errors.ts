import { ActionableError } from '../errors.ts';

/** EX_UNAVAILABLE of sysexits(3): the service that is needed is not to be had. */
const EXIT_UNAVAILABLE = 69;
/** EX_TEMPFAIL of sysexits(3). */
const EXIT_TRY_AGAIN = 75;
const SERVE_AGAIN = 'Start the service again if it has ended: sf reply serve.';
const SAFE_TO_REPEAT = 'sf reply status shows how things stand. To ask again is safe: nothing is done twice.';

/** The service has fallen silent, before or within its answer. */
export function silent(path: string, ms: number): ActionableError {
  return new ActionableError(
    `The service on ${path} has said nothing for ${Math.round(ms / 1000)} s. What was asked may have been done.`,
    [
      'Look into the log of the service; it may have been halted, or the machine may be overloaded.',
      'End it by its process id and start it again (sf reply serve): it goes on where it stood.',
      SAFE_TO_REPEAT,
    ],
    { exitCode: EXIT_TRY_AGAIN },
  );
}

/** The connection ended before the answer did. */
export function ended(path: string): ActionableError {
  return new ActionableError(
    `The service on ${path} ended before it had answered. What was asked may have been done, or a part of it.`,
    [SERVE_AGAIN, SAFE_TO_REPEAT],
    { exitCode: EXIT_TRY_AGAIN },
  );
}

/** The service that was there a moment ago has gone, and has not heard the question. */
export function gone(path: string): ActionableError {
  return new ActionableError(
    `The service on ${path} has ended; what was asked has not been begun.`,
    [SERVE_AGAIN, 'Or ask again without it.'],
    { exitCode: EXIT_UNAVAILABLE },
  );
}

/** There is something, but it takes no connection. */
export function unreachable(path: string, reason: string): ActionableError {
  return new ActionableError(
    `The service on ${path} cannot be reached (${reason}).`,
    [
      'Run the command as the user who runs the service.',
      'If the service answers nobody, end it by its process id and start it again: sf reply serve.',
    ],
    { exitCode: EXIT_UNAVAILABLE },
  );
}

export function foreignSocket(path: string): ActionableError {
  return new ActionableError(
    `The socket ${path} belongs to another user, so no request, and no credential, is sent to it.`,
    ['Run the command as the user who runs the service.', 'If nobody should run a service there, remove the socket.'],
    { exitCode: EXIT_UNAVAILABLE },
  );
}

/** What answers does not speak as the service does. */
export function garbled(path: string): ActionableError {
  return new ActionableError(
    `What answers on ${path} is not a service of this connector, or its answer is damaged.`,
    ['Find out which program listens there, and end it.', SERVE_AGAIN, SAFE_TO_REPEAT],
    { exitCode: EXIT_UNAVAILABLE },
  );
}
