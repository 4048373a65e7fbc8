/** One request to the data API of the org. */
export interface OrgRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** From the root of the host, for example `/services/data/v67.0/composite`. */
  readonly path: string;
  readonly body?: object;
}

/** An answer of the platform: JSON of any shape, or the refusal of a call that one row of it may have caused. */
export type OrgAnswer =
  | { readonly accepted: true; readonly body: unknown; readonly serverTime: Date | undefined }
  | { readonly accepted: false; readonly errorCode: string; readonly message: string };

/** Calls the org; rejects with a `SalesforceError` when the call as a whole failed. */
export type OrgCall = (request: OrgRequest) => Promise<OrgAnswer>;
