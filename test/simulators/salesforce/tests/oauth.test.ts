import { expect } from 'chai';
import { generateKeyPairSync, sign } from 'node:crypto';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

describe('local org: OAuth', () => {
  const genuine = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let org: LocalOrg;

  before(async () => {
    const certificate = genuine.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const clientApps = [
      { clientId: 'jwt-app', certificate, approvedUsernames: ['admin@local.example', 'left@local.example'] },
      { clientId: 'self-approved-app', certificate },
      { clientId: 'blocked-app', certificate, approvedUsernames: ['admin@local.example'], blocked: true },
      { clientId: 'secret-app', clientSecret: 'correct horse', runAsUsername: 'admin@local.example' },
    ];
    org = await startLocalOrg({ clientApps });
    const admin = connect(org);
    const { records } = await admin.query<{ Id: string }>("SELECT Id FROM Profile WHERE Name = 'Standard User'");
    const locale = { LocaleSidKey: 'en_US', LanguageLocaleKey: 'en_US', EmailEncodingKey: 'UTF-8' };
    const user = { ...locale, TimeZoneSidKey: 'GMT', ProfileId: records[0]?.Id, Alias: 'x', Email: 'x@local.example' };
    await admin.sobject('User').create([
      { ...user, LastName: 'Left', Username: 'left@local.example', IsActive: false },
      { ...user, LastName: 'New', Username: 'new@local.example' },
    ]);
  });

  after(() => org.close());

  const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

  function assertion(claims: object = {}, header: object = { alg: 'RS256' }, key = genuine.privateKey): string {
    const payload = {
      iss: 'jwt-app',
      sub: 'admin@local.example',
      aud: 'https://login.salesforce.com',
      exp: inSeconds(120),
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
    expect(totalSize).to.equal(3);
  });

  it('takes its own address and the milliseconds of the sf command', async () => {
    const answer = await ask({
      grant_type: GRANT,
      assertion: assertion({ aud: `${org.url}/`, exp: Date.now() + 60_000 }),
    });
    expect(answer['access_token']).to.match(/^00D\w{12}!/);
    expect(answer['id']).to.equal(`${org.url}/id/${org.orgId}/${org.userId}`);
  });

  const wrong: readonly [string, () => string, string][] = [
    ['another key', () => assertion({}, { alg: 'RS256' }, foreign.privateKey), 'invalid_grant: invalid assertion'],
    ['no signature algorithm', () => assertion({}, { alg: 'none' }), 'invalid_grant: invalid assertion'],
    ['another audience', () => assertion({ aud: 'https://elsewhere.example' }), 'invalid_grant: audience is invalid'],
    [
      'the audience of sandboxes',
      () => assertion({ aud: 'https://test.salesforce.com' }),
      'invalid_grant: audience is invalid',
    ],
    ['an expiry in the past', () => assertion({ exp: inSeconds(-1) }), 'invalid_grant: expired authorization code'],
    [
      'an expiry in more than three minutes',
      () => assertion({ exp: inSeconds(240) }),
      'invalid_grant: invalid assertion',
    ],
    ['a claim too few', () => assertion({ sub: undefined }), 'invalid_grant: invalid assertion'],
    [
      'a user whom no administrator has approved',
      () => assertion({ sub: 'new@local.example' }),
      'invalid_app_access: user is not admin approved to access this app',
    ],
    [
      'a user that the org does not have',
      () => assertion({ sub: 'someone@local.example' }),
      "invalid_grant: user hasn't approved this consumer",
    ],
    ['an inactive user', () => assertion({ sub: 'left@local.example' }), 'inactive_user: user is inactive'],
    [
      'an app that users approve themselves',
      () => assertion({ iss: 'self-approved-app' }),
      "invalid_grant: user hasn't approved this consumer",
    ],
    ['a blocked app', () => assertion({ iss: 'blocked-app' }), 'OAUTH_APP_BLOCKED: this app is blocked by admin'],
    ['an unknown app', () => assertion({ iss: 'other-app' }), 'invalid_client_id: client identifier invalid'],
    ['no JWT', () => 'nonsense', 'invalid_client_id: client identifier invalid'],
  ];
  for (const [what, make, expected] of wrong) {
    it(`refuses a JWT with ${what}`, async () => {
      const { error, error_description: description, ...rest } = await ask({ grant_type: GRANT, assertion: make() });
      expect(`${error}: ${description}`).to.equal(expected);
      expect(rest).to.deep.equal({});
    });
  }

  it('refuses parameters that come as JSON', async () => {
    const response = await fetch(`${org.url}/services/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: GRANT, assertion: assertion() }),
    });
    expect(response.status).to.equal(400);
    expect(await response.json()).to.have.property('error', 'unsupported_grant_type');
  });

  it('ends the session of a user who is deactivated', async () => {
    const { records } = await connect(org).query<{ Id: string }>("SELECT Id FROM User WHERE LastName = 'New'");
    const Id = records[0]?.Id ?? '';
    const session = connect(org, org.openSession(Id));
    await session.query('SELECT Id FROM User');
    await connect(org).sobject('User').update({ Id, IsActive: false });
    expect((await refusalOf(session.query('SELECT Id FROM User'))).errorCode).to.equal('INVALID_SESSION_ID');
  });

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

  it('gives a link for a browser to whoever is logged in', async () => {
    const link = (token: string): Promise<Response> =>
      fetch(`${org.url}/services/oauth2/singleaccess?redirect_uri=lightning/app`, {
        headers: { Authorization: `Bearer ${token}` },
      });
    const { frontdoor_uri: uri } = (await (await link(org.accessToken)).json()) as { frontdoor_uri: string };
    const refused = await link('made up');
    expect(uri)
      .to.match(/\/secur\/frontdoor\.jsp\?otp=[\w-]{32}&startURL=lightning%2Fapp$/)
      .and.to.include(org.url);
    expect(refused.status).to.equal(403);
  });
});
