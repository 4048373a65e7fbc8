import type { HttpAnswer, HttpRequest } from './rest/http-message.ts';

/**
 * A passing fault between the client and the org.
 * - `status`: this status instead of the answer; nothing was done.
 * - `login-page`: HTTP 200 with an HTML page instead of the answer; nothing was done.
 * - `cut-json`: the work is done, the answer breaks off in its middle.
 * - `lost-answer`: the work is done, the connection ends without an answer.
 * - `refused`: the connection ends before anything is done.
 * - `expired-session`: INVALID_SESSION_ID; nothing was done.
 */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly errorCode?: string; readonly message?: string }
  | { readonly kind: 'login-page' | 'cut-json' | 'lost-answer' | 'refused' | 'expired-session' };

/** Which requests a fault meets. */
export type RequestFilter = (request: HttpRequest) => boolean;

/** The faults that tests have ordered. */
export interface Faults {
  /** Lets the next request that fits fail; `times` says how many of them. */
  readonly failNext: (fault: Fault, filter?: RequestFilter, times?: number) => void;
  /** The fault of this request, which is used up by asking. */
  readonly take: (request: HttpRequest) => Fault | undefined;
}

/** No fault is ordered at first. */
export function createFaults(): Faults {
  const ordered: { readonly fault: Fault; readonly filter: RequestFilter; left: number }[] = [];
  return {
    failNext(fault, filter = () => true, times = 1) {
      ordered.push({ fault, filter, left: times });
    },
    take(request) {
      const order = ordered.find(({ filter, left }) => left > 0 && filter(request));
      if (order !== undefined) order.left -= 1;
      return order?.fault;
    },
  };
}

const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Login | Salesforce</title></head><body>Log in to continue.</body></html>';

/** The answer of a fault that keeps the request from being worked on; undefined when it is worked on all the same. */
export function faultAnswer(fault: Fault): HttpAnswer | undefined {
  if (fault.kind === 'login-page') return { status: 200, body: LOGIN_PAGE, contentType: 'text/html;charset=UTF-8' };
  if (fault.kind === 'expired-session') return invalidSession();
  if (fault.kind !== 'status') return undefined;
  const { status, errorCode = 'SERVER_UNAVAILABLE', message = 'The server is too busy at the moment' } = fault;
  return { status, body: [{ errorCode, message }] };
}

/** What a token that is unknown or expired gets. */
export function invalidSession(): HttpAnswer {
  return { status: 401, body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] };
}
