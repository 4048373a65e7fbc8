import { expect } from 'chai';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';

import { startGmailSimulator, type GmailSimulator } from '../gmail-simulator.ts';
import { consentInBrowser } from '../../consenting-browser.ts';
import { AUDIENCE, rsaKeyPair, signedAssertion } from './signed-assertion.ts';

const REP = 'rep@example.test';
const CLIENT = { clientId: 'desk.apps.googleusercontent.com', clientSecret: 'GOCSPX-secret' };
const REDIRECT = 'http://127.0.0.1:49152/back';
const METADATA = 'https://www.googleapis.com/auth/gmail.metadata';
const SEND = 'https://www.googleapis.com/auth/gmail.send';
const ACCOUNT = 'reader@project.iam.gserviceaccount.com';
const KEYS = rsaKeyPair();
const OTHER_KEYS = rsaKeyPair();
const NOW = new Date('2026-11-24T10:00:00Z');

type Answer = Readonly<Record<string, unknown>>;

describe('the simulated authorization server of Google', () => {
  let simulator: GmailSimulator;
  let clock: Date;

  beforeEach(async () => {
    clock = NOW;
    simulator = await startGmailSimulator({ now: () => clock });
    simulator.mailbox(REP, { token: 'unused', scopes: [METADATA] });
    simulator.desktopClient(CLIENT);
    simulator.serviceAccount({
      clientEmail: ACCOUNT,
      clientId: '1234567890',
      privateKeyId: 'key-1',
      publicKey: KEYS.publicKey,
      delegatedScopes: [METADATA],
    });
  });

  afterEach(() => simulator.close());

  async function askToken(form: Record<string, string>): Promise<Answer> {
    const response = await fetch(simulator.tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
    return { status: response.status, ...((await response.json()) as object) };
  }

  async function profile(token: unknown): Promise<{ status: number; reason: string | undefined; address: unknown }> {
    const response = await fetch(`${simulator.rootUrl}gmail/v1/users/me/profile`, {
      headers: { authorization: `Bearer ${String(token)}` },
    });
    const { emailAddress, error } = (await response.json()) as {
      readonly emailAddress?: string;
      readonly error?: { readonly errors: readonly { readonly reason: string }[] };
    };
    return { status: response.status, reason: error?.errors[0]?.reason, address: emailAddress };
  }

  describe('asked for consent by the official client', () => {
    const officialClient = (): OAuth2Client =>
      new OAuth2Client({
        ...CLIENT,
        redirectUri: REDIRECT,
        endpoints: { oauth2AuthBaseUrl: simulator.authUrl, oauth2TokenUrl: simulator.tokenUrl },
      });

    /** Where the browser is sent; nobody listens there in these tests. */
    async function decide(url: string, form: Record<string, string>): Promise<Response> {
      const body = new URLSearchParams({ account: REP, decision: 'allow', scope: METADATA, ...form });
      return fetch(url, { method: 'POST', body, redirect: 'manual' });
    }

    async function authorize(form: Record<string, string> = {}): Promise<{ code: string; codeVerifier: string }> {
      const client = officialClient();
      const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
      const opened = client.generateAuthUrl({
        scope: [METADATA],
        state: 'state-1',
        access_type: 'offline',
        prompt: 'consent',
        login_hint: REP,
        code_challenge: codeChallenge!,
        code_challenge_method: CodeChallengeMethod.S256,
      });
      const response = await decide(opened, form);
      const target = new URL(response.headers.get('location')!);
      expect(target.searchParams.get('state')).to.equal('state-1');
      return { code: target.searchParams.get('code') ?? '', codeVerifier };
    }

    const exchange = (code: string, codeVerifier: string, changes: Record<string, string> = {}): Promise<Answer> =>
      askToken({
        grant_type: 'authorization_code',
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uri: REDIRECT,
        code,
        code_verifier: codeVerifier,
        ...changes,
      });

    it('issues tokens that open the mailbox', async () => {
      const { code, codeVerifier } = await authorize();
      const { tokens } = await officialClient().getToken({ code, codeVerifier });
      expect(tokens.scope).to.equal(METADATA);
      expect(tokens.refresh_token).to.be.a('string');
      expect(await profile(tokens.access_token)).to.deep.include({ status: 200, address: REP });
    });

    it('takes a code once', async () => {
      const { code, codeVerifier } = await authorize();
      expect((await exchange(code, codeVerifier))['status']).to.equal(200);
      expect(await exchange(code, codeVerifier)).to.include({ status: 400, error: 'invalid_grant' });
    });

    it('takes a code for ten minutes', async () => {
      const { code, codeVerifier } = await authorize();
      clock = new Date(NOW.getTime() + 600_000);
      expect(await exchange(code, codeVerifier)).to.include({ status: 400, error: 'invalid_grant' });
    });

    for (const [title, changes, error] of [
      ['another verifier', { code_verifier: 'a'.repeat(43) }, 'invalid_grant'],
      ['no verifier', { code_verifier: '' }, 'invalid_grant'],
      ['another port of the redirect', { redirect_uri: 'http://127.0.0.1:49153/back' }, 'redirect_uri_mismatch'],
      ['another path of the redirect', { redirect_uri: 'http://127.0.0.1:49152/' }, 'redirect_uri_mismatch'],
      ['another client', { client_id: 'other.apps.googleusercontent.com' }, 'invalid_client'],
      ['a wrong secret', { client_secret: 'wrong' }, 'invalid_client'],
      ['no secret', { client_secret: '' }, 'invalid_request'],
      ['an unknown grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ] as const) {
      it(`refuses to exchange a code with ${title}`, async () => {
        const { code, codeVerifier } = await authorize();
        expect((await exchange(code, codeVerifier, changes))['error']).to.equal(error);
      });
    }

    it('gives no refresh token without offline access, and none for a code that nobody asked for', async () => {
      const client = officialClient();
      const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
      const url = client.generateAuthUrl({
        scope: [METADATA],
        code_challenge: codeChallenge!,
        code_challenge_method: CodeChallengeMethod.S256,
      });
      const code = new URL((await decide(url, {})).headers.get('location')!).searchParams.get('code')!;
      expect((await client.getToken({ code, codeVerifier })).tokens.refresh_token).to.equal(undefined);
      expect((await exchange('4/0Ainvented', codeVerifier))['error']).to.equal('invalid_grant');
    });

    it('grants the scopes that stay ticked', async () => {
      const { code, codeVerifier } = await authorize({ scope: SEND });
      const answer = await exchange(code, codeVerifier);
      expect(answer['scope']).to.equal('');
      expect(await profile(answer['access_token'])).to.include({ status: 403, reason: 'insufficientPermissions' });
    });

    it('tells the app when the person refuses', async () => {
      expect((await authorize({ decision: 'deny' })).code).to.equal('');
    });

    for (const [title, changes, word] of [
      ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
      ['another response type', { response_type: 'token' }, 'response_type'],
      ['a redirect to another machine', { redirect_uri: 'http://192.0.2.1:80/' }, 'redirect_uri_mismatch'],
      ['a redirect without a port', { redirect_uri: 'http://127.0.0.1/' }, 'redirect_uri_mismatch'],
      ['a redirect by https', { redirect_uri: 'https://127.0.0.1:4000/' }, 'redirect_uri_mismatch'],
      ['a plain challenge', { code_challenge_method: 'plain' }, 'code_challenge_method'],
      ['a short challenge', { code_challenge: 'abc' }, 'code_challenge'],
      ['an unknown scope', { scope: 'everything' }, 'invalid_scope'],
      ['no scope', { scope: '' }, 'invalid_scope'],
      ['a parameter that does not exist', { acess_type: 'offline' }, 'acess_type'],
    ] as const) {
      it(`shows a page of its own and redirects nowhere for ${title}`, async () => {
        const url = new URL(simulator.authUrl);
        const query = {
          client_id: CLIENT.clientId,
          redirect_uri: REDIRECT,
          response_type: 'code',
          scope: METADATA,
          code_challenge: 'a'.repeat(43),
          code_challenge_method: 'S256',
        };
        for (const [name, value] of [...Object.entries(query), ...Object.entries(changes)])
          url.searchParams.set(name, value);
        const page = await consentInBrowser(url.href);
        expect(page).to.include({ status: 400, url: url.href });
        expect(page.html).to.contain(word);
      });
    }

    it('refreshes until the user withdraws the consent', async () => {
      const client = officialClient();
      client.setCredentials({
        refresh_token: simulator.refreshToken(REP, { clientId: CLIENT.clientId, scopes: [METADATA] }),
      });
      expect(await profile((await client.getAccessToken()).token)).to.include({ status: 200, address: REP });
      simulator.revoke(REP);
      expect(await refreshWith(client.credentials.refresh_token!)).to.include({
        status: 400,
        error: 'invalid_grant',
        error_description: 'Token has been expired or revoked.',
      });
    });

    const refreshWith = (token: string, changes: Record<string, string> = {}): Promise<Answer> =>
      askToken({
        grant_type: 'refresh_token',
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        refresh_token: token,
        ...changes,
      });

    it('refuses a refresh token to another client', async () => {
      simulator.desktopClient({ clientId: 'other', clientSecret: 'other' });
      const token = simulator.refreshToken(REP, { clientId: CLIENT.clientId, scopes: [METADATA] });
      const other = { client_id: 'other', client_secret: 'other' };
      expect(await refreshWith(token, other)).to.include({ status: 401, error: 'unauthorized_client' });
    });
  });

  describe('asked by a service account', () => {
    const seconds = (): number => clock.getTime() / 1000;

    function assertion(changes: object = {}, header: object = {}, keys = KEYS): string {
      const claims = { iss: ACCOUNT, sub: REP, scope: METADATA, aud: AUDIENCE, iat: seconds(), exp: seconds() + 3600 };
      return signedAssertion({ alg: 'RS256', typ: 'JWT', ...header }, { ...claims, ...changes }, keys.privateKey);
    }
    const redeem = (jwt: string): Promise<Answer> =>
      askToken({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt });

    it('issues a token for the user it acts for, which ends after an hour', async () => {
      const { status, access_token, expires_in } = await redeem(assertion({}, { kid: 'key-1' }));
      expect([status, expires_in]).to.deep.equal([200, 3599]);
      expect(await profile(access_token)).to.include({ status: 200, address: REP });
      clock = new Date(NOW.getTime() + 3_599_000);
      expect((await profile(access_token)).status).to.equal(401);
    });

    for (const [title, jwt, error, words] of [
      ['the key of somebody else', () => assertion({}, {}, OTHER_KEYS), 'invalid_grant', 'Invalid JWT Signature.'],
      ['a key id that was deleted', () => assertion({}, { kid: 'key-0' }), 'invalid_grant', 'Invalid JWT Signature.'],
      ['an algorithm without a secret', () => assertion({}, { alg: 'none' }), 'invalid_grant', 'RS256'],
      ['an unknown account', () => assertion({ iss: 'x@y.test' }), 'invalid_grant', 'account not found'],
      ['an unknown user', () => assertion({ sub: 'no@example.test' }), 'invalid_grant', 'Invalid email or User ID'],
      ['another audience', () => assertion({ aud: 'https://example.test/' }), 'invalid_grant', 'audience'],
      ['a scope that is not delegated', () => assertion({ scope: SEND }), 'unauthorized_client', 'unauthorized'],
      ['one scope too many', () => assertion({ scope: `${METADATA} ${SEND}` }), 'unauthorized_client', 'unauthorized'],
      ['no scope', () => assertion({ scope: '' }), 'invalid_scope', 'scope'],
      ['a life of two hours', () => assertion({ exp: seconds() + 7200 }), 'invalid_grant', 'short-lived token'],
      ['a time in the future', () => assertion({ iat: seconds() + 600 }), 'invalid_grant', 'reasonable timeframe'],
      [
        'a time long past',
        () => assertion({ iat: seconds() - 7200, exp: seconds() - 3600 }),
        'invalid_grant',
        'timeframe',
      ],
      ['no times', () => assertion({ iat: undefined, exp: undefined }), 'invalid_grant', 'timeframe'],
      ['no signature', () => assertion().split('.').slice(0, 2).join('.'), 'invalid_request', 'parse'],
      ['garbage', () => 'a.b.c', 'invalid_request', 'parse'],
    ] as const) {
      it(`refuses an assertion with ${title}`, async () => {
        const answer = await redeem(jwt());
        expect(answer['error']).to.equal(error);
        expect(answer['error_description']).to.contain(words);
        expect(answer).not.to.have.property('access_token');
      });
    }

    it('gives an account that acts for nobody a token that opens no mailbox', async () => {
      const { access_token } = await redeem(assertion({ sub: undefined }));
      expect(await profile(access_token)).to.include({ status: 400, reason: 'failedPrecondition' });
    });

    it('issues a token for a user without Gmail, which opens no mailbox', async () => {
      simulator.userWithoutMail('desk@example.test');
      const { access_token } = await redeem(assertion({ sub: 'desk@example.test' }));
      expect(await profile(access_token)).to.include({ status: 400, reason: 'failedPrecondition' });
    });

    it('issues tokens although the API is off, which then refuses them', async () => {
      simulator.enableApi(false);
      const { access_token } = await redeem(assertion());
      expect(await profile(access_token)).to.include({ status: 403, reason: 'accessNotConfigured' });
    });
  });

  it('takes no parameter twice, no JSON and no GET', async () => {
    const post = async (contentType: string, body: string): Promise<number> =>
      (await fetch(simulator.tokenUrl, { method: 'POST', headers: { 'content-type': contentType }, body })).status;
    const form = 'application/x-www-form-urlencoded';
    expect(await post(form, 'grant_type=refresh_token&grant_type=refresh_token')).to.equal(400);
    expect(await post('application/json', '{"grant_type":"refresh_token"}')).to.equal(400);
    expect((await fetch(simulator.tokenUrl)).status).to.equal(404);
  });
});
