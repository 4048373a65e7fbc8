import { expect } from 'chai';

import {
  microsoftAccessToken,
  type MicrosoftCredential,
} from '../../../../connector/src/mailbox/graph/microsoft-access-token.ts';
import { shareTenants } from '../../../../connector/src/mailbox/graph/share-tenants.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import { APPLICATION_CERTIFICATE, registeredCertificate } from '../../../fixtures/application-certificate.ts';
import { startGraphSimulator, type GraphSimulator } from '../../../simulators/graph/graph-simulator.ts';
import { READ_BASIC, REP } from './graph-harness.ts';

const CLIENT = 'f1a2b3c4-0000-4000-8000-000000000001';

describe('microsoftAccessToken', () => {
  let graph: GraphSimulator;
  const { certificate, privateKey } = APPLICATION_CERTIFICATE;
  const application: MicrosoftCredential = { kind: 'certificate', clientId: CLIENT, certificate, privateKey };

  beforeEach(async () => {
    graph = await startGraphSimulator();
    graph.user(REP);
    graph.application({
      clientId: CLIENT,
      certificate: registeredCertificate(),
      roles: READ_BASIC,
      delegated: ['Mail.ReadBasic'],
    });
  });
  afterEach(() => graph.close());

  const tokensOf = (credential: MicrosoftCredential, more: { tenantId?: string; loginUrl?: string } = {}) =>
    microsoftAccessToken(credential, { address: REP, tenantId: graph.tenantId, loginUrl: graph.loginUrl, ...more });

  async function refusal(attempt: Promise<unknown>): Promise<MailboxError> {
    const error: unknown = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(MailboxError);
    expect((error as MailboxError).message).not.to.contain(privateKey.split('\n')[3]);
    return error as MailboxError;
  }

  it('is issued for an assertion of the certificate, opens a mailbox, and is kept', async () => {
    const tokens = tokensOf(application);
    const token = await tokens();
    expect(await tokens()).to.equal(token);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${graph.rootUrl}users/${REP}/mailFolders/inbox`, { headers })).status).to.equal(200);
    expect(await tokens(token)).not.to.equal(token);
  });

  it('is asked for once for all mailboxes that one application reads', async () => {
    const tenants = shareTenants();
    const options = { tenantId: graph.tenantId, loginUrl: graph.loginUrl };
    const [one, other] = ['a@x', 'b@x'].map((address) => tenants.tokens(application, { address, ...options }));
    expect(await one!()).to.equal(await other!());
  });

  const wrong: readonly (readonly [
    what: string,
    change: (graph: GraphSimulator) => Promise<unknown>,
    words: RegExp,
  ])[] = [
    [
      'another tenant',
      (g) => microsoftAccessToken(application, { address: REP, tenantId: 'none.example', loginUrl: g.loginUrl })(),
      /no tenant none\.example.*AADSTS90002/,
    ],
    [
      'an application that the tenant does not know',
      () => tokensOf({ ...application, clientId: 'unknown' })(),
      /knows no application unknown.*AADSTS700016/,
    ],
    [
      'a key that does not belong to the certificate',
      () => tokensOf({ ...application, privateKey: APPLICATION_CERTIFICATE.otherKey })(),
      /certificate is not registered.*AADSTS700027/,
    ],
    [
      'a refresh token that was withdrawn',
      () => tokensOf({ kind: 'refreshToken', clientId: CLIENT, refreshToken: 'gone' })(),
      /no longer grants access.*AADSTS70008/,
    ],
  ];
  for (const [what, attempt, words] of wrong) {
    it(`is refused for ${what}, which a person has to repair`, async () => {
      const error = await refusal(attempt(graph));
      expect(error.code).to.equal('reconnect');
      expect(error.message).to.match(words);
    });
  }

  it('names where an admin consents when nobody has', async () => {
    const body = '{"error":"invalid_grant","error_codes":[65001]}';
    graph.failNext({ kind: 'answer', status: 400, contentType: 'application/json', body }, { method: 'token' });
    const { message } = await refusal(tokensOf(application)());
    expect(message).to.contain(`https://login.microsoftonline.com/${graph.tenantId}/adminconsent?client_id=${CLIENT}`);
  });

  const passing: readonly (readonly [what: string, fault: Parameters<GraphSimulator['failNext']>[0]])[] = [
    ['an HTML page', { kind: 'answer', status: 200, contentType: 'text/html', body: '<html>' }],
    ['a server error', { kind: 'answer', status: 503, contentType: 'text/html', body: '' }],
    [
      'a wrong clock',
      {
        kind: 'answer',
        status: 401,
        contentType: 'application/json',
        body: '{"error":"invalid_client","error_codes":[700024]}',
      },
    ],
    ['half an answer', { kind: 'half-json' }],
    ['a connection that is reset', { kind: 'reset' }],
  ];
  for (const [what, fault] of passing) {
    it(`is tried again after ${what}`, async () => {
      const tokens = tokensOf(application);
      for (let times = 0; times < 3; times++) graph.failNext(fault, { method: 'token' });
      expect((await refusal(tokens())).code).to.equal('retry');
    });
  }
});
