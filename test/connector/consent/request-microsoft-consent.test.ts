import { expect } from 'chai';

import {
  requestMicrosoftConsent,
  type MicrosoftConsent,
  type MicrosoftConsentRequest,
} from '../../../connector/src/consent/request-microsoft-consent.ts';
import { ActionableError } from '../../../connector/src/errors.ts';
import { openGraphMailbox } from '../../../connector/src/mailbox/graph/graph-mailbox.ts';
import { microsoftAccessToken } from '../../../connector/src/mailbox/graph/microsoft-access-token.ts';
import { consentInBrowser, type BrowserDecision, type RestingPage } from '../../simulators/consenting-browser.ts';
import { startGraphSimulator, type GraphSimulator } from '../../simulators/graph/graph-simulator.ts';

const REP = 'rep@example.test';
const OTHER = 'other@example.test';
const CLIENT = 'f1a2b3c4-0000-4000-8000-000000000001';

describe('requestMicrosoftConsent', () => {
  let graph: GraphSimulator;
  let rested: Promise<RestingPage> | undefined;

  beforeEach(async () => {
    graph = await startGraphSimulator();
    for (const address of [REP, OTHER]) graph.user(address);
    graph.user('nomail@example.test', { mailbox: false });
    graph.application({ clientId: CLIENT, delegated: ['Mail.ReadBasic', 'Mail.Read'] });
    rested = undefined;
  });

  afterEach(async () => {
    await graph.close();
    expect(graph.violations).to.deep.equal([]);
  });

  function ask(
    decision: BrowserDecision = {},
    changes: Partial<MicrosoftConsentRequest> = {},
  ): Promise<MicrosoftConsent> {
    const { loginUrl, rootUrl, tenantId } = graph;
    return requestMicrosoftConsent({
      ...{ address: REP, clientId: CLIENT, loginUrl, rootUrl, tenantId },
      openBrowser: (url) => {
        rested = consentInBrowser(url, decision);
      },
      ...changes,
    });
  }

  async function refusal(attempt: Promise<unknown>): Promise<ActionableError> {
    const error: unknown = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(ActionableError);
    return error as ActionableError;
  }

  it('gives a refresh token that opens the mailbox by its header fields alone, and tells the person', async () => {
    const consent = await ask();
    expect(consent).to.deep.include({ address: REP, scopes: ['Mail.ReadBasic'] });
    expect((await rested)!.html).to.contain(REP);
    const { tenantId, loginUrl, rootUrl } = graph;
    const credential = { kind: 'refreshToken', clientId: CLIENT, refreshToken: consent.refreshToken } as const;
    const saved: string[] = [];
    const onRefreshToken = (token: string): Promise<void> => Promise.resolve(void saved.push(token));
    const accessToken = microsoftAccessToken(credential, { address: REP, tenantId, loginUrl, onRefreshToken });
    const mailbox = openGraphMailbox({ address: REP, accessToken, rootUrl });
    expect((await mailbox.changesSince(await mailbox.openingCursor(new Date()), 10)).caughtUp).to.equal(true);
    expect(await mailbox.grantedScopes!()).to.deep.equal({ granted: ['Mail.ReadBasic'], wider: [] });
    expect(saved).to.have.length(1);
    expect(saved[0]).not.to.equal(consent.refreshToken);
    await mailbox.close();
  });

  it('refuses by name the consent of another account', async () => {
    const error = await refusal(ask({ account: OTHER }));
    expect(error.message).to.contain(OTHER).and.to.contain(REP);
    expect((await rested)!.status).to.equal(400);
  });

  it('refuses by name an account without a mailbox', async () => {
    expect((await refusal(ask({ account: 'nomail@example.test' }))).message).to.contain('nomail@example.test');
  });

  it('refuses by name the token of another tenant', async () => {
    const tid = '11111111-2222-4333-8444-555555555555';
    const openBrowser = (url: string): void => {
      const claims = { aud: CLIENT, tid, nonce: new URL(url).searchParams.get('nonce') };
      const idToken = `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
      const fields = { access_token: 'a', refresh_token: 'r', scope: 'Mail.ReadBasic', id_token: idToken };
      const answer = { status: 200, contentType: 'application/json', body: JSON.stringify(fields) };
      graph.failNext({ kind: 'answer', ...answer }, { method: 'token' });
      rested = consentInBrowser(url);
    };
    const error = await refusal(ask({}, { openBrowser }));
    expect(error.message).to.contain(tid).and.to.contain(graph.tenantId);
  });

  it('says so when the person declines', async () => {
    const error = await refusal(ask({ allow: false }));
    expect(error.message).to.contain('refused');
    expect(error.actions.join(' ')).to.contain('Microsoft 365 admin');
  });

  it('says what to look at when the code is not redeemed', async () => {
    graph.failNext(
      {
        kind: 'answer',
        status: 400,
        contentType: 'application/json',
        body: '{"error":"invalid_client","error_codes":[7000218]}',
      },
      { method: 'token' },
    );
    const error = await refusal(ask());
    expect(error.message).to.contain('AADSTS7000218');
    expect(error.actions.join(' ')).to.contain('http://localhost');
  });

  it('does not take an answer without tokens, or for another application or request', async () => {
    const idToken = (claims: object): string => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
    for (const fields of [
      {},
      { access_token: 'a', refresh_token: '' },
      { access_token: 'a b', refresh_token: 'r' },
      { access_token: 'a', refresh_token: 'r', id_token: 'nonsense', scope: 'Mail.ReadBasic' },
      {
        access_token: 'a',
        refresh_token: 'r',
        id_token: idToken({ aud: 'another', tid: graph.tenantId }),
        scope: 'Mail.ReadBasic',
      },
      {
        access_token: 'a',
        refresh_token: 'r',
        id_token: idToken({ aud: CLIENT, tid: graph.tenantId, nonce: 'old' }),
        scope: 'Mail.ReadBasic',
      },
    ]) {
      graph.failNext(
        { kind: 'answer', status: 200, contentType: 'application/json', body: JSON.stringify(fields) },
        { method: 'token' },
      );
      expect((await refusal(ask())).message).to.contain('no token that can be used');
    }
  });
});
