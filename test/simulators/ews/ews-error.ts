/** An error of EWS by its response code ([MS-OXWSCDATA] section 2.2.5.24). */
export class EwsError extends Error {
  override readonly name = 'EwsError';
  readonly code: string;
  /** Milliseconds that `ErrorServerBusy` asks to wait, as its `BackOffMilliseconds`. */
  readonly backOffMs: number | undefined;
  /** Where the whole request is refused, as a SOAP fault with status 500, and no single response message. */
  readonly asFault: boolean;
  /** Of GetStreamingEvents: the subscriptions that the server does not know. */
  readonly subscriptionIds: readonly string[];

  constructor(
    code: string,
    message: string,
    options: { backOffMs?: number; asFault?: boolean; subscriptionIds?: readonly string[] } = {},
  ) {
    super(message);
    this.code = code;
    this.backOffMs = options.backOffMs;
    this.asFault = options.asFault ?? false;
    this.subscriptionIds = options.subscriptionIds ?? [];
  }
}

/** What throttling answers. */
export function serverBusy(backOffMs: number, asFault = true): EwsError {
  const words = 'The server cannot service this request right now. Try again later.';
  return new EwsError('ErrorServerBusy', words, { backOffMs, asFault });
}

/** The request breaks the schema: refused as a whole. */
export function schemaViolation(what: string): EwsError {
  return new EwsError('ErrorSchemaValidation', `The request failed schema validation: ${what}.`, { asFault: true });
}
