import { expect } from 'chai';

import {
  googleAccessToken,
  type ConsentedClient,
  type GoogleCredential,
} from '../../../../connector/src/mailbox/gmail/google-access-token.ts';
import type { AccessTokenSource } from '../../../../connector/src/mailbox/keep-token.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import type { Fault } from '../../../simulators/gmail/fault.ts';
import { startGmailSimulator, type GmailSimulator } from '../../../simulators/gmail/gmail-simulator.ts';
import { rsaKeyPair } from '../../../simulators/gmail/oauth/signed-assertion.ts';
import { METADATA, openRepMailbox, REP, TOKEN } from './gmail-harness.ts';
import {
  CLIENT_EMAIL,
  CLIENT_ID,
  KEY_ID,
  pemOf,
  registerServiceAccount,
  SERVICE_ACCOUNT,
} from './service-account-fixture.ts';

const HOUR = 3_600_000;
const CLIENT = { clientId: 'desk.apps.googleusercontent.com', clientSecret: 'GOCSPX-canary-77aa' };

describe('googleAccessToken', () => {
  let simulator: GmailSimulator;
  let offMs: number;
  let secrets: string[];

  beforeEach(async () => {
    offMs = 0;
    secrets = [TOKEN, CLIENT.clientSecret, ...SERVICE_ACCOUNT.privateKey.split('\n').slice(1, 4)];
    simulator = await startGmailSimulator({ now: () => new Date(Date.now() + offMs) });
    simulator.mailbox(REP, { token: TOKEN, scopes: METADATA });
    simulator.desktopClient(CLIENT);
    registerServiceAccount(simulator);
  });

  afterEach(async () => {
    await simulator.close();
    expect(simulator.violations).to.deep.equal([]);
  });

  const tokensFor = (credential: GoogleCredential, address = REP): AccessTokenSource =>
    googleAccessToken(credential, { address, tokenUrl: simulator.tokenUrl, deadlineMs: 5000 });

  function consented(changes: Partial<ConsentedClient> = {}): ConsentedClient {
    const refreshToken = simulator.refreshToken(REP, { clientId: CLIENT.clientId, scopes: METADATA });
    secrets.push(refreshToken);
    return { kind: 'refreshToken', ...CLIENT, refreshToken, ...changes };
  }

  const requestsTo = (method: string): number =>
    simulator.requests.filter((request) => request.method === method).length;

  async function errorOf(attempt: Promise<unknown>): Promise<MailboxError> {
    const error: unknown = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(MailboxError);
    const { message, stack, cause } = error as MailboxError;
    for (const secret of secrets) expect(`${message}${stack}${JSON.stringify(cause)}`).not.to.contain(secret);
    return error as MailboxError;
  }

  /** Reads the mailbox with a credential, as a first connect does. */
  async function connect(credential: GoogleCredential, address = REP): Promise<void> {
    const mailbox = openRepMailbox(simulator, { address, accessToken: tokensFor(credential, address) });
    try {
      await mailbox.openingCursor(new Date());
    } finally {
      await mailbox.close();
    }
  }

  it('opens a mailbox by a service account that acts for its owner', async () => {
    await connect(SERVICE_ACCOUNT);
    expect(requestsTo('users.getProfile')).to.equal(1);
  });

  it('opens a mailbox by the consent of its owner', async () => {
    await connect(consented());
    expect(requestsTo('users.getProfile')).to.equal(1);
  });

  it('hands a bare token out as it is', async () => {
    const source = tokensFor({ kind: 'accessToken', accessToken: TOKEN });
    expect([await source(), await source(TOKEN)]).to.deep.equal([TOKEN, TOKEN]);
    expect(requestsTo('oauth2.token')).to.equal(0);
  });

  for (const [title, credentialOf] of [
    ['service account', () => SERVICE_ACCOUNT],
    ['consent', () => consented()],
  ] as const) {
    it(`asks once by a ${title} however many calls wait, and keeps the token`, async () => {
      const source = tokensFor(credentialOf());
      const tokens = await Promise.all([source(), source(), source()]);
      expect(new Set([...tokens, await source()]).size).to.equal(1);
      expect(requestsTo('oauth2.token')).to.equal(1);
    });

    it(`replaces a token by a ${title} when Gmail refuses it before its time`, async () => {
      const mailbox = openRepMailbox(simulator, { accessToken: tokensFor(credentialOf()) });
      await mailbox.openingCursor(new Date());
      simulator.endAccessTokens(REP);
      await mailbox.openingCursor(new Date());
      expect(requestsTo('oauth2.token')).to.equal(2);
      await mailbox.close();
    });
  }

  it('asks again before a token of short life ends', async () => {
    const brief = await startGmailSimulator({ tokenSeconds: 0 });
    brief.mailbox(REP, { token: TOKEN, scopes: METADATA });
    registerServiceAccount(brief);
    const source = googleAccessToken(SERVICE_ACCOUNT, { address: REP, tokenUrl: brief.tokenUrl });
    expect(await source()).not.to.equal(await source());
    await brief.close();
  });

  describe('needs a person', () => {
    it('when the admin has not delegated the scope, and says where', async () => {
      registerServiceAccount(simulator, ['https://www.googleapis.com/auth/gmail.send']);
      const { code, message } = await errorOf(connect(SERVICE_ACCOUNT));
      expect(code).to.equal('reconnect');
      expect(message).to.contain(`${CLIENT_EMAIL} may not read ${REP}`).and.to.contain('Domain-wide delegation');
      expect(message)
        .to.contain(`client id ${CLIENT_ID}`)
        .and.to.contain(METADATA[0]!)
        .and.to.contain('unauthorized_client');
    });

    it('when the organisation has no such user', async () => {
      const { code, message } = await errorOf(connect(SERVICE_ACCOUNT, 'nobody@example.test'));
      expect(code).to.equal('reconnect');
      expect(message).to.contain('knows no user nobody@example.test').and.to.contain('Invalid email or User ID');
    });

    it('when the user has no Gmail', async () => {
      simulator.userWithoutMail('desk@example.test');
      const { code, message } = await errorOf(connect(SERVICE_ACCOUNT, 'desk@example.test'));
      expect(code).to.equal('reconnect');
      expect(message).to.contain('desk@example.test has no Gmail mailbox').and.to.contain('Mail service not enabled');
    });

    it('when the project has the Gmail API off, and names the API', async () => {
      simulator.enableApi(false);
      const { code, message } = await errorOf(connect(SERVICE_ACCOUNT));
      expect(code).to.equal('reconnect');
      expect(message).to.contain('Gmail API is off').and.to.contain('Enable gmail.googleapis.com');
    });

    it('when the key was replaced, and names the key', async () => {
      const privateKey = pemOf(rsaKeyPair());
      secrets.push(...privateKey.split('\n').slice(1, 4));
      const { code, message } = await errorOf(connect({ ...SERVICE_ACCOUNT, privateKey }));
      expect(code).to.equal('reconnect');
      expect(message).to.contain(`key ${KEY_ID} of ${CLIENT_EMAIL} is not accepted`).and.to.contain('Create a new key');
    });

    it('when the service account was deleted', async () => {
      const { code, message } = await errorOf(connect({ ...SERVICE_ACCOUNT, clientEmail: 'gone@x.test' }));
      expect([code, message]).to.deep.equal([
        'reconnect',
        'The service account gone@x.test does not exist any more. Create another one and connect again. ' +
          'Google said: invalid_grant: Invalid grant: account not found',
      ]);
    });

    it('when the owner withdrew the consent', async () => {
      const credential = consented();
      await connect(credential);
      simulator.revoke(REP);
      const { code, message } = await errorOf(connect(credential));
      expect(code).to.equal('reconnect');
      expect(message).to.contain(`${REP} no longer grants access`).and.to.contain('Connect the mailbox again');
    });

    for (const [title, changes] of [
      ['is unknown', { clientId: 'nobody.apps.googleusercontent.com' }],
      ['has another secret', { clientSecret: 'GOCSPX-canary-old' }],
    ] as const) {
      it(`when the OAuth client ${title}`, async () => {
        secrets.push('GOCSPX-canary-old');
        const credential = consented(changes);
        const { code, message } = await errorOf(connect(credential));
        expect(code).to.equal('reconnect');
        expect(message).to.contain(`OAuth client ${credential.clientId}`).and.to.contain('client secret');
      });
    }

    it('when the OAuth client is sent without its secret', async () => {
      const { clientSecret: _, ...credential } = consented();
      const { code, message } = await errorOf(connect(credential));
      expect(code).to.equal('reconnect');
      expect(message).to.contain('client_secret is missing');
    });

    it('when the consent is of another account, and says so', async () => {
      simulator.mailbox('other@example.test', { token: 'unused', scopes: METADATA });
      const { code, message } = await errorOf(connect(consented(), 'other@example.test'));
      expect(code).to.equal('reconnect');
      expect(message).to.contain('other@example.test is not the account of the access token');
    });
  });

  for (const [direction, hours] of [
    ['fast', -2],
    ['slow', 2],
  ] as const) {
    it(`names a clock that is ${direction}, by how much, and tries again`, async () => {
      offMs = hours * HOUR;
      const { code, message } = await errorOf(connect(SERVICE_ACCOUNT));
      expect(code).to.equal('retry');
      expect(message).to.contain(`${REP} cannot be read: the clock of this machine is 120 minutes ${direction}`);
      expect(message).to.contain('NTP');
      offMs = 0;
      await connect(SERVICE_ACCOUNT);
    });
  }

  describe('tries again later', () => {
    const json = (status: number, body: unknown): Fault => ({
      kind: 'answer',
      status,
      contentType: 'application/json',
      body: JSON.stringify(body),
    });
    const faults: readonly (readonly [string, Fault, string])[] = [
      ['Google fails', json(503, { error: 'internal_failure' }), 'HTTP 503'],
      ['an error is new', json(400, { error: 'never_seen_before' }), 'never_seen_before'],
      ['a proxy answers', { kind: 'answer', status: 502, contentType: 'text/html', body: '<html>' }, 'HTTP 502'],
      [
        'a proxy answers as if all were well',
        { kind: 'answer', status: 200, contentType: 'text/html', body: '<html>' },
        'holds no access token',
      ],
      ['the answer has no token', json(200, { expires_in: 3599 }), 'holds no access token'],
      ['the token breaks the line', json(200, { access_token: 'a\r\nb', expires_in: 3599 }), 'holds no access token'],
      ['the answer is endless', json(200, { access_token: 'a'.repeat(100_000) }), 'longer than'],
      ['the connection is reset', { kind: 'reset' }, 'connection to 127.0.0.1'],
      ['the server redirects', json(302, {}), 'redirect'],
    ];
    for (const [title, fault, words] of faults) {
      for (const [by, credentialOf] of [
        ['service account', () => SERVICE_ACCOUNT],
        ['consent', () => consented()],
      ] as const) {
        it(`when ${title}, by a ${by}, after one request`, async () => {
          simulator.failNext(fault, { method: 'oauth2.token', times: 5 });
          const { code, message } = await errorOf(tokensFor(credentialOf())());
          expect(code).to.equal('retry');
          expect(message).to.contain(`${REP} cannot be read now`).and.to.contain(words);
          expect(requestsTo('oauth2.token')).to.equal(1);
        });
      }
    }

    it('when the server is silent beyond the deadline', async () => {
      simulator.failNext({ kind: 'silence' }, { method: 'oauth2.token' });
      const source = googleAccessToken(SERVICE_ACCOUNT, {
        address: REP,
        tokenUrl: simulator.tokenUrl,
        deadlineMs: 100,
      });
      const { code, message } = await errorOf(source());
      expect(code).to.equal('retry');
      expect(message).to.contain('did not answer within 100 ms');
    });

    it('without repeating a secret that the answer repeats', async () => {
      const credential = consented();
      const echo = `Bad token ${credential.refreshToken} of\r\n${CLIENT.clientId}`;
      const body = { error: 'invalid_request', error_description: echo };
      simulator.failNext(json(400, body), { method: 'oauth2.token' });
      expect((await errorOf(tokensFor(credential)())).message).to.match(
        /Google said: invalid_request: Bad token \.\.\. of /,
      );
    });
  });

  it('sends an assertion to no other machine by clear text', async () => {
    const source = googleAccessToken(SERVICE_ACCOUNT, { address: REP, tokenUrl: 'http://192.0.2.1/token' });
    expect((await errorOf(source())).message).to.contain('only https keeps a token secret');
  });
});
