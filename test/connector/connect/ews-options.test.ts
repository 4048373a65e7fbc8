import { expect } from 'chai';

import { ewsOptions } from '../../../connector/src/connect/ews-options.ts';
import { ActionableError } from '../../../connector/src/errors.ts';
import type { EwsSettings, MailboxCredential } from '../../../connector/src/facade.ts';
import { openEwsMailbox } from '../../../connector/src/mailbox/ews/ews-mailbox.ts';
import { shareTenants } from '../../../connector/src/mailbox/graph/share-tenants.ts';
import type { Mailbox } from '../../../connector/src/mailbox/mailbox.ts';
import { mail } from '../../contract/sample-mail.ts';
import { APPLICATION_CERTIFICATE, registeredCertificate } from '../../fixtures/application-certificate.ts';
import { startEwsSimulator, type EwsSimulator } from '../../simulators/ews/ews-simulator.ts';
import { startGraphSimulator, type GraphSimulator } from '../../simulators/graph/graph-simulator.ts';

const REP = 'rep@example.test';
const BOSS = 'boss@example.test';
const CLIENT = 'f1a2b3c4-0000-4000-8000-000000000001';
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

describe('a mailbox on an Exchange server that takes tokens alone', () => {
  let tenant: GraphSimulator;
  let exchange: EwsSimulator;
  let mailbox: Mailbox;
  let saved: MailboxCredential[];
  let resource: string;

  beforeEach(async () => {
    exchange = await startEwsSimulator({ schemes: ['Bearer'] });
    resource = `${new URL(exchange.url).origin}/`;
    tenant = await startGraphSimulator({ resources: [resource] });
    tenant.user(REP);
    tenant.application({ clientId: CLIENT, certificate: registeredCertificate(), roles: ['full_access_as_app'] });
    saved = [];
  });

  afterEach(async () => {
    await mailbox.close();
    await Promise.all([exchange.close(), tenant.close()]);
    expect(exchange.violations).to.deep.equal([]);
  });

  function open(settings: Partial<EwsSettings>, credential: MailboxCredential): void {
    const place = { provider: 'ews', address: REP, url: exchange.url, authentication: 'ntlm' } as const;
    const options = ewsOptions({ ...place, ...settings }, () => Promise.resolve(credential), {
      tenants: shareTenants(),
      save: (changed) => Promise.resolve(void saved.push(changed)),
    });
    mailbox = openEwsMailbox(options);
  }

  async function read(): Promise<number> {
    return (await mailbox.changesSince(await mailbox.openingCursor(LONG_AGO), 10)).messages.length;
  }

  const opensHere = (token: string): boolean => tenant.opens(token, resource);

  it('is read on when an access token has died, by the refresh token, each new one of which is kept', async () => {
    exchange.mailbox(REP, { token: opensHere });
    exchange.deliver(REP, mail({ id: '<1@x>' }));
    const scopes = [`${resource}EWS.AccessAsUser.All`, 'offline_access'];
    const refreshToken = tenant.refreshToken(REP, { clientId: CLIENT, scopes });
    const tokenUrl = `${tenant.loginUrl}${tenant.tenantId}/oauth2/v2.0/token`;
    open({ tokenUrl }, { kind: 'refreshToken', clientId: CLIENT, refreshToken });
    expect(await read()).to.equal(1);
    tenant.endAccessTokens();
    expect(await read()).to.equal(1);
    expect(saved.map(({ kind }) => kind)).to.deep.equal(['refreshToken', 'refreshToken']);
  });

  it('is refused before it is connected when somebody else gave the consent', async () => {
    exchange.mailbox(REP, { token: () => false });
    exchange.mailbox(BOSS, { token: opensHere });
    tenant.user(BOSS);
    const scopes = [`${resource}EWS.AccessAsUser.All`, 'offline_access'];
    const refreshToken = tenant.refreshToken(BOSS, { clientId: CLIENT, scopes });
    const tokenUrl = `${tenant.loginUrl}${tenant.tenantId}/oauth2/v2.0/token`;
    open({ tokenUrl }, { kind: 'refreshToken', clientId: CLIENT, refreshToken });
    const error = (await mailbox.survey(LONG_AGO).catch((reason: unknown) => reason)) as ActionableError;
    expect(error).to.be.instanceOf(ActionableError);
    expect(error.message)
      .to.match(/account that the token was given for/)
      .and.contain(REP);
    expect(error.actions.join(' ')).to.contain('give the consent, as the owner of');
  });

  it('asks for a person when the consent was withdrawn', async () => {
    exchange.mailbox(REP, { token: opensHere });
    const tokenUrl = `${tenant.loginUrl}${tenant.tenantId}/oauth2/v2.0/token`;
    open({ tokenUrl }, { kind: 'refreshToken', clientId: CLIENT, refreshToken: 'canary-withdrawn' });
    const error = (await read().catch((reason: unknown) => reason)) as Error;
    expect(error).to.include({ name: 'MailboxError', code: 'reconnect' });
    expect(error.message).not.to.contain('canary');
  });

  it('is read on when an access token has died, by the certificate of an application that acts for its owner', async () => {
    exchange.mailbox(REP, { token: () => false });
    exchange.account({ user: CLIENT, token: opensHere, address: 'nobody@example.test', impersonates: 'all' });
    exchange.deliver(REP, mail({ id: '<1@x>' }));
    const { certificate, privateKey } = APPLICATION_CERTIFICATE;
    const settings = { impersonate: true, tenantId: tenant.tenantId, loginUrl: tenant.loginUrl };
    open(settings, { kind: 'certificate', clientId: CLIENT, certificate, privateKey });
    expect(await read()).to.equal(1);
    tenant.endAccessTokens();
    expect(await read()).to.equal(1);
    expect(exchange.requests.map(({ impersonated }) => impersonated))
      .to.include(REP)
      .and.not.include(undefined);
  });
});
