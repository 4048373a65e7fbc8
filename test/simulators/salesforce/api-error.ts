/** A refusal of a whole request, as the REST API words it: an HTTP status and `[{errorCode, message, fields}]`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errorCode: string;
  readonly fields: readonly string[] | undefined;

  constructor(status: number, errorCode: string, message: string, fields?: readonly string[]) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.fields = fields;
  }
}

/** Code of everything this org does not simulate. A test can assert that no request ever met it. */
export const NOT_SIMULATED = 'NOT_SIMULATED';

/** A loud refusal: the platform may well know this, the local org does not and guesses nothing. */
export function notSimulated(what: string): ApiError {
  return new ApiError(501, NOT_SIMULATED, `The local org does not simulate ${what}`);
}

/** Body of an error answer of the REST API. */
export function errorBody(error: ApiError): object[] {
  return [
    {
      message: error.message,
      errorCode: error.errorCode,
      ...(error.fields === undefined ? {} : { fields: error.fields }),
    },
  ];
}
