import { expect } from 'chai';

import { readConfig } from '../../connector/src/config.ts';
import { ActionableError } from '../../connector/src/errors.ts';

const SECRET = 'hunter2-is-the-password';

const variables = (changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: '/usr/bin',
  XDG_CONFIG_HOME: '/etc/xdg',
  SALESFORCE_INSTANCE_URL: 'https://example.my.salesforce.com',
  SALESFORCE_ACCESS_TOKEN: `00D!${SECRET}`,
  ...changes,
});

const jwt = (changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  SALESFORCE_CLIENT_ID: '3MVG9',
  SALESFORCE_USERNAME: 'connector@seller.example',
  SALESFORCE_JWT_KEY_FILE: '/etc/reply-tracking/jwt.pem',
  ...changes,
});

function refusal(environment: NodeJS.ProcessEnv): ActionableError {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ActionableError) return error;
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('readConfig', () => {
  it('takes the domains whose mail is passed over in any writing', () => {
    const { excludedDomains } = readConfig({ REPLY_TRACKING_EXCLUDED_DOMAINS: ' Family.example,, doctor.example ' });
    expect([...excludedDomains]).to.deep.equal(['family.example', 'doctor.example']);
    expect(readConfig({}).excludedDomains.size).to.equal(0);
    expect(refusal({ REPLY_TRACKING_EXCLUDED_DOMAINS: 'mary@family.example' }).message).to.contain('EXCLUDED_DOMAINS');
  });

  it('knows a default for everything but the org', () => {
    const config = readConfig({});
    expect(config).to.deep.include({
      databaseUrl: undefined,
      salesforce: undefined,
      namespace: undefined,
      pullSeconds: 60,
      sweepSeconds: 300,
      healthPort: 8425,
      connectionsPerHost: 200,
      logLevel: 'info',
    });
    expect(config.dataFolder).to.match(/\.reply-tracking$/);
  });

  it('keeps the master key in the folder for configuration, apart from the data', () => {
    const folder = '/etc/xdg/reply-tracking';
    expect(readConfig(variables()).masterKey).to.deep.equal({ source: 'file', path: undefined, folder });
  });

  it('takes a session of Salesforce', () => {
    expect(readConfig(variables()).salesforce).to.deep.equal({
      kind: 'accessToken',
      instanceUrl: 'https://example.my.salesforce.com',
      accessToken: `00D!${SECRET}`,
    });
  });

  it('takes a key for the JWT bearer flow, at the login of production unless told otherwise', () => {
    const key = { kind: 'jwt', clientId: '3MVG9', username: 'connector@seller.example' };
    expect(readConfig(jwt()).salesforce).to.deep.include({ ...key, loginUrl: 'https://login.salesforce.com' });
    const loginUrl = 'https://test.salesforce.com';
    expect(readConfig(jwt({ SALESFORCE_LOGIN_URL: loginUrl })).salesforce).to.deep.include({ ...key, loginUrl });
  });

  it('takes the master key from where it is said to be', () => {
    const key = 'c2VjcmV0';
    expect(readConfig({ REPLY_TRACKING_MASTER_KEY: key }).masterKey).to.deep.equal({
      source: 'environment',
      key,
      previousKey: undefined,
    });
    const rotating = { REPLY_TRACKING_MASTER_KEY: key, REPLY_TRACKING_MASTER_KEY_PREVIOUS: 'b2xk' };
    expect(readConfig(rotating).masterKey).to.include({ previousKey: 'b2xk' });
    expect(readConfig({ REPLY_TRACKING_MASTER_KEY_FILE: '/k' }).masterKey).to.include({ source: 'file', path: '/k' });
    expect(readConfig({ REPLY_TRACKING_MASTER_KEY_SOURCE: 'keychain' }).masterKey).to.deep.equal({
      source: 'keychain',
    });
  });

  it('takes what is set', () => {
    const config = readConfig(
      variables({
        DATABASE_URL: `postgres://me:${SECRET}@db/rt`,
        SALESFORCE_NAMESPACE: 'acme',
        REPLY_TRACKING_DATA: '/var/lib/rt',
        REPLY_TRACKING_PULL_SECONDS: '5',
        REPLY_TRACKING_SWEEP_SECONDS: '0.5',
        REPLY_TRACKING_HEALTH_PORT: '0',
        REPLY_TRACKING_CONNECTIONS_PER_HOST: '3',
        REPLY_TRACKING_LOG_LEVEL: 'debug',
      }),
    );
    expect(config).to.deep.include({
      databaseUrl: `postgres://me:${SECRET}@db/rt`,
      dataFolder: '/var/lib/rt',
      namespace: 'acme',
      pullSeconds: 5,
      sweepSeconds: 0.5,
      healthPort: 0,
      connectionsPerHost: 3,
      logLevel: 'debug',
    });
  });

  it('has Gmail tell of changes when its topic and the account that signs for it are named', () => {
    const set = {
      REPLY_TRACKING_NOTIFICATION_URL: 'https://replies.example.com/told/',
      REPLY_TRACKING_NOTIFICATION_PORT: '8080',
      REPLY_TRACKING_GMAIL_TOPIC: 'projects/acme-replies/topics/mail',
      REPLY_TRACKING_GMAIL_PUSH_ACCOUNT: 'push@acme-replies.iam.gserviceaccount.com',
    };
    expect(readConfig(variables(set)).notifications?.gmail).to.deep.equal({
      topic: 'projects/acme-replies/topics/mail',
      serviceAccount: 'push@acme-replies.iam.gserviceaccount.com',
      audience: 'https://replies.example.com/told/gmail',
      certificatesUrl: undefined,
    });
    const audience = { REPLY_TRACKING_GMAIL_PUSH_AUDIENCE: 'replies' };
    expect(readConfig(variables({ ...set, ...audience })).notifications?.gmail?.audience).to.equal('replies');
    for (const missing of Object.keys(set)) {
      expect(refusal(variables({ ...set, [missing]: undefined })).message).to.contain(`${missing}: is missing`);
    }
    const alone = { REPLY_TRACKING_GMAIL_TOPIC: set.REPLY_TRACKING_GMAIL_TOPIC };
    expect(refusal(variables(alone)).message).to.contain('REPLY_TRACKING_NOTIFICATION_URL: is missing');
    for (const topic of ['mail', 'projects/x', 'projects/acme/topics/', 'projects/acme/subscriptions/mail']) {
      const wrong = { ...set, REPLY_TRACKING_GMAIL_TOPIC: topic };
      expect(refusal(variables(wrong)).message).to.contain('has to be projects/.../topics/...');
    }
  });

  it('takes what calls of Gmail cost and how much may be spent, and refuses calls that are not made', () => {
    const set = { REPLY_TRACKING_GMAIL_COSTS: 'messages.get=5,watch=90', REPLY_TRACKING_GMAIL_USER_UNITS: '15000' };
    expect(readConfig(variables(set)).gmailQuota).to.deep.equal({
      ...{ userUnits: 15_000, projectUnits: 1_200_000 },
      costs: { 'messages.get': 5, watch: 90 },
    });
    for (const costs of [
      'messages.get',
      'messages.get=',
      'messages.get=-1',
      'drafts.send=1',
      'watch=1,',
      '__proto__=1',
    ]) {
      const wrong = { REPLY_TRACKING_GMAIL_COSTS: costs };
      expect(refusal(variables(wrong)).message).to.contain('REPLY_TRACKING_GMAIL_COSTS: has to name calls');
    }
  });

  it('takes a variable that is set to nothing for absent', () => {
    const config = readConfig(variables({ DATABASE_URL: '', SALESFORCE_NAMESPACE: '' }));
    expect(config).to.include({ databaseUrl: undefined, namespace: undefined });
    expect(refusal(variables({ SALESFORCE_ACCESS_TOKEN: '' })).message).to.contain(
      'SALESFORCE_ACCESS_TOKEN: is missing, while SALESFORCE_INSTANCE_URL is set',
    );
  });

  for (const [name, changes, problem] of [
    ['an org that is no URL', { SALESFORCE_INSTANCE_URL: SECRET }, 'SALESFORCE_INSTANCE_URL: '],
    ['an org that is a file', { SALESFORCE_INSTANCE_URL: `file:///${SECRET}` }, 'SALESFORCE_INSTANCE_URL: '],
    ['a missing org', { SALESFORCE_INSTANCE_URL: undefined }, 'SALESFORCE_INSTANCE_URL: is missing'],
    ['a missing token', { SALESFORCE_ACCESS_TOKEN: undefined }, 'SALESFORCE_ACCESS_TOKEN: is missing'],
    ['a cut token', { SALESFORCE_ACCESS_TOKEN: SECRET.slice(0, 9) }, 'SALESFORCE_ACCESS_TOKEN: '],
    ['two ways into Salesforce', jwt(), 'name two ways into Salesforce'],
    ['a login that is no URL', { SALESFORCE_LOGIN_URL: SECRET }, 'SALESFORCE_LOGIN_URL: '],
    ['another database', { DATABASE_URL: `mysql://me:${SECRET}@db/rt` }, 'DATABASE_URL: '],
    ['no time between pulls', { REPLY_TRACKING_PULL_SECONDS: '0' }, 'REPLY_TRACKING_PULL_SECONDS: '],
    ['a wait no timer can hold', { REPLY_TRACKING_PULL_SECONDS: '3000000' }, 'REPLY_TRACKING_PULL_SECONDS: '],
    ['endless sweeps', { REPLY_TRACKING_SWEEP_SECONDS: 'Infinity' }, 'REPLY_TRACKING_SWEEP_SECONDS: '],
    ['a port that is none', { REPLY_TRACKING_HEALTH_PORT: '70000' }, 'REPLY_TRACKING_HEALTH_PORT: '],
    ['no connection at all', { REPLY_TRACKING_CONNECTIONS_PER_HOST: '0' }, 'REPLY_TRACKING_CONNECTIONS_PER_HOST: '],
    ['an unknown log level', { REPLY_TRACKING_LOG_LEVEL: 'hunter2' }, 'REPLY_TRACKING_LOG_LEVEL: '],
    ['an unknown variable', { REPLY_TRACKING_MAILBOX: SECRET }, 'REPLY_TRACKING_MAILBOX: unknown'],
    ['an unknown place', { REPLY_TRACKING_MASTER_KEY_SOURCE: SECRET }, 'REPLY_TRACKING_MASTER_KEY_SOURCE: '],
    ['a missing key', { REPLY_TRACKING_MASTER_KEY_SOURCE: 'environment' }, 'REPLY_TRACKING_MASTER_KEY: is missing'],
    [
      'a key that is not used',
      { REPLY_TRACKING_MASTER_KEY_SOURCE: 'file', REPLY_TRACKING_MASTER_KEY: SECRET },
      'REPLY_TRACKING_MASTER_KEY: set, but',
    ],
    [
      'a key file that is not used',
      { REPLY_TRACKING_MASTER_KEY_FILE: '/k', REPLY_TRACKING_MASTER_KEY: SECRET },
      'REPLY_TRACKING_MASTER_KEY_FILE: set, but',
    ],
  ] as const) {
    it(`names the variable at fault, with exit code 78 and no value: ${name}`, () => {
      const error = refusal(variables(changes));
      expect(error.exitCode).to.equal(78);
      expect(error.message).to.contain(problem);
      expect(`${error.message} ${error.actions.join()}`).not.to.contain('hunter2');
      expect(error.actions.length).to.be.greaterThan(0);
    });
  }

  it('names what is missing of the JWT bearer flow', () => {
    const { message } = refusal(jwt({ SALESFORCE_USERNAME: undefined }));
    expect(message).to.contain('SALESFORCE_USERNAME: is missing, while SALESFORCE_CLIENT_ID');
  });

  it('names all variables at fault at once', () => {
    const { message } = refusal({ REPLY_TRACKING_PULL_SECONDS: 'x', REPLY_TRACKING_HEALTH_PORT: 'y' });
    for (const name of ['REPLY_TRACKING_PULL_SECONDS', 'REPLY_TRACKING_HEALTH_PORT']) {
      expect(message).to.contain(`${name}: `);
    }
  });
});
