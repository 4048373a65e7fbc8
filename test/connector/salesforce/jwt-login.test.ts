import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { connectSalesforce } from '../../../connector/src/salesforce/jsforce-salesforce.ts';
import type { JwtLoginOptions } from '../../../connector/src/salesforce/jwt-login.ts';
import { SalesforceError } from '../../../connector/src/salesforce/salesforce-error.ts';
import { CLIENT_APP, loginTo, PRIVATE_KEY } from './client-app.ts';
import { CONNECTOR_USERNAME, startSampleOrg, type SampleOrg } from './sample-org.ts';

const HOURS = 3_600_000;

async function failureOf(work: () => Promise<unknown>): Promise<SalesforceError> {
  const failure = await Promise.resolve()
    .then(work)
    .catch((thrown: unknown) => thrown);
  if (!(failure instanceof SalesforceError)) throw new Error(`expected a SalesforceError, got ${String(failure)}`);
  return failure;
}

describe('the JWT login to the local org', () => {
  let sample: SampleOrg;
  before(async function () {
    this.timeout(60_000);
    sample = await startSampleOrg({ clientApps: [CLIENT_APP] });
  });
  after(() => sample?.org.close());

  const refusal = (changes: Partial<JwtLoginOptions>): Promise<SalesforceError> =>
    failureOf(() => loginTo(sample.org.url, changes)());

  it('gives a session of the user with org and address, and costs no API call', async () => {
    const before = sample.org.apiCalls;
    const { accessToken, ...session } = await loginTo(sample.org.url)();
    expect(session).to.deep.equal({
      instanceUrl: sample.org.url,
      orgId: sample.org.orgId,
      userId: sample.connectorUserId,
      username: CONNECTOR_USERNAME,
    });
    expect(accessToken).to.match(/^00D\w{12}!/);
    expect(sample.org.apiCalls).to.equal(before);
  });

  it('happens when the first call needs it, and tells whose org it is', async () => {
    const logins = (): number => sample.org.requests.filter(({ path }) => path.endsWith('/oauth2/token')).length;
    const before = logins();
    const salesforce = connectSalesforce({ login: loginTo(sample.org.url) });
    expect(logins()).to.equal(before);
    expect(await salesforce.org()).to.deep.equal({
      id: sample.org.orgId,
      instanceUrl: sample.org.url,
      userId: sample.connectorUserId,
      username: CONNECTOR_USERNAME,
    });
    await Promise.all([1, 2, 3].map(() => salesforce.usersByEmail(['rep@seller.example'])));
    expect(logins() - before).to.equal(1);
  });

  for (const [words, hours] of [
    ['ahead of', 2],
    ['behind', -2],
  ] as const) {
    it(`names the clock that is two hours ${words} that of Salesforce`, async () => {
      const failure = await refusal({ now: () => new Date(Date.now() + hours * HOURS) });
      expect(failure.code).to.equal('refused');
      expect(failure.message).to.include('the clock of this machine is wrong').and.include(`2 h 0 min ${words}`);
    });
  }

  it('takes a clock that is a minute off', async () => {
    for (const ms of [-60_000, 50_000]) {
      const session = await loginTo(sample.org.url, { now: () => new Date(Date.now() + ms) })();
      expect(session.orgId).to.equal(sample.org.orgId);
    }
  });

  it('tells a key that the app does not know', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const privateKey = other.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect((await refusal({ privateKey })).message).to.include('not signed with the key');
  });

  it('tells a consumer key that the org does not know', async () => {
    expect((await refusal({ clientId: 'another-app' })).message).to.include('consumer key');
  });

  it('tells a user whom nobody has approved, and one that the org does not have', async () => {
    expect((await refusal({ username: 'rep@seller.example.test' })).message).to.include('has not approved this user');
    expect((await refusal({ username: 'nobody@seller.example' })).message).to.include('no such user in this org');
  });

  it('tells a user who has been deactivated', async () => {
    await sample.admin.sobject('User').update({ Id: sample.connectorUserId, IsActive: false });
    const failure = await refusal({});
    await sample.admin.sobject('User').update({ Id: sample.connectorUserId, IsActive: true });
    expect(failure.message).to.include('inactive or frozen');
  });

  it('leaves a call that failed for its sake with the advice of the login', async () => {
    const salesforce = connectSalesforce({ login: loginTo(sample.org.url, { clientId: 'another-app' }) });
    const failure = await failureOf(() => salesforce.usersByEmail(['rep@seller.example']));
    expect(failure.message).to.include('consumer key');
    expect(salesforce.apiCalls).to.equal(0);
  });

  it('happens once more when all sessions have ended, however many calls notice', async () => {
    const salesforce = connectSalesforce({ login: loginTo(sample.org.url) });
    const find = (): Promise<Map<string, string>> => salesforce.usersByEmail(['rep@seller.example']);
    await find();
    sample.org.expireSessions();
    const before = sample.org.requests.length;
    const found = await Promise.all([find(), find(), find()]);
    expect(found.map((users) => users.get('rep@seller.example'))).to.deep.equal(Array(3).fill(sample.repId));
    const logins = sample.org.requests.slice(before).filter(({ path }) => path.endsWith('/oauth2/token'));
    expect(logins).to.have.length(1);
  });
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as a test says: one that is not Salesforce, or that was taken over. */
describe('the JWT login before a server that cannot be trusted', () => {
  let server: Server;
  let origin: string;
  let answer: Answer;
  let bodies: string[];

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.once('end', () => {
        bodies.push(body);
        answer(request, response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    bodies = [];
  });

  const json =
    (status: number, body: unknown): Answer =>
    (_request, response) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const page =
    (status: number): Answer =>
    (_request, response) =>
      void response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Maintenance</html>');
  const TOKEN = {
    access_token: '00D000000000001!secret',
    id: 'https://login.salesforce.com/id/00D000000000001EAA/005000000000001AAA',
  };
  const grant = (changes: object): Answer => json(200, { ...TOKEN, instance_url: origin, ...changes });
  const failure = (changes: Partial<JwtLoginOptions> = {}): Promise<SalesforceError> =>
    failureOf(() => loginTo(origin, changes)());

  it('sends an assertion that ends within three minutes to the server it is for', async () => {
    answer = grant({});
    const now = new Date('2026-11-24T10:00:00Z');
    await loginTo(origin, { now: () => now })();
    const form = new URLSearchParams(bodies[0]);
    const [header, claims] = (form.get('assertion') ?? '')
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
    expect(form.get('grant_type')).to.equal('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect(header).to.deep.equal({ alg: 'RS256' });
    expect(claims).to.deep.include({ iss: CLIENT_APP.clientId, sub: CONNECTOR_USERNAME, aud: origin });
    expect(claims?.['exp']).to.be.within(now.getTime() / 1000 + 60, now.getTime() / 1000 + 180);
  });

  const UNTRUSTED: Record<string, () => Answer> = {
    'an instance of somebody else': () => grant({ instance_url: 'https://attacker.example' }),
    'an instance without TLS': () => grant({ instance_url: 'http://acme.my.salesforce.com' }),
    'an instance elsewhere on this machine': () => grant({ instance_url: 'http://127.0.0.1:22' }),
    'no instance': () => grant({ instance_url: undefined }),
    'no token': () => grant({ access_token: undefined }),
    'a token that breaks a header': () => grant({ access_token: '00D000000000001!a\r\nX: y' }),
    'a token that is a number': () => grant({ access_token: 17 }),
    'a token of another org than it says': () => grant({ access_token: '00D000000000002!secret' }),
  };
  for (const [what, make] of Object.entries(UNTRUSTED)) {
    it(`is given up when the answer holds ${what}`, async () => {
      answer = make();
      const { code, message } = await failure();
      expect(code).to.equal('refused');
      expect(message).to.include('it is not used').and.not.include('secret');
    });
  }

  const PASSING: Record<string, () => Answer> = {
    'a maintenance page': () => page(503),
    'a page that says all is well': () => page(200),
    'no answer of its own': () => json(500, {}),
    'a list': () => json(200, []),
    'a redirect': () => (_request, response) =>
      void response.writeHead(302, { location: 'https://elsewhere.example/' }).end(),
    'an answer without end': () => (_request, response) => void response.end(`{"a":"${'x'.repeat(100_000)}"}`),
    'a broken connection': () => (request) => void request.socket.destroy(),
  };
  for (const [what, make] of Object.entries(PASSING)) {
    it(`is tried again later after ${what}`, async () => {
      answer = make();
      expect((await failure()).code).to.equal('retry');
      expect(bodies).to.have.length(1);
    });
  }

  it('ends when the server does not answer', async () => {
    answer = () => undefined;
    expect((await failure({ deadlineMs: 50 })).message).to.include('did not answer within 50 ms');
  });

  const KEYS: Record<string, readonly [() => string, string]> = {
    'no key': [() => 'nonsense', 'is not a private key'],
    'a public key': [
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2048 })
          .publicKey.export({ type: 'spki', format: 'pem' })
          .toString(),
      'is not a private key',
    ],
    'a key with a password': [
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2048 })
          .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
          .toString(),
      'is protected by a password',
    ],
    'a key of another kind': [
      () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'is not an RSA key',
    ],
    'a short key': [
      () =>
        generateKeyPairSync('rsa', { modulusLength: 1024 })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      'is shorter than 2048 bits',
    ],
  };
  for (const [what, [make, words]] of Object.entries(KEYS)) {
    it(`is refused at once with ${what}`, async () => {
      const privateKey = make();
      const { code, message, actions } = await failure({ privateKey });
      expect(code).to.equal('refused');
      expect(message).to.include(words);
      expect(`${message} ${actions.join(' ')}`).not.to.include(privateKey.slice(40, 80) || privateKey);
      expect(bodies).to.deep.equal([]);
    });
  }

  for (const loginUrl of ['http://login.salesforce.com', 'login.salesforce.com', 'https://acme.lightning.force.com']) {
    it(`is refused at once at ${loginUrl}`, async () => {
      expect((await failureOf(() => loginTo(loginUrl, { privateKey: PRIVATE_KEY })())).code).to.equal('refused');
    });
  }
});
