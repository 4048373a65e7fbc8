import type { ActionableError } from '../errors.ts';

/** A request that is answered with an error before any work begins. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** The status code of HTTP (RFC 9110, 15). */
  readonly status: number;
  readonly answer: ActionableError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, answer: ActionableError, headers: Readonly<Record<string, string>> = {}) {
    super(answer.message);
    this.status = status;
    this.answer = answer;
    this.headers = headers;
  }
}
