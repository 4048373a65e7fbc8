import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import type { MadeAnswer } from '../answer.ts';
import {
  AuthorizationRefusal,
  parseAuthorizationRequest,
  redirectAfter,
  type AuthorizationRequest,
} from './authorization-endpoint.ts';
import { authorizationPage, refusalPage } from './authorization-page.ts';
import { OauthError } from './oauth-error.ts';
import { answerTokenRequest, type TokenEndpoint } from './token-endpoint.ts';

export const AUTHORIZATION_PATH = '/o/oauth2/v2/auth';
export const TOKEN_PATH = '/token';

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/** Google's authorization server, as far as a desktop app and a service account need it. */
export function createOauthServer(endpoint: TokenEndpoint): (request: IncomingMessage) => Promise<MadeAnswer> {
  return async (request) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const body = await text(request);
    return url.pathname === TOKEN_PATH
      ? tokenAnswer(request, body, endpoint)
      : authorizationAnswer(request.method ?? '', url.searchParams, body, endpoint);
  };
}

function tokenAnswer(request: IncomingMessage, body: string, endpoint: TokenEndpoint): MadeAnswer {
  if (request.method !== 'POST') return { status: 404, contentType: HTML, body: refusalPage('Not Found') };
  try {
    const answer = answerTokenRequest(request.headers['content-type'] ?? '', body, endpoint);
    return { status: 200, contentType: JSON_TYPE, body: JSON.stringify(answer) };
  } catch (error) {
    if (!(error instanceof OauthError)) throw error;
    return { status: error.status, contentType: JSON_TYPE, body: JSON.stringify(error.body) };
  }
}

function authorizationAnswer(
  method: string,
  query: URLSearchParams,
  body: string,
  endpoint: TokenEndpoint,
): MadeAnswer {
  try {
    const request = parseAuthorizationRequest(query, endpoint.accounts);
    if (method === 'POST') return decided(request, new URLSearchParams(body), endpoint);
    return { status: 200, contentType: HTML, body: authorizationPage(request) };
  } catch (error) {
    if (!(error instanceof AuthorizationRefusal)) throw error;
    return { status: 400, contentType: HTML, body: refusalPage(error.message) };
  }
}

function decided(request: AuthorizationRequest, form: URLSearchParams, endpoint: TokenEndpoint): MadeAnswer {
  const account = form.get('account') ?? '';
  if (!endpoint.hasUser(account)) throw new AuthorizationRefusal(`Couldn't find your Google Account ${account}`);
  const decision = { account, allow: form.get('decision') === 'allow', scopes: form.getAll('scope') };
  const location = redirectAfter(request, decision, endpoint.accounts, endpoint.now()).href;
  return { status: 302, contentType: HTML, body: '', location };
}
