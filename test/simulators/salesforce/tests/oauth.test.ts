import { expect } from 'chai';
import { generateKeyPairSync, sign } from 'node:crypto';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect } from './connect.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

describe('local org: OAuth', () => {
  const genuine = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let org: LocalOrg;

  before(async () => {
    const certificate = genuine.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const clientApps = [
      { clientId: 'jwt-app', certificate, approvedUsernames: ['admin@local.example'] },
      { clientId: 'secret-app', clientSecret: 'correct horse', runAsUsername: 'admin@local.example' },
    ];
    org = await startLocalOrg({ clientApps });
  });

  after(() => org.close());

  function assertion(claims: object = {}, header: object = { alg: 'RS256' }, key = genuine.privateKey): string {
    const expiry = Math.floor(Date.now() / 1000) + 120;
    const payload = {
      iss: 'jwt-app',
      sub: 'admin@local.example',
      aud: 'https://login.salesforce.com',
      exp: expiry,
      ...claims,
    };
    const parts = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${parts}.${sign('sha256', Buffer.from(parts), key).toString('base64url')}`;
  }

  async function ask(form: Record<string, string>): Promise<Record<string, string>> {
    const response = await fetch(`${org.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return (await response.json()) as Record<string, string>;
  }

  it('gives a token for a JWT that the registered key signed', async () => {
    const { access_token: token, instance_url: url } = await ask({ grant_type: GRANT, assertion: assertion() });
    const { totalSize } = await connect(org, token).query('SELECT Id FROM User');
    expect(url).to.equal(org.url);
    expect(totalSize).to.equal(1);
  });

  const wrong: readonly [string, () => string][] = [
    ['another key', () => assertion({}, { alg: 'RS256' }, foreign.privateKey)],
    ['no signature algorithm', () => assertion({}, { alg: 'none' })],
    ['another audience', () => assertion({ aud: 'https://elsewhere.example' })],
    ['an expiry in the past', () => assertion({ exp: 1 })],
    ['a user who is not approved', () => assertion({ sub: 'someone@local.example' })],
    ['an unknown app', () => assertion({ iss: 'other-app' })],
    ['no JWT', () => 'nonsense'],
  ];
  for (const [what, make] of wrong) {
    it(`refuses a JWT with ${what}`, async () => {
      const answer = await ask({ grant_type: GRANT, assertion: make() });
      expect(answer)
        .to.have.property('error')
        .that.matches(/^invalid_(grant|client_id)$/);
      expect(answer).not.to.have.property('access_token');
    });
  }

  it('gives a token for client credentials with the right secret alone', async () => {
    const form = { grant_type: 'client_credentials', client_id: 'secret-app' };
    const right = await ask({ ...form, client_secret: 'correct horse' });
    const other = await ask({ ...form, client_secret: 'battery staple' });
    expect(right['access_token']).to.be.a('string');
    expect(other['error']).to.equal('invalid_client');
  });

  it('refuses username and password', async () => {
    const answer = await ask({ grant_type: 'password', username: 'admin@local.example', password: 'x' });
    expect(answer['error']).to.equal('unsupported_grant_type');
  });
});
