import { notSimulated } from '../api-error.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { Org } from '../org.ts';
import type { HttpAnswer, HttpRequest } from '../rest/http-message.ts';

/** Answers the SOAP calls of the Metadata API. */
export function createSoap(_org: Org, _sessions: Sessions): (request: HttpRequest) => HttpAnswer {
  return (request) => {
    throw notSimulated(`${request.method} ${request.path}`);
  };
}
