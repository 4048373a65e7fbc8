/** One HTTP request as the routes see it; the path has neither a query nor doubled slashes. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it came, where it is no text: in parts of a form. */
  readonly bytes?: Uint8Array;
}

/** One HTTP answer; an object is sent as JSON, a text as it is. */
export interface HttpAnswer {
  readonly status: number;
  readonly body?: object | string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
