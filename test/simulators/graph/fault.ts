import type { ServerResponse } from 'node:http';

import type { GraphError } from './graph-error.ts';

/**
 * Something that goes wrong instead of an answer: an error of the API, any answer at all (an HTML page of a proxy), an
 * answer cut off in the middle of its JSON with a clean end, a connection that breaks in the middle or at once, an
 * answer that comes in drops, or silence.
 */
export type Fault =
  | { readonly kind: 'error'; readonly error: GraphError; readonly retryAfter?: string }
  | { readonly kind: 'answer'; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly kind: 'half-json' }
  | { readonly kind: 'broken-off' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' };

const JSON_TYPE = 'application/json; odata.metadata=minimal';
const HALF = '{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#Collection(message)","value":[{"id":"AAMk';

export function answerWithFault(fault: Fault, response: ServerResponse): void {
  switch (fault.kind) {
    case 'error': {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      response.writeHead(fault.error.status, { 'content-type': JSON_TYPE, ...headers });
      response.end(JSON.stringify(fault.error.body));
      return;
    }
    case 'answer':
      response.writeHead(fault.status, { 'content-type': fault.contentType }).end(fault.body);
      return;
    case 'half-json':
      response.writeHead(200, { 'content-type': JSON_TYPE }).end(HALF);
      return;
    case 'broken-off':
      response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': '500' });
      response.write(HALF, () => response.destroy());
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'silence':
      return;
  }
}
