import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { EntraError } from './entra-error.ts';
import { answerTokenRequest, type TokenEndpoint } from './token-endpoint.ts';

const TOKEN = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;

/** Whether a request is one for the identity platform and not for Graph. */
export function isOauthPath(path: string): boolean {
  return TOKEN.test(path);
}

/** The Microsoft identity platform (v2.0), as far as an application and a public client need it. */
export async function answerOauth(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: TokenEndpoint,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
  const body = await text(request);
  try {
    const tenant = decodeURIComponent(TOKEN.exec(path)?.[1] ?? '');
    answerJson(response, 200, answerTokenRequest(tenant, body, endpoint));
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    answerJson(response, error.status, error.body);
  }
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
