import type { ServerResponse } from 'node:http';

import type { EwsError } from './ews-error.ts';

/**
 * Something that goes wrong instead of an answer: an error of EWS, any answer at all (an HTML page of a proxy), the
 * right answer cut in its middle or broken off, a connection that is reset, silence, or the right answer late.
 */
export type Fault =
  | { readonly kind: 'error'; readonly error: EwsError; readonly retryAfter?: string }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'half' }
  | { readonly kind: 'broken-off' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' }
  | { readonly kind: 'late'; readonly milliseconds: number };

/** A fault that needs the right answer first. */
export type SpoiltAnswer = Extract<Fault, { kind: 'half' | 'broken-off' | 'late' }>;

/** Sends a right answer as the fault spoils it. */
export function sendSpoilt(fault: SpoiltAnswer, body: string, response: ServerResponse): void {
  const type = { 'content-type': 'text/xml; charset=utf-8' };
  const bytes = Buffer.from(body);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  switch (fault.kind) {
    case 'half':
      response.writeHead(200, type).end(half);
      return;
    case 'broken-off':
      response.writeHead(200, { ...type, 'content-length': String(bytes.length) });
      response.write(half, () => response.destroy());
      return;
    case 'late':
      setTimeout(() => response.writeHead(200, type).end(bytes), fault.milliseconds).unref();
      return;
  }
}
