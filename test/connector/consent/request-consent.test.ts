import { expect } from 'chai';
import { createHash } from 'node:crypto';

import { requestConsent, type Consent, type ConsentRequest } from '../../../connector/src/consent/request-consent.ts';
import { ActionableError } from '../../../connector/src/errors.ts';
import { googleAccessToken } from '../../../connector/src/mailbox/gmail/google-access-token.ts';
import { openGmailMailbox } from '../../../connector/src/mailbox/gmail/gmail-mailbox.ts';
import type { Fault } from '../../simulators/gmail/fault.ts';
import { startGmailSimulator, type GmailSimulator } from '../../simulators/gmail/gmail-simulator.ts';
import { consentInBrowser, type BrowserDecision, type RestingPage } from '../../simulators/consenting-browser.ts';

const REP = 'rep@example.test';
const OTHER = 'other@example.test';
const SCOPE = 'https://www.googleapis.com/auth/gmail.metadata';
const CLIENT = { clientId: 'desk.apps.googleusercontent.com', clientSecret: 'GOCSPX-canary-c0de' };

/** A browser for one request: it begins when it is opened, and rests where the redirects lead. */
interface Browser {
  readonly open: (url: string) => void;
  readonly opened: Promise<URL>;
  readonly rested: Promise<RestingPage>;
}

function browserThat(act: (url: string) => Promise<RestingPage>): Browser {
  const opened = Promise.withResolvers<URL>();
  const rested = Promise.withResolvers<RestingPage>();
  return {
    open: (url) => {
      opened.resolve(new URL(url));
      act(url).then(rested.resolve, rested.reject);
    },
    opened: opened.promise,
    rested: rested.promise,
  };
}

const browserOf = (decision: BrowserDecision = {}): Browser => browserThat((url) => consentInBrowser(url, decision));

describe('requestConsent', () => {
  let simulator: GmailSimulator;

  beforeEach(async () => {
    simulator = await startGmailSimulator();
    for (const address of [REP, OTHER]) simulator.mailbox(address, { token: `token of ${address}`, scopes: [SCOPE] });
    simulator.desktopClient(CLIENT);
  });

  afterEach(async () => {
    await simulator.close();
    expect(simulator.violations).to.deep.equal([]);
  });

  const ask = (browser: Browser, changes: Partial<ConsentRequest> = {}): Promise<Consent> => {
    const { authUrl, tokenUrl, rootUrl } = simulator;
    return requestConsent({
      address: REP,
      ...CLIENT,
      openBrowser: browser.open,
      authUrl,
      tokenUrl,
      rootUrl,
      ...changes,
    });
  };

  async function failureOf(asked: Promise<unknown>): Promise<unknown> {
    return asked.then(
      () => expect.fail('the consent was given'),
      (reason: unknown) => reason,
    );
  }

  async function errorOf(asked: Promise<unknown>): Promise<ActionableError> {
    const error = await failureOf(asked);
    expect(error).to.be.instanceOf(ActionableError);
    const { message, stack, actions } = error as ActionableError;
    expect(`${message}${stack}${actions.join()}`).not.to.match(/canary|ya29\.|1\/\/0|4\/0A/);
    expect(actions).not.to.deep.equal([]);
    return error as ActionableError;
  }

  const redirectOf = (opened: URL): URL => new URL(opened.searchParams.get('redirect_uri')!);

  async function isClosed(opened: URL): Promise<boolean> {
    return fetch(redirectOf(opened)).then(
      () => false,
      () => true,
    );
  }

  it('gives a refresh token that opens the mailbox, and closes the port', async () => {
    const browser = browserOf();
    const { refreshToken, address, scopes } = await ask(browser);
    expect([address, scopes]).to.deep.equal([REP, [SCOPE]]);
    expect(await isClosed(await browser.opened)).to.equal(true);

    simulator.deliver(REP, [['Message-ID', '<answer@x>']]);
    const { tokenUrl, rootUrl } = simulator;
    const credential = { kind: 'refreshToken', ...CLIENT, refreshToken } as const;
    const mailbox = openGmailMailbox({
      address,
      rootUrl,
      accessToken: googleAccessToken(credential, { address, tokenUrl }),
    });
    const { folders } = await mailbox.survey(new Date(0));
    expect(folders.map(({ messages }) => messages)).to.deep.equal([0, 1, 0]);
    await mailbox.close();
  });

  it('shows a page that says so, loads nothing and keeps the code to itself', async () => {
    const browser = browserOf();
    await ask(browser);
    const { status, html, headers } = await browser.rested;
    expect(status).to.equal(200);
    expect(html).to.contain(`You gave your consent for ${REP}`).and.to.contain('you can close this page');
    expect(html).not.to.match(/<script|<link|<img|src=|href=|url\(/);
    const digest = createHash('sha256')
      .update(/<style>([^<]*)<\/style>/.exec(html)![1]!)
      .digest('base64');
    expect(headers.get('content-security-policy')).to.contain(`default-src 'none'; style-src 'sha256-${digest}';`);
    expect([headers.get('referrer-policy'), headers.get('cache-control')]).to.deep.equal(['no-referrer', 'no-store']);
  });

  it('asks for the least scope, offline, for this address, with a proof key', async () => {
    const browser = browserOf();
    await ask(browser);
    const query = Object.fromEntries((await browser.opened).searchParams);
    expect(query).to.include({
      client_id: CLIENT.clientId,
      response_type: 'code',
      scope: SCOPE,
      access_type: 'offline',
      prompt: 'consent',
      login_hint: REP,
      code_challenge_method: 'S256',
    });
    expect(query['redirect_uri']).to.match(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}$/);
    expect(query['code_challenge']).to.match(/^[\w-]{43}$/);
    expect(query['state']).to.match(/^[\w-]{43}$/);
    expect(query).not.to.have.any.keys('client_secret', 'code_verifier');
  });

  it('uses nothing twice', async () => {
    const [first, second] = [browserOf(), browserOf()];
    await Promise.all([ask(first), ask(second)]);
    for (const name of ['redirect_uri', 'state', 'code_challenge']) {
      expect((await first.opened).searchParams.get(name)).not.to.equal((await second.opened).searchParams.get(name));
    }
  });

  it('takes the address in any case', async () => {
    expect((await ask(browserOf(), { address: 'Rep@Example.TEST' })).address).to.equal(REP);
  });

  describe('ends without a consent', () => {
    async function endsWith(browser: Browser, words: string, changes: Partial<ConsentRequest> = {}): Promise<string> {
      const { message, actions } = await errorOf(ask(browser, changes));
      expect(message).to.contain(words);
      const { status, html } = await browser.rested;
      expect(status).to.equal(400);
      expect(html)
        .to.contain('The mailbox is not connected')
        .and.not.to.match(/canary|ya29\.|1\/\/0|4\/0A/);
      expect(await isClosed(await browser.opened)).to.equal(true);
      return actions.join(' ');
    }

    it('when the person refuses', async () => {
      await endsWith(browserOf({ allow: false }), `The consent to read ${REP} was refused`);
    });

    it('when another account is chosen, and names both', async () => {
      const words = `The consent was given for ${OTHER}, but the mailbox to connect is ${REP}`;
      expect(await endsWith(browserOf({ account: OTHER }), words)).to.contain(`choose the account ${REP}`);
    });

    it('when the scope is unticked, and names it', async () => {
      await endsWith(browserOf({ without: [SCOPE] }), `the scope ${SCOPE} is missing`);
    });

    it('when the Gmail API is off in the project, and names it', async () => {
      simulator.enableApi(false);
      expect(await endsWith(browserOf(), 'the Gmail API is off')).to.contain('gmail.googleapis.com');
    });

    it('when the account has no Gmail', async () => {
      simulator.userWithoutMail('desk@example.test');
      await endsWith(browserOf(), 'has no Gmail mailbox', { address: 'desk@example.test' });
    });

    it('when the client secret is wrong', async () => {
      const actions = await endsWith(browserOf(), CLIENT.clientId, { clientSecret: 'GOCSPX-canary-old' });
      expect(actions).to.contain('client secret');
    });

    const answerOf = (body: string, status = 200): Fault => ({
      kind: 'answer',
      status,
      contentType: 'application/json',
      body,
    });
    for (const [title, method, fault, words] of [
      ['no refresh token comes', 'oauth2.token', answerOf('{"access_token":"ya29.canary"}'), 'no refresh token'],
      ['a proxy answers for Google', 'oauth2.token', answerOf('<html>canary'), 'holds no access token'],
      ['the code is refused', 'oauth2.token', answerOf('{"error":"invalid_grant"}', 400), '(invalid_grant)'],
      ["the refusal is a stranger's", 'oauth2.token', answerOf('{"error":"<b>canary"}', 400), '(HTTP 400)'],
      ['the connection breaks', 'oauth2.token', { kind: 'reset' }, 'connection to 127.0.0.1'],
      ['Gmail fails', 'users.getProfile', answerOf('{}', 503), '(HTTP 503)'],
      ['Gmail names nobody', 'users.getProfile', answerOf('{"emailAddress":7}'), 'did not say whose'],
    ] as const) {
      it(`when ${title}`, async () => {
        simulator.failNext(fault, { method });
        await endsWith(browserOf(), words);
      });
    }

    it('when Gmail names a stranger, whose name stays text', async () => {
      simulator.failNext(answerOf('{"emailAddress":"<script>alert(1)</script>@x"}'), { method: 'users.getProfile' });
      const browser = browserOf();
      await endsWith(browser, 'The consent was given for <script>');
      expect((await browser.rested).html)
        .to.contain('&#60;script&#62;')
        .and.not.to.contain('<script');
    });
  });

  describe('takes the redirect of nobody else', () => {
    /** A stranger tries first; then the person consents. */
    const afterStranger = (tries: (redirect: URL, opened: URL) => Promise<void>): Browser =>
      browserThat(async (url) => {
        const opened = new URL(url);
        await tries(redirectOf(opened), opened);
        return consentInBrowser(url);
      });

    it('and goes on after a request without the state, with another one or with two', async () => {
      const statuses: number[] = [];
      const browser = afterStranger(async (redirect, opened) => {
        const state = opened.searchParams.get('state')!;
        const others = [
          '',
          'state=',
          `state=${'a'.repeat(state.length)}`,
          `state=${state}x`,
          `state=${state}&state=${state}`,
        ];
        for (const query of others) statuses.push((await fetch(`${redirect.href}?code=stolen&${query}`)).status);
      });
      expect((await ask(browser)).address).to.equal(REP);
      expect(statuses).to.deep.equal([400, 400, 400, 400, 400]);
    });

    it('and answers other methods, paths and host names with 404', async () => {
      const statuses: number[] = [];
      const browser = afterStranger(async (redirect, opened) => {
        const query = `?code=stolen&state=${opened.searchParams.get('state')!}`;
        const { origin, href } = redirect;
        for (const [url, init] of [
          [`${origin}/${query}`, {}],
          [`${href}/${query}`, {}],
          [`${origin}/favicon.ico`, {}],
          [`${href}${query}`, { method: 'POST' }],
          [`${href}${query}`, { method: 'HEAD' }],
          [`${href.replace('127.0.0.1', 'localhost')}${query}`, {}],
        ] as const) {
          statuses.push((await fetch(url, init)).status);
        }
      });
      expect((await ask(browser)).address).to.equal(REP);
      expect(statuses).to.deep.equal([404, 404, 404, 404, 404, 404]);
    });

    it('and answers a second return with 404 while the first is looked into', async () => {
      simulator.failNext({ kind: 'silence' }, { method: 'oauth2.token' });
      const browser = browserOf();
      const end = new AbortController();
      const asked = failureOf(ask(browser, { signal: end.signal }));
      const opened = await browser.opened;
      await until(() => simulator.requests.some(({ method }) => method === 'oauth2.token'));
      const again = `${redirectOf(opened).href}?code=again&state=${opened.searchParams.get('state')!}`;
      expect((await fetch(again)).status).to.equal(404);
      end.abort(new Error('enough'));
      expect(await asked).to.equal(end.signal.reason);
      expect((await browser.rested).html).to.contain('The connection was broken off');
    });

    /** A browser that comes back with what the test says, without having been anywhere. */
    const returningWith = (parameters: Record<string, string>): Browser =>
      browserThat(async (url) => {
        const opened = new URL(url);
        const query = new URLSearchParams({ state: opened.searchParams.get('state')!, ...parameters });
        const response = await fetch(`${redirectOf(opened).href}?${query.toString()}`);
        return { url, status: response.status, headers: response.headers, html: await response.text() };
      });

    it('and shows no word that an authorization server may not use', async () => {
      const browser = returningWith({ error: '<script>canary' });
      const { message } = await errorOf(ask(browser));
      expect(message).to.equal(`Google did not grant access to ${REP} (its answer cannot be read).`);
      expect((await browser.rested).html).not.to.contain('canary');
    });

    it('and redeems no code that comes with an error', async () => {
      const { message } = await errorOf(ask(returningWith({ error: 'server_error', code: '4/0Aabc' })));
      expect(message).to.equal(`Google did not grant access to ${REP} (server_error).`);
      expect(simulator.requests.filter(({ method }) => method === 'oauth2.token')).to.deep.equal([]);
    });

    it('and redeems no empty code', async () => {
      const { message } = await errorOf(ask(returningWith({ code: '' })));
      expect(message).to.contain('its answer cannot be read');
    });
  });

  describe('ends by itself', () => {
    const nobody = (): Browser => browserThat(() => new Promise(() => {}));

    it('when nobody consents in time', async () => {
      const browser = nobody();
      const { message } = await errorOf(ask(browser, { timeoutMs: 20 }));
      expect(message).to.equal(`Nobody consented to the connection of ${REP} in time.`);
      expect(await isClosed(await browser.opened)).to.equal(true);
    });

    it('when Google does not answer in time', async () => {
      simulator.failNext({ kind: 'silence' }, { method: 'oauth2.token' });
      const { message } = await errorOf(ask(browserOf(), { timeoutMs: 300 }));
      expect(message).to.contain('in time');
    });

    it('when it is aborted, with the reason of the signal', async () => {
      const browser = nobody();
      const end = new AbortController();
      const asked = failureOf(ask(browser, { signal: end.signal }));
      const opened = await browser.opened;
      end.abort(new Error('the person pressed Ctrl+C'));
      expect(await asked).to.equal(end.signal.reason);
      expect(await isClosed(opened)).to.equal(true);
    });

    it('when it is aborted while its port is being opened', async () => {
      const end = new AbortController();
      const asked = failureOf(ask(nobody(), { signal: end.signal }));
      end.abort(new Error('too late'));
      expect(await asked).to.equal(end.signal.reason);
    });

    it('when it was aborted before it began, without opening anything', async () => {
      const reason = new Error('too late');
      let opened = false;
      const openBrowser = (): void => void (opened = true);
      expect(await failureOf(ask(nobody(), { openBrowser, signal: AbortSignal.abort(reason) }))).to.equal(reason);
      expect(opened).to.equal(false);
    });

    for (const [title, openBrowser] of [
      ['throws', (): never => raise('no browser')],
      ['rejects', (): Promise<void> => Promise.reject(new Error('no browser'))],
    ] as const) {
      it(`when opening the browser ${title}`, async () => {
        expect(await failureOf(ask(nobody(), { openBrowser }))).to.have.property('message', 'no browser');
      });
    }

    for (const authUrl of ['http://192.0.2.1/auth', 'file:///etc/passwd', 'no address']) {
      it(`when the consent page is at ${authUrl}`, async () => {
        expect((await errorOf(ask(nobody(), { authUrl }))).message).to.contain('consent page cannot be used');
      });
    }
  });
});

function raise(message: string): never {
  throw new Error(message);
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The condition did not come true in 5 seconds.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
