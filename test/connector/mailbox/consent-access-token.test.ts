import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { consentAccessToken } from '../../../connector/src/mailbox/consent-access-token.ts';
import { parseOAuthConsent } from '../../../connector/src/mailbox/parse-oauth-consent.ts';

const CONSENT = { clientId: 'client', clientSecret: 'canary-secret-1', refreshToken: 'canary-refresh-1' };

describe('access tokens by the consent of an owner', () => {
  let server: Server;
  let asked: URLSearchParams[];
  let answer: (request: URLSearchParams) => { status?: number; body: string; headers?: Record<string, string> };

  beforeEach(async () => {
    asked = [];
    const listener: RequestListener = (request, response) => {
      void (async () => {
        let text = '';
        for await (const chunk of request) text += String(chunk);
        asked.push(new URLSearchParams(text));
        const { status = 200, body, headers = {} } = answer(asked.at(-1)!);
        response.writeHead(status, headers).end(body);
      })();
    };
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => void server.close().closeAllConnections());

  const tokens = (onRefreshToken?: (token: string) => Promise<void>) =>
    consentAccessToken(CONSENT, {
      address: 'rep@x',
      tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
      ...(onRefreshToken && { onRefreshToken }),
    });
  const issue = (token: string, more: object = {}): string =>
    JSON.stringify({ access_token: token, expires_in: 3600, ...more });

  it('are asked for once by the refresh token, and kept', async () => {
    answer = () => ({ body: issue('first') });
    const source = tokens();
    expect(await Promise.all([source(), source()])).to.deep.equal(['first', 'first']);
    expect(await source()).to.equal('first');
    expect(asked.map((one) => Object.fromEntries(one))).to.deep.equal([
      {
        grant_type: 'refresh_token',
        client_id: 'client',
        client_secret: 'canary-secret-1',
        refresh_token: 'canary-refresh-1',
      },
    ]);
  });

  it('are asked for anew each time where the server does not say for how long they are valid', async () => {
    for (const seconds of [undefined, null, 'soon', -1, { valueOf: 1, toString: 1 }]) {
      answer = () => ({ body: issue('token', { expires_in: seconds }) });
      const [source, before] = [tokens(), asked.length];
      expect([await source(), await source(), asked.length - before]).to.deep.equal(['token', 'token', 2]);
    }
  });

  it('are used only after the refresh token that came with them is saved, which is the one for the next', async () => {
    const saved: string[] = [];
    answer = (request) => ({
      body: issue(`for ${request.get('refresh_token')}`.replaceAll(' ', '-'), {
        expires_in: 0,
        refresh_token: 'canary-refresh-2',
      }),
    });
    const source = tokens((token) => {
      saved.push(token);
      return Promise.resolve();
    });
    expect([await source(), await source()]).to.deep.equal(['for-canary-refresh-1', 'for-canary-refresh-2']);
    expect(saved).to.deep.equal(['canary-refresh-2']);
    const failing = tokens(() => Promise.reject(new Error('the disk is full')));
    expect(await failing().catch(({ message }: Error) => message)).to.equal('the disk is full');
  });

  const refusals: readonly (readonly [what: string, status: number, body: string, code: string])[] = [
    ['a withdrawn consent', 400, '{"error":"invalid_grant"}', 'reconnect'],
    ['a client that is gone', 401, '{"error":"invalid_client"}', 'reconnect'],
    ['a server in trouble', 503, '<html>', 'retry'],
    ['an unknown error', 400, '{"error":"temporarily_unavailable"}', 'retry'],
    ['no token', 200, '{}', 'retry'],
    ['a token that breaks out of a line', 200, '{"access_token":"a\\r\\nb"}', 'retry'],
    ['half an answer', 200, '{"access_to', 'retry'],
    ['a redirect', 302, '', 'retry'],
  ];
  for (const [what, status, body, code] of refusals) {
    it(`are not had from ${what}: ${code}`, async () => {
      answer = () => ({ status, body, headers: { location: 'https://elsewhere.example/', 'retry-after': '7' } });
      const error = (await tokens()().catch((reason: unknown) => reason)) as Error;
      expect(error).to.include({ name: 'MailboxError', code });
      expect(`${error.message}${error.stack}`).not.to.contain('canary');
    });
  }

  it('come from a file as Google writes it, and never from another address than those of Google, Microsoft and AD FS', () => {
    const google = { client_id: 'c', client_secret: 's', refresh_token: 'r', type: 'authorized_user' };
    expect(parseOAuthConsent(JSON.stringify(google))).to.deep.equal({
      consent: { clientId: 'c', clientSecret: 's', refreshToken: 'r' },
      tokenUrl: 'https://oauth2.googleapis.com/token',
    });
    const microsoft = 'https://login.microsoftonline.com/common/oauth2/v2.0/token';
    expect(parseOAuthConsent(JSON.stringify({ ...google, token_uri: microsoft })).tokenUrl).to.equal(microsoft);
    const federation = 'https://adfs.acme.example/adfs/oauth2/token';
    expect(parseOAuthConsent(JSON.stringify({ ...google, token_uri: federation })).tokenUrl).to.equal(federation);
    const bad = ['nonsense', '[]', '{}', '{"client_id":"c"}'];
    const elsewhere = [
      'https://evil.example/token',
      'https://evil.example/token/adfs/oauth2/token',
      'http://adfs.acme.example/adfs/oauth2/token',
      'http://oauth2.googleapis.com/token',
      'x',
      7,
      'https://oauth2.googleapis.com.evil.example/',
    ];
    for (const file of [...bad, ...elsewhere.map((uri) => JSON.stringify({ ...google, token_uri: uri }))]) {
      expect(() => parseOAuthConsent(file)).to.throw('This file opens no mailbox');
    }
  });
});
