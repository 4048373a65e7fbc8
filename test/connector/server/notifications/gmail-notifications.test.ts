import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

import { createLogger } from '../../../../connector/src/logger.ts';
import { openPushTokenVerifier } from '../../../../connector/src/mailbox/gmail/verify-push-token.ts';
import { gmailNotifications } from '../../../../connector/src/server/notifications/gmail-notifications.ts';
import type { NotificationOutcome } from '../../../../connector/src/server/notifications/notification-route.ts';
import {
  serveNotifications,
  type NotificationServer,
} from '../../../../connector/src/server/notifications/serve-notifications.ts';
import { HOSTILE_URLS, openCanary } from '../../../fixtures/hostile-urls.ts';
import { startGmailSimulator, type GmailSimulator } from '../../../simulators/gmail/gmail-simulator.ts';
import { rsaKeyPair, signedAssertion } from '../../../simulators/gmail/oauth/signed-assertion.ts';

const REP = 'rep@example.test';
const PUSH = {
  endpoint: 'http://127.0.0.1/',
  audience: 'https://replies.example.com/told/gmail',
  serviceAccount: 'push@replies.iam.gserviceaccount.com',
};
const stranger = rsaKeyPair();

/** The body of a push as Pub/Sub sends it. */
const pushOf = (data: unknown, more: object = {}): object => ({
  message: {
    data: typeof data === 'string' ? data : Buffer.from(JSON.stringify(data)).toString('base64'),
    ...{ messageId: '2070443601311540', publishTime: '2026-11-28T10:00:00Z', ...more },
  },
  subscription: 'projects/replies/subscriptions/mail-push',
});
const CHANGE = { emailAddress: REP, historyId: 9876543210 };

describe('the notifications of Gmail', () => {
  let simulator: GmailSimulator;
  let server: NotificationServer;
  let woken: string[];
  let counted: NotificationOutcome[];
  let stored: () => Promise<void>;
  let certificatesUrl: string;

  before(async () => {
    simulator = await startGmailSimulator();
  });
  after(() => simulator.close());

  async function serve(): Promise<void> {
    const route = gmailNotifications({
      verify: openPushTokenVerifier({ ...PUSH, certificatesUrl }),
      find: (address) => (address.toLowerCase() === REP ? ['1'] : []),
      wake: async (mailboxId, why) => {
        await stored();
        woken.push(`${why} ${mailboxId}`);
      },
      count: (outcome) => void counted.push(outcome),
    });
    server = await serveNotifications({
      ...{ url: 'https://replies.example.com/told', host: '127.0.0.1', port: 0 },
      ...{ routes: [route], logger: createLogger('silent') },
    });
  }

  beforeEach(async () => {
    woken = [];
    counted = [];
    stored = () => Promise.resolve();
    certificatesUrl = simulator.certificatesUrl;
    await serve();
  });
  afterEach(() => server.close());

  const token = (claims: object = {}, header: object = {}): string => simulator.pubsub.token(PUSH, claims, header);
  const seconds = (): number => Math.floor(Date.now() / 1000);

  function post(body: unknown, headers: Record<string, string> = { authorization: `Bearer ${token()}` }) {
    return fetch(`http://127.0.0.1:${server.port}/told/gmail`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: (typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)) as string,
    });
  }

  describe('a true one', () => {
    it('has the mailbox read, and is answered 204 once that is stored', async () => {
      const asked = Promise.withResolvers<void>();
      const storing = Promise.withResolvers<void>();
      stored = () => (asked.resolve(), storing.promise);
      let answered = false;
      const answer = post(pushOf(CHANGE)).finally(() => (answered = true));
      await asked.promise;
      // What is asked after it is answered before it.
      await post(pushOf({ ...CHANGE, emailAddress: 'gone@example.test' }));
      expect(answered).to.equal(false);
      storing.resolve();
      expect((await answer).status).to.equal(204);
      expect([woken, counted]).to.deep.equal([['changed 1'], ['accepted', 'unknown']]);
    });

    it('is asked for again (503) when nothing can be stored', async () => {
      stored = () => Promise.reject(new Error('the database is away'));
      expect((await post(pushOf(CHANGE))).status).to.equal(503);
    });

    it('is asked for again (503) while the certificates of Google cannot be read', async () => {
      await server.close();
      certificatesUrl = `${simulator.rootUrl}oauth2/v1/none`;
      await serve();
      expect((await post(pushOf(CHANGE))).status).to.equal(503);
      expect([woken, counted]).to.deep.equal([[], []]);
    });

    it('only wakes, also when it is older than the one before it, however often it comes', async () => {
      await post(pushOf({ ...CHANGE, historyId: '18446744073709551615' }));
      await post(pushOf({ ...CHANGE, historyId: 1 }));
      expect(woken).to.deep.equal(['changed 1', 'changed 1']);
      await Promise.all(Array.from({ length: 3 }, () => post(pushOf(CHANGE))));
      expect(new Set(woken)).to.deep.equal(new Set(['changed 1']));
    });

    it('is taken in whatever case the address is written', async () => {
      await post(pushOf({ ...CHANGE, emailAddress: 'Rep@Example.test' }));
      expect(woken).to.deep.equal(['changed 1']);
    });

    it('is acknowledged and counted when its mailbox is not known, so that it is not sent again for a week', async () => {
      expect((await post(pushOf({ ...CHANGE, emailAddress: 'gone@example.test' }))).status).to.equal(204);
      expect([woken, counted]).to.deep.equal([[], ['unknown']]);
    });

    it('leads to no address, whatever is written into it', async () => {
      const canary = await openCanary();
      try {
        for (const url of HOSTILE_URLS(canary.port)) {
          await post({ ...pushOf(CHANGE, { attributes: { url } }), subscription: url, callback: url });
          await post(pushOf({ ...CHANGE, emailAddress: url, historyId: url }));
          await post(pushOf(CHANGE), { authorization: `Bearer ${token({}, { jku: url, x5u: url, kid: url })}` });
        }
        expect(canary.hits).to.deep.equal([]);
      } finally {
        await canary.close();
      }
    });
  });

  const b64 = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claimsNow = (): object => ({
    ...{ aud: PUSH.audience, email: PUSH.serviceAccount, email_verified: true, iss: 'https://accounts.google.com' },
    ...{ iat: seconds(), exp: seconds() + 3600, sub: '1' },
  });
  const kid = (): string => Object.keys(simulator.pubsub.certificates())[0]!;
  const hs256 = (): string => {
    const text = `${b64({ alg: 'HS256', kid: kid(), typ: 'JWT' })}.${b64(claimsNow())}`;
    const key = Object.values(simulator.pubsub.certificates())[0]!;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const changedPayload = (): string => {
    const [header, , signature] = token().split('.');
    return `${header}.${b64({ ...claimsNow(), sub: '2' })}.${signature}`;
  };

  const forged: readonly (readonly [what: string, authorization: () => string | undefined])[] = [
    ['without a token', () => undefined],
    ['with an empty token', () => 'Bearer '],
    ['with a password', () => `Basic ${Buffer.from('push:secret').toString('base64')}`],
    ['with two parts of a token', () => `Bearer ${token().split('.').slice(0, 2).join('.')}`],
    ['with four parts of a token', () => `Bearer ${token()}.x`],
    [
      'signed by a key of somebody else under the right id',
      () => {
        return `Bearer ${signedAssertion({ alg: 'RS256', kid: kid(), typ: 'JWT' }, claimsNow(), stranger.privateKey)}`;
      },
    ],
    [
      'signed by a key that Google does not know',
      () => {
        return `Bearer ${signedAssertion({ alg: 'RS256', kid: 'mine', typ: 'JWT' }, claimsNow(), stranger.privateKey)}`;
      },
    ],
    ['without the id of a key', () => `Bearer ${token({}, { kid: undefined })}`],
    ['with an id of a key that every object has', () => `Bearer ${token({}, { kid: '__proto__' })}`],
    ['with an id of a key that is a list', () => `Bearer ${token({}, { kid: [kid()] })}`],
    ['with the algorithm none and no signature', () => `Bearer ${b64({ alg: 'none' })}.${b64(claimsNow())}.`],
    ['with the algorithm none and a signature', () => `Bearer ${token({}, { alg: 'none' })}`],
    ['signed by HS256 with the public key', () => `Bearer ${hs256()}`],
    ['with the algorithm HS256 over a true signature', () => `Bearer ${token({}, { alg: 'HS256' })}`],
    ['with the algorithm ES256', () => `Bearer ${token({}, { alg: 'ES256' })}`],
    ['with other claims under a true signature', () => `Bearer ${changedPayload()}`],
    ['with a signature that is cut', () => `Bearer ${token().slice(0, -20)}`],
    ['for another audience', () => `Bearer ${token({ aud: 'https://other.example.com/' })}`],
    ['for our audience with a slash more', () => `Bearer ${token({ aud: `${PUSH.audience}/` })}`],
    ['for several audiences', () => `Bearer ${token({ aud: [PUSH.audience] })}`],
    ['without an audience', () => `Bearer ${token({ aud: undefined })}`],
    ['of another service account', () => `Bearer ${token({ email: 'push@evil.iam.gserviceaccount.com' })}`],
    ['of a list of accounts', () => `Bearer ${token({ email: [PUSH.serviceAccount] })}`],
    ['of an account whose address is not verified', () => `Bearer ${token({ email_verified: false })}`],
    ['of an account that says it is verified in words', () => `Bearer ${token({ email_verified: 'true' })}`],
    ['of an account without an address', () => `Bearer ${token({ email: undefined })}`],
    ['of another issuer', () => `Bearer ${token({ iss: 'https://accounts.google.com.evil.example' })}`],
    ['without an issuer', () => `Bearer ${token({ iss: undefined })}`],
    [
      'that has expired, as one that was recorded and is played again',
      () => {
        return `Bearer ${token({ iat: seconds() - 7200, exp: seconds() - 3600 })}`;
      },
    ],
    ['that is not valid yet', () => `Bearer ${token({ iat: seconds() + 3600, exp: seconds() + 7200 })}`],
    ['that never expires', () => `Bearer ${token({ exp: undefined })}`],
    ['that is valid for years', () => `Bearer ${token({ exp: seconds() + 99_999_999 })}`],
    ['whose expiry is a word', () => `Bearer ${token({ exp: 'never' })}`],
    ['whose time of issue is missing', () => `Bearer ${token({ iat: undefined })}`],
    [
      'whose claims are a list',
      () => `Bearer ${signedAssertion({ alg: 'RS256', kid: kid() }, [], stranger.privateKey)}`,
    ],
    ['whose header is no JSON', () => `Bearer ${Buffer.from('{').toString('base64url')}.${b64(claimsNow())}.AA`],
    ['whose header is null', () => `Bearer ${Buffer.from('null').toString('base64url')}.${b64(claimsNow())}.AA`],
    ['with a token longer than any', () => `Bearer ${token({ padding: 'x'.repeat(8_000) })}`],
  ];

  describe('a forged one', () => {
    for (const [what, authorization] of forged) {
      it(`is refused ${what}`, async () => {
        const given = authorization();
        const answer = await post(pushOf(CHANGE), given === undefined ? {} : { authorization: given });
        expect([answer.status, await answer.text()]).to.deep.equal([401, '']);
        expect([woken, counted]).to.deep.equal([[], ['forged']]);
        expect((await post(pushOf(CHANGE))).status).to.equal(204);
      });
    }

    it('is refused before its body has come', async () => {
      const socket = connect(server.port, '127.0.0.1');
      try {
        socket.write(
          'POST /told/gmail HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\nauthorization: Bearer x\r\n\r\n',
        );
        const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
        expect(answer).to.match(/^HTTP\/1\.1 401 /);
      } finally {
        socket.destroy();
      }
    });
  });

  const text = (value: string): string => Buffer.from(value).toString('base64');
  const malformed: readonly (readonly [what: string, body: unknown])[] = [
    ['nothing', ''],
    ['no JSON', 'historyId=1'],
    ['JSON that is cut', JSON.stringify(pushOf(CHANGE)).slice(0, 40)],
    ['a list', [pushOf(CHANGE)]],
    ['null', 'null'],
    ['a number', '7'],
    ['no message', { subscription: 'x' }],
    ['a message that is a list', { message: [pushOf(CHANGE)] }],
    ['a message without data', { message: { messageId: '1' } }],
    ['data that is an object', { message: { data: CHANGE } }],
    ['data that is no base64', pushOf('@@@@')],
    ['data longer than any', pushOf('A'.repeat(5_000))],
    ['data that is no UTF-8', pushOf(Buffer.from([0xff, 0xfe, 0x80]).toString('base64'))],
    ['data that is no JSON', pushOf(text('emailAddress=rep@example.test'))],
    ['data that is a list', pushOf([CHANGE])],
    ['data that is null', pushOf(text('null'))],
    ['an address that is missing', pushOf({ historyId: 1 })],
    ['an address that is a list', pushOf({ ...CHANGE, emailAddress: [REP] })],
    ['an address that is none', pushOf({ ...CHANGE, emailAddress: "rep'; drop table mailbox; --" })],
    ['an address longer than any', pushOf({ ...CHANGE, emailAddress: `${'a'.repeat(400)}@example.test` })],
    ['a history id that is missing', pushOf({ emailAddress: REP })],
    ['a history id below zero', pushOf({ ...CHANGE, historyId: -1 })],
    ['a history id that is a word', pushOf({ ...CHANGE, historyId: '1; drop' })],
    ['a prototype', pushOf(text(`{"__proto__":{"emailAddress":"${REP}","historyId":1}}`))],
    ['a message as a prototype', `{"__proto__":${JSON.stringify(pushOf(CHANGE))}}`],
    ['a thousand levels', '['.repeat(30_000)],
  ];

  describe('a malformed one of our own subscription', () => {
    for (const [what, body] of malformed) {
      it(`does nothing and is not asked for again: ${what}`, async () => {
        expect((await post(body)).status).to.equal(204);
        expect([woken, counted]).to.deep.equal([[], ['malformed']]);
      });
    }

    it('is refused when it is longer than 64 KB, or packed', async () => {
      expect((await post(pushOf(CHANGE, { padding: 'x'.repeat(70_000) }))).status).to.equal(413);
      const authorization = `Bearer ${token()}`;
      const packed = gzipSync(JSON.stringify(pushOf(CHANGE)));
      expect((await post(packed, { authorization, 'content-encoding': 'gzip' })).status).to.equal(415);
      expect(woken).to.deep.equal([]);
      expect(Object.hasOwn(Object.prototype, 'emailAddress')).to.equal(false);
    });
  });
});
