import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { authorizationPage, redirectAfter } from './authorization-endpoint.ts';
import { EntraError } from './entra-error.ts';
import { answerTokenRequest, type TokenEndpoint } from './token-endpoint.ts';

const PATH = /^\/([^/]+)\/oauth2\/v2\.0\/(token|authorize)$/;

/** Whether a request is one for the identity platform and not for Graph. */
export function isOauthPath(path: string): boolean {
  return PATH.test(path);
}

/** The Microsoft identity platform (v2.0), as far as an application and a public client need it. */
export async function answerOauth(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: TokenEndpoint,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, tenant = '', name] = PATH.exec(url.pathname) ?? [];
  const body = await text(request);
  try {
    if (name === 'token')
      return answerJson(response, 200, answerTokenRequest(decodeURIComponent(tenant), body, endpoint));
    if (request.method === 'POST') {
      const target = redirectAfter(tenant, url.searchParams, new URLSearchParams(body), endpoint);
      return void response.writeHead(302, { location: target.href }).end();
    }
    const page = authorizationPage(tenant, url.searchParams, endpoint);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    if (name === 'token') return answerJson(response, error.status, error.body);
    response.writeHead(error.status, { 'content-type': 'text/html; charset=utf-8' }).end(`<p>AADSTS${error.code}</p>`);
  }
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
