import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectRequest, Facade } from '../../../connector/src/facade.ts';
import { connectedMailbox, mailboxCheck } from './answers.ts';
import { APPLICATION_CERTIFICATE } from '../../fixtures/application-certificate.ts';
import { runCommand, type Ran, type Surroundings } from './run-command.ts';

const ADDRESS = ['--address', 'ada@acme.example'];
const IMAP = [...ADDRESS, '--host', 'imap.acme.example'];
const DAY_MS = 86_400_000;

/** A facade that takes every mailbox, and what it was asked. */
function accepting(): { readonly facade: Partial<Facade>; readonly requests: ConnectRequest[] } {
  const requests: ConnectRequest[] = [];
  const facade: Partial<Facade> = {
    checkMailbox: (request) => {
      requests.push(request);
      return Promise.resolve(mailboxCheck());
    },
    connectMailbox: (request) => {
      requests.push(request);
      return Promise.resolve(connectedMailbox());
    },
  };
  return { facade, requests };
}

async function connectWith(flags: readonly string[], surroundings: Surroundings = {}) {
  const { facade, requests } = accepting();
  const ran = await runCommand(['mailbox', 'connect', ...flags], { facade, ...surroundings });
  expect(ran.error, ran.errorOutput).to.equal(undefined);
  return { ran, request: requests.at(-1)!, asked: requests.length };
}

async function refusal(flags: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const ran = await runCommand(['mailbox', 'connect', ...flags], surroundings);
  expect(ran.exitCode, ran.output).to.not.equal(0);
  expect(ran.opened).to.have.length(0);
  return ran;
}

describe('reply mailbox connect', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'connect-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  describe('with a person at the terminal', () => {
    it('says what will be read, asks, connects, and says what comes next', async () => {
      const { ran, request, asked } = await connectWith(IMAP, { answer: true, secret: 'moon river' });
      expect(request).to.deep.equal({
        settings: {
          provider: 'imap',
          address: 'ada@acme.example',
          host: 'imap.acme.example',
          secure: true,
          port: 993,
        },
        credential: { kind: 'password', password: 'moon river' },
      });
      expect(asked).to.equal(2);
      expect(ran.questions).to.deep.equal([
        'Password of ada@acme.example',
        'Read about 1,526 messages since 2026-11-10 00:00 UTC',
      ]);
      expect(ran.output)
        .to.include('Ada Lovelace')
        .and.include('no bodies')
        .and.match(/INBOX .* 1,204/)
        .and.include('Connected ada@acme.example.')
        .and.include('"sf reply sync"');
      expect(ran.closed).to.equal(1);
    });

    it('stores nothing when the answer is no', async () => {
      const { ran, asked } = await connectWith(IMAP, { answer: false, secret: 'moon river' });
      expect(asked).to.equal(1);
      expect(ran.output).to.include('Nothing was stored.');
      expect(ran.result).to.equal(undefined);
      expect(ran.closed).to.equal(1);
    });

    it('asks no question but the password with --no-prompt', async () => {
      const { ran, asked } = await connectWith([...IMAP, '--no-prompt'], { answer: false, secret: 'moon river' });
      expect(asked).to.equal(2);
      expect(ran.questions).to.deep.equal(['Password of ada@acme.example']);
    });

    it('shows folder names of a stranger without their control characters', async () => {
      const folders = [{ name: 'A\u001b]0;title\u0007B\u202eC', kind: 'other' as const, messages: null }];
      const check = mailboxCheck({ folders, messages: null, headerRead: false });
      const shown = await runCommand(['mailbox', 'connect', ...IMAP], {
        answer: false,
        secret: 'moon river',
        facade: { checkMailbox: () => Promise.resolve(check) },
      });
      expect(shown.output).to.include('A ]0;title B C').and.include("can't say how many");
      expect(shown.output).to.not.match(/[^\P{Cc}\n]|\u202e/u);
    });
  });

  describe('in a script', () => {
    it('takes the password from standard input without its line end, and asks nobody', async () => {
      const { request, ran } = await connectWith([...IMAP, '--password-stdin', '--json'], {
        standardInput: ' moon river \r\n',
      });
      expect(request.credential).to.deep.equal({ kind: 'password', password: ' moon river ' });
      expect(JSON.parse(ran.output)).to.deep.include({ status: 0, result: connectedMailbox() });
      expect(ran.output + ran.errorOutput).to.not.include('moon');
    });

    it('takes the password from the environment', async () => {
      const { request } = await connectWith(IMAP, {
        variables: { REPLY_TRACKING_MAILBOX_PASSWORD: 'moon river' },
      });
      expect(request.credential).to.deep.equal({ kind: 'password', password: 'moon river' });
    });

    it('names the places for a password when it is in none of them', async () => {
      const { errorOutput, exitCode } = await refusal(IMAP);
      expect(exitCode).to.equal(2);
      expect(errorOutput).to.include('--password-stdin').and.include('REPLY_TRACKING_MAILBOX_PASSWORD');
    });

    it('passes every setting of an IMAP mailbox on', async () => {
      const authorities = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
      const flags = ['--starttls', '--user', 'ada', '--ca-file', file('ca.pem', authorities)];
      const more = ['--exclude-folder', 'Private', '--exclude-folder', 'HR/Jobs', '--alias', 'a.l@acme.example'];
      const reading = ['--since', '2026-11-01', '--owner', '005000000000001AAA', '--replace'];
      const { request } = await connectWith([...IMAP, ...flags, ...more, ...reading, '--access-token-stdin'], {
        standardInput: 'ya29.token\n',
      });
      expect(request).to.deep.equal({
        settings: {
          provider: 'imap',
          address: 'ada@acme.example',
          host: 'imap.acme.example',
          secure: false,
          port: 143,
          user: 'ada',
          certificateAuthorities: authorities,
          excludedFolders: ['Private', 'HR/Jobs'],
          aliases: ['a.l@acme.example'],
        },
        credential: { kind: 'accessToken', accessToken: 'ya29.token' },
        ownerId: '005000000000001AAA',
        since: '2026-11-01T00:00:00.000Z',
        replace: true,
      });
    });

    it('counts days back from now', async () => {
      const earliest = Date.now() - 3 * DAY_MS;
      const { request } = await connectWith([...IMAP, '--password-stdin', '--days', '3'], { standardInput: 'x' });
      expect(Date.parse(request.since!)).to.be.within(earliest, Date.now() - 3 * DAY_MS);
    });
  });

  describe('with a Gmail mailbox', () => {
    it('takes a service account from its key file, and of the file no more than is needed', async () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const key = {
        type: 'service_account',
        project_id: 'acme-reply-tracking',
        private_key_id: 'abc123',
        private_key: pem,
        client_email: 'replies@acme.iam.example',
        client_id: '123',
      };
      const path = file('key.json', JSON.stringify(key));
      const { request } = await connectWith([
        ...ADDRESS,
        '--service-account-file',
        path,
        '--poll-seconds',
        '30',
        '--exclude-folder',
        'SPAM',
      ]);
      expect(request).to.deep.equal({
        settings: { provider: 'gmail', address: 'ada@acme.example', pollSeconds: 30, excludedFolders: ['SPAM'] },
        credential: {
          kind: 'serviceAccount',
          clientEmail: 'replies@acme.iam.example',
          privateKey: pem,
          privateKeyId: 'abc123',
        },
      });
    });

    it('names the file when it is not the key of a service account, and quotes nothing of it', async () => {
      const path = file('other.json', '{"installed":{"client_secret":"GOCSPX-secret"}}');
      const { errorOutput } = await refusal([...ADDRESS, '--service-account-file', path]);
      expect(errorOutput).to.include(path).and.include('OAuth client').and.not.include('GOCSPX');
    });

    it('asks the owner for consent with the client of the downloaded file', async () => {
      const path = file('client.json', '{"installed":{"client_id":"1","client_secret":"GOCSPX-secret"}}');
      const clients: unknown[] = [];
      const { request } = await connectWith([...ADDRESS, '--client-id', 'c1', '--client-secret-file', path], {
        consent: (client) => {
          clients.push(client);
          return Promise.resolve('1//refresh');
        },
      });
      expect(clients).to.deep.equal([{ clientId: 'c1', clientSecret: 'GOCSPX-secret' }]);
      expect(request.credential).to.deep.equal({
        kind: 'refreshToken',
        clientId: 'c1',
        clientSecret: 'GOCSPX-secret',
        refreshToken: '1//refresh',
      });
    });

    it('takes a client secret from a file that holds nothing else', async () => {
      const { request } = await connectWith(
        [...ADDRESS, '--client-id', 'c1', '--client-secret-file', file('secret.txt', 'GOCSPX-secret\n')],
        { consent: () => Promise.resolve('1//refresh') },
      );
      expect(request.credential).to.include({ clientSecret: 'GOCSPX-secret' });
    });

    it('takes an access token when the provider is named', async () => {
      const { request } = await connectWith([...ADDRESS, '--provider', 'gmail', '--access-token-stdin'], {
        standardInput: 'ya29.token',
      });
      expect(request.credential).to.deep.equal({ kind: 'accessToken', accessToken: 'ya29.token' });
    });
  });

  describe('to a mailbox on Exchange Server', () => {
    const EWS = [...ADDRESS, '--ews-url', 'https://mail.acme.example/EWS/Exchange.asmx'];

    it('logs in by NTLM unless told otherwise, and passes every setting on', async () => {
      const settings = { provider: 'ews', address: 'ada@acme.example', url: EWS.at(-1) };
      const plain = await connectWith([...EWS, '--no-prompt', '--password-stdin'], { standardInput: 'moon river\n' });
      expect(plain.request.settings).to.deep.equal({ ...settings, authentication: 'ntlm' });
      expect(plain.request.credential).to.deep.equal({ kind: 'password', password: 'moon river' });
      const authorities = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
      const account = ['--authentication', 'basic', '--user', 'ACME\\svc', '--impersonate', '--password-stdin'];
      const more = ['--exclude-folder', 'Inbox/Private', '--ca-file', file('own.pem', authorities), '--no-prompt'];
      const { request } = await connectWith([...EWS, ...account, ...more], { standardInput: 'x' });
      expect(request.settings).to.deep.equal({
        ...settings,
        ...{ authentication: 'basic', user: 'ACME\\svc', impersonate: true },
        ...{ certificateAuthorities: authorities, excludedFolders: ['Inbox/Private'] },
      });
    });

    it('takes the consent of an owner, or the certificate of an application, which then acts for the owner', async () => {
      const settings = { provider: 'ews', address: 'ada@acme.example', url: EWS.at(-1), authentication: 'ntlm' };
      const tokenUrl = 'https://login.microsoftonline.com/common/oauth2/v2.0/token';
      const path = file('consent.json', JSON.stringify({ client_id: 'c', refresh_token: 'r', token_uri: tokenUrl }));
      const consented = await connectWith([...EWS, '--oauth-file', path, '--no-prompt']);
      expect(consented.request.settings).to.deep.equal({ ...settings, tokenUrl });
      expect(consented.request.credential).to.deep.equal({ kind: 'refreshToken', clientId: 'c', refreshToken: 'r' });
      const { certificate, privateKey } = APPLICATION_CERTIFICATE;
      const pem = file('exchange.pem', `${certificate}${privateKey}`);
      const { request } = await connectWith([...EWS, '--client-id', 'c', '--certificate-file', pem, '--no-prompt']);
      expect(request.settings).to.deep.equal({
        ...{ ...settings, impersonate: true, tenantId: 'acme.example', credentialEndsAt: '2098-02-04T00:54:39.000Z' },
      });
      expect(request.credential).to.deep.equal({ kind: 'certificate', clientId: 'c', certificate, privateKey });
      expect((await refusal([...EWS, '--client-id', 'c'], {})).errorOutput).to.include('--certificate-file');
    });

    it('says where to find the server when the flags do not', async () => {
      const { errorOutput } = await refusal([...ADDRESS, '--impersonate'], { secret: 'x' });
      expect(errorOutput).to.include('--ews-url').and.include('--autodiscover');
    });
  });

  describe('to a Microsoft 365 mailbox', () => {
    const CLIENT = ['--client-id', 'f1a2b3c4-0000-4000-8000-000000000001'];
    const graph = { provider: 'graph', address: 'ada@acme.example', tenantId: 'acme.example' };

    it('takes the certificate of an application with its key, out of one file in any order', async () => {
      const { certificate, privateKey } = APPLICATION_CERTIFICATE;
      const path = file('application.pem', `${privateKey}${certificate}`);
      const { request } = await connectWith([...ADDRESS, ...CLIENT, '--certificate-file', path, '--no-prompt']);
      expect(request.settings).to.deep.equal({ ...graph, credentialEndsAt: '2098-02-04T00:54:39.000Z' });
      expect(request.credential).to.deep.equal({ kind: 'certificate', clientId: CLIENT[1], certificate, privateKey });
    });

    it('asks the owner for consent when a tenant is named', async () => {
      const flags = [
        ...ADDRESS,
        ...CLIENT,
        '--tenant',
        'acme.onmicrosoft.com',
        '--exclude-folder',
        'junkemail',
        '--no-prompt',
      ];
      const { request } = await connectWith(flags, { consent: () => Promise.resolve('1.AXcanary') });
      const settings = { ...graph, tenantId: 'acme.onmicrosoft.com', excludedFolders: ['junkemail'] };
      expect(request.settings).to.deep.equal(settings);
      expect(request.credential).to.deep.equal({
        kind: 'refreshToken',
        clientId: CLIENT[1],
        refreshToken: '1.AXcanary',
      });
    });

    it('says what is wrong with a certificate, and quotes nothing of it', async () => {
      const { certificate, privateKey } = APPLICATION_CERTIFICATE;
      for (const [text, words] of [
        [certificate, 'no private key'],
        [privateKey, 'no certificate'],
        [`${certificate}${APPLICATION_CERTIFICATE.otherKey}`, 'does not belong'],
        [`${APPLICATION_CERTIFICATE.expired}${privateKey}`, 'expired on'],
        [`${certificate}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`, 'no RSA key'],
      ] as const) {
        const { errorOutput } = await refusal([...ADDRESS, ...CLIENT, '--certificate-file', file('wrong.pem', text)]);
        expect(errorOutput.replace(/\s+/g, ' ')).to.contain(words);
        expect(errorOutput).not.to.contain(privateKey.split('\n')[3]);
      }
    });

    it('shows what was granted, and warns of more than is needed', async () => {
      const scopes = { granted: ['Mail.ReadBasic.All', 'Mail.ReadWrite'], wider: ['Mail.ReadWrite'] };
      const facade = { ...accepting().facade, checkMailbox: () => Promise.resolve(mailboxCheck({ scopes })) };
      const flags = [...ADDRESS, '--provider', 'graph', '--access-token-stdin', '--no-prompt'];
      const { output, errorOutput } = await runCommand(['mailbox', 'connect', ...flags], {
        facade,
        standardInput: 't',
      });
      expect(output).to.contain('Granted: Mail.ReadBasic.All, Mail.ReadWrite');
      expect(errorOutput).to.match(/more than reading header fields: Mail\.ReadWrite/);
    });
  });

  describe('with flags that make no sense', () => {
    const nonsense: readonly (readonly [why: string, flags: readonly string[], named: readonly string[]])[] = [
      ['names no provider', ADDRESS, ['--host', '--service-account-file']],
      ['mixes IMAP and Gmail', [...IMAP, '--client-id', 'c1'], ['--host', '--client-id']],
      ['gives a host to Gmail', [...IMAP, '--provider', 'gmail'], ['--host', '--provider gmail']],
      ['gives a client to IMAP', [...ADDRESS, '--provider', 'imap', '--client-id', 'c'], ['--client-id', 'imap']],
      ['gives a host to Exchange', [...IMAP, '--provider', 'ews'], ['--host', '--provider ews']],
      ['mixes IMAP and Exchange', [...IMAP, '--impersonate'], ['--host', '--impersonate']],
      ['gives a port without a host', [...ADDRESS, '--port', '993'], ['--host']],
      ['gives a client secret without a client', [...ADDRESS, '--client-secret-file', 'x'], ['--client-id']],
      ['names Gmail and no credential', [...ADDRESS, '--provider', 'gmail'], ['--service-account-file']],
      ['gives two credentials', [...IMAP, '--password-stdin', '--access-token-stdin'], ['--password-stdin']],
      ['says twice how far back', [...IMAP, '--days', '3', '--since', '2026-11-01'], ['--days', '--since']],
      ['gives a day that does not exist', [...IMAP, '--since', '2026-02-30'], ['2026-02-30']],
      ['gives a day to come', [...IMAP, '--since', '2199-01-01'], ['2199-01-01', 'future']],
      ['gives an Id that is no user', [...IMAP, '--owner', '003000000000001AAA'], ['005']],
      ['names a provider that does not exist', [...ADDRESS, '--provider', 'pop3'], ['imap', 'gmail']],
      ['leaves the address out', ['--host', 'imap.acme.example'], ['address']],
    ];
    for (const [why, flags, named] of nonsense) {
      it(`refuses a line that ${why}, and says so`, async () => {
        const { errorOutput, exitCode } = await refusal(flags, { secret: 'moon river' });
        expect(exitCode).to.be.oneOf([1, 2]);
        for (const words of named) expect(errorOutput).to.include(words);
      });
    }

    it('refuses a file without a certificate as an authority', async () => {
      const path = file('ca.der', 'not a certificate');
      const { errorOutput } = await refusal([...IMAP, '--ca-file', path], { secret: 'x' });
      expect(errorOutput).to.include('--ca-file').and.include('openssl');
    });
  });
});
