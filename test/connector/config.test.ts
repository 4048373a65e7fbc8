import { expect } from 'chai';

import { readConfig } from '../../connector/src/config.ts';
import { ActionableError } from '../../connector/src/errors.ts';

const SECRET = 'hunter2-is-the-password';

const imap = (changes: object = {}): object => ({
  provider: 'imap',
  address: 'rep@seller.example',
  host: 'imap.seller.example',
  password: SECRET,
  ...changes,
});
const gmail = (changes: object = {}): object => ({
  provider: 'gmail',
  address: 'rep@seller.example',
  accessToken: SECRET,
  ...changes,
});

const variables = (mailboxes: unknown = [imap()], changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: '/usr/bin',
  SALESFORCE_INSTANCE_URL: 'https://example.my.salesforce.com',
  SALESFORCE_ACCESS_TOKEN: `00D!${SECRET}`,
  REPLY_TRACKING_MAILBOXES: typeof mailboxes === 'string' ? mailboxes : JSON.stringify(mailboxes),
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
  it('needs the org and the mailboxes, and knows a default for everything else', () => {
    const config = readConfig(variables());
    expect(config).to.deep.include({
      databaseUrl: undefined,
      readDays: 14,
      pullSeconds: 60,
      sweepSeconds: 300,
      logLevel: 'info',
      mailboxes: [{ ...imap(), port: 993, secure: true }],
    });
    expect(config.dataFolder).to.match(/\.reply-tracking$/);
    expect(config.salesforce).to.deep.equal({
      instanceUrl: 'https://example.my.salesforce.com',
      accessToken: `00D!${SECRET}`,
      namespace: undefined,
    });
  });

  it('takes what is set', () => {
    const config = readConfig(
      variables([gmail({ ownerId: '005000000000001AAA' })], {
        DATABASE_URL: `postgres://me:${SECRET}@db/rt`,
        SALESFORCE_NAMESPACE: 'acme',
        REPLY_TRACKING_DATA: '/var/lib/rt',
        REPLY_TRACKING_READ_DAYS: '0',
        REPLY_TRACKING_PULL_SECONDS: '5',
        REPLY_TRACKING_SWEEP_SECONDS: '0.5',
        REPLY_TRACKING_LOG_LEVEL: 'debug',
      }),
    );
    expect(config).to.deep.include({
      databaseUrl: `postgres://me:${SECRET}@db/rt`,
      dataFolder: '/var/lib/rt',
      readDays: 0,
      pullSeconds: 5,
      sweepSeconds: 0.5,
      logLevel: 'debug',
      mailboxes: [{ ...gmail(), ownerId: '005000000000001AAA', pollSeconds: 60 }],
    });
  });

  it('takes a variable that is set to nothing for absent', () => {
    const empty = { DATABASE_URL: '', SALESFORCE_NAMESPACE: '', REPLY_TRACKING_READ_DAYS: '' };
    const config = readConfig(variables([], empty));
    expect(config).to.include({ databaseUrl: undefined, readDays: 14 });
    expect(config.salesforce.namespace).to.equal(undefined);
    expect(refusal(variables([], { SALESFORCE_ACCESS_TOKEN: '' })).message).to.contain(
      'SALESFORCE_ACCESS_TOKEN: is missing',
    );
  });

  it('takes two mailboxes of one address at two providers', () => {
    expect(readConfig(variables([imap(), gmail()])).mailboxes).to.have.lengthOf(2);
  });

  for (const [name, changes, problem] of [
    ['a missing org', { SALESFORCE_INSTANCE_URL: undefined }, 'SALESFORCE_INSTANCE_URL: '],
    ['an org that is no URL', { SALESFORCE_INSTANCE_URL: SECRET }, 'SALESFORCE_INSTANCE_URL: '],
    ['an org that is a file', { SALESFORCE_INSTANCE_URL: `file:///${SECRET}` }, 'SALESFORCE_INSTANCE_URL: '],
    ['a missing token', { SALESFORCE_ACCESS_TOKEN: undefined }, 'SALESFORCE_ACCESS_TOKEN: is missing'],
    ['a cut token', { SALESFORCE_ACCESS_TOKEN: SECRET.slice(0, 9) }, 'SALESFORCE_ACCESS_TOKEN: '],
    ['another database', { DATABASE_URL: `mysql://me:${SECRET}@db/rt` }, 'DATABASE_URL: '],
    ['missing mailboxes', { REPLY_TRACKING_MAILBOXES: undefined }, 'REPLY_TRACKING_MAILBOXES: is missing'],
    ['days that are a word', { REPLY_TRACKING_READ_DAYS: 'hunter2' }, 'REPLY_TRACKING_READ_DAYS: '],
    ['too many days', { REPLY_TRACKING_READ_DAYS: '366' }, 'REPLY_TRACKING_READ_DAYS: '],
    ['half days', { REPLY_TRACKING_READ_DAYS: '1.5' }, 'REPLY_TRACKING_READ_DAYS: '],
    ['no time between pulls', { REPLY_TRACKING_PULL_SECONDS: '0' }, 'REPLY_TRACKING_PULL_SECONDS: '],
    ['a wait no timer can hold', { REPLY_TRACKING_PULL_SECONDS: '3000000' }, 'REPLY_TRACKING_PULL_SECONDS: '],
    ['endless sweeps', { REPLY_TRACKING_SWEEP_SECONDS: 'Infinity' }, 'REPLY_TRACKING_SWEEP_SECONDS: '],
    ['an unknown log level', { REPLY_TRACKING_LOG_LEVEL: 'hunter2' }, 'REPLY_TRACKING_LOG_LEVEL: '],
    ['an unknown variable', { REPLY_TRACKING_MAILBOX: SECRET }, 'REPLY_TRACKING_MAILBOX: unknown'],
    [
      'mailboxes that are no JSON',
      { REPLY_TRACKING_MAILBOXES: `[{"password":"${SECRET}"` },
      'REPLY_TRACKING_MAILBOXES: ',
    ],
  ] as const) {
    it(`names the variable at fault, with exit code 78 and no value: ${name}`, () => {
      const error = refusal(variables([], changes));
      expect(error.exitCode).to.equal(78);
      expect(error.message).to.contain(problem);
      expect(`${error.message} ${error.actions.join()}`).not.to.contain('hunter2');
      expect(error.actions.length).to.be.greaterThan(0);
    });
  }

  for (const [name, mailboxes, problem] of [
    ['no array', imap(), 'REPLY_TRACKING_MAILBOXES: '],
    ['no provider', [imap({ provider: undefined })], 'REPLY_TRACKING_MAILBOXES.0.provider: '],
    ['an unknown provider', [imap(), imap({ provider: 'pop3' })], 'REPLY_TRACKING_MAILBOXES.1.provider: '],
    ['no address', [imap({ address: SECRET })], 'REPLY_TRACKING_MAILBOXES.0.address: '],
    ['no host', [imap({ host: undefined })], 'REPLY_TRACKING_MAILBOXES.0.host: '],
    ['a port out of range', [imap({ port: 70_000 })], 'REPLY_TRACKING_MAILBOXES.0.port: '],
    ['no credential', [imap({ password: undefined })], 'REPLY_TRACKING_MAILBOXES.0: needs either'],
    ['two credentials', [imap({ accessToken: SECRET })], 'REPLY_TRACKING_MAILBOXES.0: needs either'],
    ['no token', [gmail({ accessToken: undefined })], 'REPLY_TRACKING_MAILBOXES.0.accessToken: '],
    ['a rep who is no user', [gmail({ ownerId: '003000000000001AAA' })], 'REPLY_TRACKING_MAILBOXES.0.ownerId: '],
    ['a misspelt key', [gmail({ pollSecond: 5 })], '"pollSecond"'],
    ['a mailbox twice', [imap(), imap({ address: 'REP@seller.example' })], 'REPLY_TRACKING_MAILBOXES: names one'],
  ] as const) {
    it(`names the mailbox and the key at fault, and no value: ${name}`, () => {
      const error = refusal(variables(mailboxes));
      expect(error.exitCode).to.equal(78);
      expect(error.message).to.contain(problem);
      expect(error.message).not.to.contain('hunter2');
    });
  }

  it('names all variables at fault at once', () => {
    const { message } = refusal({ REPLY_TRACKING_READ_DAYS: 'x' });
    for (const name of ['SALESFORCE_INSTANCE_URL', 'REPLY_TRACKING_MAILBOXES', 'REPLY_TRACKING_READ_DAYS']) {
      expect(message).to.contain(`${name}: `);
    }
  });
});
