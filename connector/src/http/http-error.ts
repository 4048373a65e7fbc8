/**
 * Why an exchange did not end with an answer:
 * - `host_refused`: the address is not on the allow-list, is not a web address, or would carry a secret in clear text.
 * - `redirect`: the server answered with a redirect, which is never followed.
 * - `too_large`: the answer is longer than the cap, after decompression.
 * - `deadline`: the exchange, body included, took longer than allowed.
 * - `network`: the connection could not be opened, broke, or ended in the middle of the answer.
 */
export type HttpErrorCode = 'host_refused' | 'redirect' | 'too_large' | 'deadline' | 'network';

/** The message names hosts only: a path or a query may carry a token or an address. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }
}
