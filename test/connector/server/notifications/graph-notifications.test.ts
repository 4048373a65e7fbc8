import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

import { createLogger } from '../../../../connector/src/logger.ts';
import {
  graphNotifications,
  type KnownSubscription,
} from '../../../../connector/src/server/notifications/graph-notifications.ts';
import type { NotificationOutcome } from '../../../../connector/src/server/notifications/notification-route.ts';
import {
  serveNotifications,
  type NotificationServer,
} from '../../../../connector/src/server/notifications/serve-notifications.ts';
import { HOSTILE_URLS, openCanary } from '../../../fixtures/hostile-urls.ts';

const ID = '7f105c7d-2dc5-4530-97cd-4e7ae6534c07';
const OTHER_ID = '0a2b6c1e-8f3d-4a57-9b1c-2d3e4f5a6b7c';
const STATE = 'secret-client-state-4711';
const hashOf = (state: string): string => createHash('sha256').update(state).digest('base64url');

/** A notification as Microsoft sends it. */
const change = (more: object = {}): object => ({
  subscriptionId: ID,
  subscriptionExpirationDateTime: '2026-12-01T00:00:00Z',
  clientState: STATE,
  changeType: 'created',
  resource: 'Users/u/Messages/m',
  resourceData: { '@odata.type': '#Microsoft.Graph.Message', '@odata.id': 'Users/u/Messages/m', id: 'm' },
  tenantId: '84bd8158-6d4d-4958-8b9f-9d6445542f95',
  ...more,
});

describe('the notifications of Microsoft Graph', () => {
  let server: NotificationServer;
  let woken: string[];
  let forgotten: string[];
  let counted: NotificationOutcome[];
  let known: KnownSubscription[];
  let stored: () => Promise<void>;

  beforeEach(async () => {
    woken = [];
    forgotten = [];
    counted = [];
    known = [{ id: ID, mailboxId: '1', clientStateHash: hashOf(STATE) }];
    stored = () => Promise.resolve();
    const route = graphNotifications({
      find: (ids) => Promise.resolve(known.filter(({ id }) => ids.includes(id))),
      wake: async (mailboxId, why) => {
        await stored();
        woken.push(`${why} ${mailboxId}`);
      },
      forget: (id) => Promise.resolve(void forgotten.push(id)),
      count: (outcome) => void counted.push(outcome),
    });
    server = await serveNotifications({
      ...{ url: 'https://replies.example.com/told', host: '127.0.0.1', port: 0 },
      ...{ routes: [route], logger: createLogger('silent') },
    });
  });

  afterEach(() => server.close());

  const address = (): string => `http://127.0.0.1:${server.port}/told/graph`;

  function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    return fetch(address(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text as string,
    });
  }

  const validate = (query: string, init: RequestInit = { method: 'POST' }): Promise<Response> =>
    fetch(`${address()}?${query}`, init);

  describe('validation', () => {
    it('gives the token back as plain text that no browser takes for anything else', async () => {
      const token = 'Validation: Testing client application reachability for subscription Request-Id: 4b1c';
      const answer = await validate(`validationToken=${encodeURIComponent(token)}`);
      expect([answer.status, await answer.text()]).to.deep.equal([200, token]);
      expect(answer.headers.get('content-type')).to.match(/^text\/plain/);
      expect(answer.headers.get('x-content-type-options')).to.equal('nosniff');
      expect(answer.headers.get('content-security-policy')).to.contain("default-src 'none'").and.to.contain('sandbox');
    });

    const refused: readonly (readonly [what: string, query: string, init?: RequestInit])[] = [
      ['a script', `validationToken=${encodeURIComponent('<script>alert(1)</script>')}`],
      ['an attribute', `validationToken=${encodeURIComponent('" onload="x')}`],
      ['a line break', 'validationToken=a%0d%0aSet-Cookie:x'],
      ['a token longer than any', `validationToken=${'a'.repeat(1025)}`],
      ['two tokens', 'validationToken=a&validationToken=b'],
      ['an empty token', 'validationToken='],
      ['control characters', 'validationToken=%00%1b'],
      ['bytes that are no text', 'validationToken=%ff%fe'],
    ];
    for (const [what, query] of refused) {
      it(`refuses ${what} as a token, and shows nothing of it`, async () => {
        const answer = await validate(query);
        expect([answer.status, await answer.text()]).to.deep.equal([400, '']);
      });
    }

    it('is asked for by POST alone', async () => {
      expect((await validate('validationToken=a', { method: 'GET' })).status).to.equal(405);
    });
  });

  describe('a true notification', () => {
    it('has the mailbox read, and is answered 202 once that is stored', async () => {
      const asked = Promise.withResolvers<void>();
      const storing = Promise.withResolvers<void>();
      stored = () => (asked.resolve(), storing.promise);
      let answered = false;
      const answer = post({ value: [change()] }).finally(() => (answered = true));
      await asked.promise;
      // What is asked after it is answered before it.
      await validate('validationToken=a');
      expect(answered).to.equal(false);
      storing.resolve();
      expect((await answer).status).to.equal(202);
      expect(woken).to.deep.equal(['changed 1']);
    });

    it('is asked for again (503) when nothing can be stored', async () => {
      stored = () => Promise.reject(new Error('the database is away'));
      expect((await post({ value: [change()] })).status).to.equal(503);
    });

    it('wakes a mailbox once, however many tell of it', async () => {
      await post({ value: Array.from({ length: 50 }, () => change()) });
      expect(woken).to.deep.equal(['changed 1']);
    });

    it('is taken in whatever case the id of its subscription is written', async () => {
      expect((await post({ value: [change({ subscriptionId: ID.toUpperCase() })] })).status).to.equal(202);
      expect(woken).to.deep.equal(['changed 1']);
    });

    const lifecycle: readonly (readonly [event: string, wakes: readonly string[]])[] = [
      ['reauthorizationRequired', ['renew 1']],
      ['subscriptionRemoved', ['renew 1', 'missed 1']],
      ['missed', ['missed 1']],
      ['anEventOfTheFuture', ['missed 1']],
    ];
    for (const [lifecycleEvent, wakes] of lifecycle) {
      it(`acts on the lifecycle event ${lifecycleEvent}`, async () => {
        expect((await post({ value: [change({ changeType: undefined, lifecycleEvent })] })).status).to.equal(202);
        expect(woken).to.have.members(wakes);
        expect(forgotten).to.deep.equal(lifecycleEvent === 'subscriptionRemoved' ? [ID] : []);
      });
    }

    it('of a mailbox that is connected no more is answered 202, so that it is not sent again, and counted', async () => {
      expect((await post({ value: [change({ subscriptionId: OTHER_ID })] })).status).to.equal(202);
      expect([woken, counted]).to.deep.equal([[], ['unknown']]);
    });

    it('is taken although another one beside it is forged, which is counted', async () => {
      known.push({ id: OTHER_ID, mailboxId: '2', clientStateHash: hashOf('another') });
      const forged = change({ subscriptionId: OTHER_ID });
      expect((await post({ value: [change(), forged, { nonsense: true }] })).status).to.equal(202);
      expect(woken).to.deep.equal(['changed 1']);
      expect(counted).to.have.members(['accepted', 'forged', 'malformed']);
    });
  });

  /** Each with what is sent in place of a true notification. */
  const forgeries: readonly (readonly [what: string, body: unknown, headers?: Record<string, string>])[] = [
    ['no clientState', { value: [change({ clientState: undefined })] }],
    ['an empty clientState', { value: [change({ clientState: '' })] }],
    ['another clientState', { value: [change({ clientState: 'guess' })] }],
    ['a clientState that is cut', { value: [change({ clientState: STATE.slice(0, -1) })] }],
    ['a clientState with more behind it', { value: [change({ clientState: `${STATE}x` })] }],
    ['a clientState in another case', { value: [change({ clientState: STATE.toUpperCase() })] }],
    ['a clientState with a blank', { value: [change({ clientState: ` ${STATE}` })] }],
    ['the digest of the clientState', { value: [change({ clientState: hashOf(STATE) })] }],
    ['a clientState that is a number', { value: [change({ clientState: 4711 })] }],
    ['a clientState that is null', { value: [change({ clientState: null })] }],
    ['a clientState that is a list', { value: [change({ clientState: [STATE] })] }],
    ['a clientState that is an object', { value: [change({ clientState: { toString: STATE } })] }],
    ['a clientState of a megabyte', { value: [change({ clientState: STATE.repeat(5_000) })] }],
    ['no subscription', { value: [change({ subscriptionId: undefined })] }],
    ['an empty subscription', { value: [change({ subscriptionId: '' })] }],
    ['a subscription that is no GUID', { value: [change({ subscriptionId: "x' or '1'='1" })] }],
    ['a subscription that is a list', { value: [change({ subscriptionId: [ID] })] }],
    ['a subscription that is an object', { value: [change({ subscriptionId: { id: ID } })] }],
    ['neither a change nor an event', { value: [change({ changeType: undefined })] }],
    ['a change that is a number', { value: [change({ changeType: 1 })] }],
    ['no notification', { value: [] }],
    ['no list', { value: {} }],
    ['another member', { values: [change()] }],
    ['a notification outside a list', change()],
    ['a list outside an object', [change()]],
    ['a number', '42'],
    ['null', 'null'],
    ['an empty body', ''],
    ['half a body', JSON.stringify({ value: [change()] }).slice(0, -5)],
    ['two bodies', `${JSON.stringify({ value: [change()] })}${JSON.stringify({ value: [change()] })}`],
    ['a prototype', `{"__proto__":{"value":[${JSON.stringify(change())}]}}`],
    ['a prototype inside', `{"value":[{"__proto__":${JSON.stringify(change())}}]}`],
    ['a constructor', `{"value":[{"constructor":{"prototype":${JSON.stringify(change())}}}]}`],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['more notifications than Microsoft sends', { value: Array.from({ length: 1_001 }, () => ({})) }],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00, 0x7b])],
    ['UTF-16', Buffer.from(JSON.stringify({ value: [change()] }), 'utf16le')],
    ['another type', { value: [change()] }, { 'content-type': 'text/plain' }],
    ['a form', 'value=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['XML', '<value/>', { 'content-type': 'application/xml' }],
    ['a compressed body', gzipSync(JSON.stringify({ value: [change()] })), { 'content-encoding': 'gzip' }],
    ['a body above the cap', `{"value":["${'x'.repeat(300_000)}"]}`],
    ['validation tokens of rich notifications', { value: [], validationTokens: ['eyJ.eyJ.x'] }],
    ['encrypted content', { value: [{ encryptedContent: { data: 'x', dataKey: 'y' } }] }],
  ];

  it('takes none of 44 forged or malformed notifications and crashes at none', async () => {
    expect(forgeries.length).to.be.at.least(44);
    for (const [what, body, headers] of forgeries) {
      const { status } = await post(body, headers);
      expect(status, what).to.be.within(400, 415);
    }
    expect([woken, forgotten]).to.deep.equal([[], []]);
    expect(counted).not.to.include('accepted');
    expect((await post({ value: [change()] })).status).to.equal(202);
  });

  it('asks no address that a notification holds for anything, in none of its forms', async () => {
    const canary = await openCanary();
    const urls = HOSTILE_URLS(canary.port);
    expect(urls.length).to.be.at.least(30);
    for (const url of urls) {
      const resourceData = { '@odata.id': url, id: url, '@odata.nextLink': url };
      await post({ value: [change({ resource: url, resourceData, notificationUrl: url })], '@odata.nextLink': url });
    }
    await canary.close();
    expect(canary.hits).to.deep.equal([]);
    expect(new Set(woken)).to.deep.equal(new Set(['changed 1']));
  });

  it('hears nothing at other paths, in other cases of the path, and by other methods', async () => {
    const base = `http://127.0.0.1:${server.port}`;
    const body = JSON.stringify({ value: [change()] });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    for (const path of ['/', '/graph', '/told', '/told/Graph', '/told/graph/x', '/told/%67raph/..']) {
      expect((await fetch(`${base}${path}`, init)).status, path).to.equal(404);
    }
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect((await fetch(address(), { ...init, method })).status, method).to.equal(405);
    }
    expect(woken).to.deep.equal([]);
  });

  it('goes on after requests that are no HTTP, break off, or announce what never comes', async () => {
    for (const text of [
      '\x16\x03\x01\x02\x00',
      'POST /told/graph HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"val',
      'GET / HTTP/9.9\r\n\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.end(text));
        socket
          .on('error', () => undefined)
          .on('close', () => resolve())
          .resume();
      });
    }
    await new Promise<void>((resolve) => {
      const broken = httpRequest(address(), { method: 'POST', headers: { 'content-type': 'application/json' } });
      broken.on('error', () => resolve());
      broken.write('{"value":[', () => broken.destroy());
    });
    expect((await post({ value: [change()] })).status).to.equal(202);
  });
});
