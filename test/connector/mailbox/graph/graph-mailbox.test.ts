import { expect } from 'chai';

import { createLogger } from '../../../../connector/src/logger.ts';
import { fieldValue } from '../../../../connector/src/mail/header-field.ts';
import { idsNamedIn } from '../../../../connector/src/mail/message-ids.ts';
import { kindOf } from '../../../../connector/src/mail/kind.ts';
import { createCoolDown } from '../../../../connector/src/mailbox/graph/cool-down.ts';
import type { GraphCursor } from '../../../../connector/src/mailbox/graph/graph-cursor.ts';
import type { SavedSubscription } from '../../../../connector/src/mailbox/graph/renew-subscription.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import type { Cursor, Mailbox, MailboxMessage } from '../../../../connector/src/mailbox/mailbox.ts';
import { graphNotifications } from '../../../../connector/src/server/notifications/graph-notifications.ts';
import {
  serveNotifications,
  type NotificationServer,
} from '../../../../connector/src/server/notifications/serve-notifications.ts';
import { mail } from '../../../contract/sample-mail.ts';
import { HOSTILE_URLS, openCanary } from '../../../fixtures/hostile-urls.ts';
import {
  accessDenied,
  GraphError,
  syncStateNotFound,
  throttled,
  unavailable,
} from '../../../simulators/graph/graph-error.ts';
import {
  startGraphSimulator,
  type GraphSimulator,
  type GraphSimulatorOptions,
} from '../../../simulators/graph/graph-simulator.ts';
import { openRepMailbox, READ_BASIC, REP, TOKEN } from './graph-harness.ts';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const idOf = ({ fields }: MailboxMessage): string => fieldValue(fields, 'Message-ID') ?? '';

describe('openGraphMailbox', () => {
  let graph: GraphSimulator;
  let mailbox: Mailbox;

  async function start(options: GraphSimulatorOptions = {}): Promise<void> {
    graph = await startGraphSimulator(options);
    graph.mailbox(REP, { token: TOKEN, permissions: READ_BASIC });
    mailbox = openRepMailbox(graph);
  }

  afterEach(async () => {
    await mailbox.close();
    await graph.close();
    expect(graph.violations).to.deep.equal([]);
  });

  async function readOn(from: Cursor, limit = 200): Promise<{ messages: MailboxMessage[]; cursor: Cursor }> {
    const messages: MailboxMessage[] = [];
    let cursor = from;
    for (let pages = 0; pages < 100; pages++) {
      const page = await mailbox.changesSince(cursor, limit);
      messages.push(...page.messages);
      cursor = page.cursor;
      if (page.caughtUp) return { messages, cursor };
    }
    throw new Error('not caught up after 100 pages');
  }

  const opening = (): Promise<Cursor> => mailbox.openingCursor(LONG_AGO);

  async function errorOf(attempt: Promise<unknown>): Promise<MailboxError> {
    const error: unknown = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(MailboxError);
    return error as MailboxError;
  }

  it('asks for immutable ids in every call of messages', async () => {
    await start();
    graph.deliver(REP, mail({ id: '<1@x>' }));
    await readOn(await opening());
    const calls = graph.requests.filter(({ method }) => method !== '$batch');
    expect(calls.filter(({ prefer }) => !prefer.includes('IdType="ImmutableId"'))).to.deep.equal([]);
  });

  it('looks into an idle mailbox of a dozen folders by one request', async () => {
    await start();
    for (const name of ['Deals', 'Newsletters', 'Private']) graph.state(REP).addFolder(name, 'inbox');
    const { cursor } = await readOn(await opening());
    const before = graph.httpRequests;
    expect(await mailbox.changesSince(cursor, 100)).to.deep.include({ messages: [], caughtUp: true });
    expect(graph.httpRequests - before).to.equal(1);
  });

  it('reads a mailbox of more than nineteen folders', async () => {
    await start();
    const folders = Array.from({ length: 45 }, (_, index) => graph.state(REP).addFolder(`F${index}`, 'inbox').id);
    folders.forEach((folder, index) => graph.deliver(REP, mail({ id: `<${index}@x>` }), { folder }));
    const { messages } = await readOn(await opening());
    expect(messages).to.have.length(45);
  });

  it('reads every message of a folder that has more than a filtered delta gives', async () => {
    await start({ filterCap: 1_100 });
    const start2020 = Date.UTC(2025, 0, 1);
    for (let n = 0; n < 1_500; n++) {
      graph.deliver(REP, mail({ id: `<${n}@x>` }), { receivedAt: new Date(start2020 + Math.floor(n / 3) * 60_000) });
    }
    graph.headersInDelta(true);
    const { messages, cursor } = await readOn(await opening());
    expect(new Set(messages.map(idOf)).size).to.equal(1_500);
    graph.deliver(REP, mail({ id: '<new@x>' }));
    expect((await readOn(cursor)).messages.map(idOf)).to.deep.equal(['<new@x>']);
  });

  it('is not misled by messages that are deleted while the older ones are listed', async () => {
    await start({ filterCap: 1_000 });
    const ids = Array.from({ length: 1_400 }, (_, n) => {
      const receivedAt = new Date(Date.UTC(2025, 0, 1) + n * 60_000);
      return graph.deliver(REP, mail({ id: `<${n}@x>` }), { receivedAt }).immutableId;
    });
    graph.headersInDelta(true);
    graph.afterNext('List messages', () => ids.slice(1_000).forEach((id) => graph.state(REP).remove(id)));
    const { messages } = await readOn(await opening());
    expect(new Set(messages.map(idOf)).size).to.equal(1_400);
  });

  it('ignores a change of the read mark and a removal, without asking for either message', async () => {
    await start();
    const read = graph.deliver(REP, mail({ id: '<1@x>' }));
    const gone = graph.deliver(REP, mail({ id: '<2@x>' }));
    const { cursor } = await readOn(await opening());
    graph.state(REP).change(read.immutableId, { isRead: true });
    graph.state(REP).remove(gone.immutableId);
    const before = graph.requests.length;
    expect((await readOn(cursor)).messages).to.deep.equal([]);
    expect(graph.requests.slice(before).filter(({ method }) => method === 'Get message')).to.deep.equal([]);
  });

  it('follows a folder that is renamed, reads one that is made later, and forgets one that is removed', async () => {
    await start();
    const deals = graph.state(REP).addFolder('Deals', 'inbox').id;
    const { cursor } = await readOn(await opening());
    graph.state(REP).renameFolder(deals, 'Won');
    const later = graph.state(REP).addFolder('Later', 'inbox').id;
    graph.deliver(REP, mail({ id: '<renamed@x>' }), { folder: deals });
    graph.deliver(REP, mail({ id: '<later@x>' }), { folder: later });
    const next = await readOn(cursor);
    expect(next.messages.map(idOf)).to.have.members(['<renamed@x>', '<later@x>']);
    graph.state(REP).removeFolder(deals);
    const last = (await readOn(next.cursor)).cursor as GraphCursor;
    expect(Object.keys(last.folders)).to.include(later).and.not.to.include(deals);
  });

  it('leaves out a folder that comes to lie below an excluded one, and reads on in it when it is excluded no longer', async () => {
    await start();
    const told: string[] = [];
    const excluding = openRepMailbox(graph, {
      excludedFolders: ['Privat', 'Misspelt'],
      log: (message) => void told.push(message),
    });
    const privat = graph.state(REP).addFolder('Privat').id;
    const before = await excluding.changesSince(await opening(), 10);
    const below = graph.state(REP).addFolder('Familie', privat).id;
    graph.deliver(REP, mail({ id: '<family@x>' }), { folder: below });
    const { messages, cursor, caughtUp } = await excluding.changesSince(before.cursor, 10);
    await excluding.close();
    expect({ messages, caughtUp }).to.deep.equal({ messages: [], caughtUp: true });
    expect(told.join()).to.contain('"Misspelt"').and.not.to.contain('Privat');
    expect((await readOn(cursor)).messages.map(idOf)).to.deep.equal(['<family@x>']);
  });

  it('finds a message where it was moved to before it was seen, and by the same reference after a later move', async () => {
    await start();
    const { cursor } = await readOn(await opening());
    const { immutableId } = graph.deliver(REP, mail({ id: '<moved@x>' }));
    graph.state(REP).move(immutableId, graph.state(REP).folder('archive')!.id);
    const { messages } = await readOn(cursor);
    expect(messages.map(idOf)).to.deep.equal(['<moved@x>']);
    graph.state(REP).move(immutableId, graph.state(REP).folder('deleteditems')!.id);
    expect(await mailbox.read([messages[0]!.reference])).to.have.length(1);
  });

  it('leaves drafts alone until they are sent', async () => {
    await start();
    const draft = graph.deliver(REP, mail({ id: '<draft@x>' }), { folder: 'drafts' });
    const { messages, cursor } = await readOn(await opening());
    expect(messages).to.deep.equal([]);
    graph.state(REP).change(draft.immutableId, { isDraft: false });
    graph.state(REP).move(draft.immutableId, graph.state(REP).folder('sentitems')!.id);
    expect((await readOn(cursor)).messages.map(({ folder }) => folder)).to.deep.equal(['sent']);
  });

  it('reads the real Message-ID of a sent copy, and its recipients, subject and conversation, out of its properties', async () => {
    await start();
    graph.deliver(
      REP,
      mail({
        id: '<rewritten@PROD.OUTLOOK.COM>',
        to: '"Köhler, P." <p@example.org>',
        subject: '=?utf-8?q?Gr=C3=BC=C3=9Fe?=',
      }),
      { folder: 'sentitems' },
    );
    const [sent] = (await readOn(await opening())).messages;
    expect(sent!.folder).to.equal('sent');
    expect(idOf(sent!)).to.equal('<rewritten@PROD.OUTLOOK.COM>');
    expect(fieldValue(sent!.fields, 'To')).to.equal('"Köhler, P." <p@example.org>');
    expect(fieldValue(sent!.fields, 'Subject')).to.equal('Grüße');
    expect(fieldValue(sent!.fields, 'Thread-Index')).to.match(/^[A-Za-z0-9+/]+=*$/);
  });

  it('shows a planted reference of a sent copy where Exchange keeps header fields of what was sent', async () => {
    await start({ sentCopiesKeepHeaders: true });
    graph.deliver(REP, mail({ id: '<rewritten@x>', inReplyTo: '<planted@ours>' }), { folder: 'sentitems' });
    const [sent] = (await readOn(await opening())).messages;
    expect(idsNamedIn(sent!.fields, 'References')).to.deep.equal(['planted@ours']);
  });

  it('knows an answer to an invitation by the type of the message, where its header does not tell', async () => {
    await start();
    const raw = mail({ id: '<accepted@x>', inReplyTo: '<offer@x>', subject: 'Re: Your offer' });
    graph.deliver(REP, raw, { meetingMessageType: 'meetingAccepted' });
    graph.deliver(REP, mail({ id: '<person@x>', inReplyTo: '<offer@x>' }));
    const { messages } = await readOn(await opening());
    const kinds = new Map(
      messages.map((message) => [idOf(message), kindOf(message.fields, { answersTrackedMail: true }).kind]),
    );
    expect(kinds.get('<accepted@x>')).to.equal('calendar');
    expect(kinds.get('<person@x>')).to.equal('human');
  });

  describe('being told of changes', () => {
    let endpoint: NotificationServer;
    let saved: SavedSubscription[];

    beforeEach(async () => {
      saved = [];
      const route = graphNotifications({
        find: () => Promise.resolve([]),
        wake: () => Promise.resolve(),
        forget: () => Promise.resolve(),
        count: () => undefined,
      });
      endpoint = await serveNotifications({
        ...{ url: 'https://replies.example.com/told', host: '127.0.0.1', port: 0 },
        ...{ routes: [route], logger: createLogger('silent') },
      });
      await start();
    });
    afterEach(() => endpoint.close());

    async function renew(): Promise<Date | undefined> {
      const push = {
        notificationUrl: `http://127.0.0.1:${endpoint.port}/told/graph`,
        subscriptionId: () => Promise.resolve(saved.at(-1)?.id),
        save: (subscription: SavedSubscription) => Promise.resolve(void saved.push(subscription)),
      };
      return openRepMailbox(graph, { push }).renewPush!();
    }

    it('has one subscription, which lives on when it is renewed', async () => {
      await renew();
      const until = await renew();
      expect([...graph.subscriptions.all.keys()]).to.deep.equal(saved.map(({ id }) => id));
      const { expirationDateTime } = graph.subscriptions.all.get(saved[0]!.id)!;
      expect(until!.getTime()).to.equal(Math.floor(expirationDateTime.getTime() / 1000) * 1000);
    });

    it('makes a new subscription, with a new secret, when the one it had is gone', async () => {
      await renew();
      graph.subscriptions.drop(saved[0]!.id);
      await renew();
      expect([...graph.subscriptions.all.keys()]).to.deep.equal([saved[1]?.id]);
      expect(saved[1]!.secretHash).not.to.equal(saved[0]!.secretHash);
    });
  });

  describe('in trouble', () => {
    for (const [what, retryAfter, least, most] of [
      ['seconds', () => '7', 6_000, 7_000],
      ['a date', () => new Date(Date.now() + 60_000).toUTCString(), 50_000, 60_000],
    ] as const) {
      it(`waits as long as a Retry-After in ${what} says, and asks nothing before`, async () => {
        await start();
        const cursor = await opening();
        graph.failNext({ kind: 'error', error: throttled(), retryAfter: retryAfter() });
        const first = await errorOf(mailbox.changesSince(cursor, 10));
        expect([first.code, first.retryAfterMs! >= least && first.retryAfterMs! <= most]).to.deep.equal([
          'retry',
          true,
        ]);
        const asked = graph.httpRequests;
        const second = await errorOf(mailbox.changesSince(cursor, 10));
        expect([second.code, second.retryAfterMs! <= first.retryAfterMs!]).to.deep.equal(['retry', true]);
        expect(graph.httpRequests).to.equal(asked);
      });
    }

    it('holds every mailbox of the tenant when the service asks for a pause, and none but its own at a limit of its own', async () => {
      await start();
      const coolDown = createCoolDown(Date.now);
      const [one, other] = [openRepMailbox(graph, { coolDown }), openRepMailbox(graph, { coolDown })];
      const cursor = await opening();
      graph.failNext({ kind: 'error', error: throttled(), retryAfter: '60' });
      await errorOf(one.changesSince(cursor, 10));
      await other.changesSince(cursor, 10);
      graph.failNext({ kind: 'error', error: unavailable(), retryAfter: '60' });
      await errorOf(other.changesSince(cursor, 10));
      expect(coolDown.left()).to.be.greaterThan(50_000);
    });

    it('reads the inbox only after Sent Items when one part of a batch fails', async () => {
      await start();
      const { cursor } = await readOn(await opening());
      graph.deliver(REP, mail({ id: '<sent@x>' }), { folder: 'sentitems' });
      graph.deliver(REP, mail({ id: '<answer@x>' }));
      graph.failNext({ kind: 'error', error: unavailable() }, { method: 'message: delta' });
      const page = await mailbox.changesSince(cursor, 10).catch(() => undefined);
      expect((page?.messages ?? []).map(idOf)).not.to.deep.equal(['<answer@x>']);
      expect((await readOn(page?.cursor ?? cursor)).messages.map(idOf)).to.include('<answer@x>');
    });

    const passing: readonly (readonly [
      what: string,
      fault: Parameters<GraphSimulator['failNext']>[0],
      method?: string,
    ])[] = [
      [
        'an HTML page with status 200',
        { kind: 'answer', status: 200, contentType: 'text/html', body: '<html>Sign in</html>' },
      ],
      ['an HTML page with status 502', { kind: 'answer', status: 502, contentType: 'text/html', body: '<html>' }],
      ['half an answer', { kind: 'half-json' }],
      ['an answer that breaks off', { kind: 'broken-off' }],
      ['a connection that is reset', { kind: 'reset' }],
      ['half a batch', { kind: 'half-json' }, '$batch'],
      [
        'a batch that is a list',
        { kind: 'answer', status: 200, contentType: 'application/json', body: '[]' },
        '$batch',
      ],
      [
        'a batch without answers',
        { kind: 'answer', status: 200, contentType: 'application/json', body: '{"responses":[]}' },
        '$batch',
      ],
      ['a code that nobody has seen', { kind: 'error', error: new GraphError(418, 'Teapot', 'Short and stout.') }],
    ];
    for (const [what, fault, method] of passing) {
      it(`takes ${what} for a passing fault, and loses nothing`, async () => {
        await start();
        graph.deliver(REP, mail({ id: '<1@x>' }));
        const cursor = await opening();
        graph.failNext(fault, method === undefined ? {} : { method });
        const error = await errorOf(mailbox.changesSince(cursor, 10));
        expect(error.code).to.equal('retry');
        expect(error.message).to.contain(REP).and.not.to.contain(TOKEN);
        expect((await readOn(cursor)).messages.map(idOf)).to.deep.equal(['<1@x>']);
      });
    }

    it('gives up a call that is never answered', async () => {
      await start();
      const hasty = openRepMailbox(graph, { deadlineMs: 50 });
      graph.failNext({ kind: 'silence' });
      const error = await errorOf(hasty.changesSince(await opening(), 10));
      expect([error.code, error.message.includes('50 ms')]).to.deep.equal(['retry', true]);
    });

    it('gives the place up when the state token of one folder is out of date', async () => {
      await start();
      const { cursor } = await readOn(await opening());
      graph.failNext({ kind: 'error', error: syncStateNotFound() }, { method: 'message: delta' });
      expect((await errorOf(mailbox.changesSince(cursor, 10))).code).to.equal('cursor_expired');
    });

    it('tries once more with a newer token when one has died, and asks for a person when there is none', async () => {
      await start();
      let issued = 0;
      const renewing = openRepMailbox(graph, { accessToken: () => Promise.resolve(issued++ === 0 ? 'dead' : TOKEN) });
      expect((await renewing.changesSince(await opening(), 10)).caughtUp).to.equal(true);
      graph.revoke();
      expect((await errorOf(mailbox.changesSince(await opening(), 10))).code).to.equal('reconnect');
    });

    const lasting: readonly (readonly [what: string, error: GraphError, words: RegExp])[] = [
      ['a permission that is missing', accessDenied(), /Mail\.ReadBasic.*https:\/\/consent\.example/],
      [
        'a user without a mailbox',
        new GraphError(404, 'MailboxNotEnabledForRESTAPI', 'x'),
        /no mailbox in Exchange Online/,
      ],
      ['an address that is no user', new GraphError(404, 'ErrorInvalidUser', 'x'), /no user of the tenant/],
    ];
    for (const [what, error, words] of lasting) {
      it(`holds the mailbox for ${what}, and says what to do`, async () => {
        await start();
        const told = openRepMailbox(graph, { consentUrl: () => 'https://consent.example' });
        graph.failNext({ kind: 'error', error });
        const refused = await errorOf(told.changesSince(await opening(), 10));
        expect(refused.code).to.equal('reconnect');
        expect(refused.message).to.match(words);
      });
    }

    it('follows no link that leads to another place than the API, in none of its forms', async () => {
      await start();
      const canary = await openCanary();
      const cursor = await opening();
      for (const link of [...HOSTILE_URLS(canary.port), `${graph.loginUrl}v2.0/other`, '']) {
        const body = JSON.stringify({ value: [], '@odata.nextLink': link, '@odata.deltaLink': link });
        graph.failNext(
          { kind: 'answer', status: 200, contentType: 'application/json', body },
          { method: 'mailFolder: delta' },
        );
        const error = await errorOf(mailbox.changesSince(cursor, 10));
        expect([link, error.code]).to.deep.equal([link, 'retry']);
      }
      await canary.close();
      expect(canary.hits).to.deep.equal([]);
    });

    it('takes hostile values in every field of a message without a line more in its header', async () => {
      await start();
      graph.headersInDelta(true);
      const value = [
        {
          id: 'AAMkhostile0001',
          receivedDateTime: '2026-11-01T00:00:00Z',
          '@odata.type': '#microsoft.graph.eventMessage\r\nX: y',
          subject: 'a\r\nBcc: all@example.org',
          internetMessageId: '<a@b>\nAuto-Submitted: no',
          from: { emailAddress: { name: '"\\\r\nX-Evil: 1', address: 'a@b>\r\nTo: c' } },
          toRecipients: 'none',
          internetMessageHeaders: [
            { name: 'Subject', value: 'x\r\nX-Mailer: y' },
            { name: 'In-Reply-To\r\nFrom', value: 'z' },
          ],
        },
      ];
      const link = `${graph.rootUrl}users/x/messages/delta?$deltatoken=x`;
      const answer = (more: object): Parameters<GraphSimulator['failNext']>[0] => ({
        ...{ kind: 'answer', status: 200, contentType: 'application/json' },
        body: JSON.stringify({ value: [{ ...value[0], ...more }], '@odata.deltaLink': link }),
      });
      const { cursor } = await readOn(await opening());
      graph.failNext(answer({}), { method: 'message: delta' });
      expect((await errorOf(mailbox.changesSince(cursor, 10))).code).to.equal('retry');
      graph.failNext(answer({ toRecipients: [null, {}, { emailAddress: null }] }), { method: 'message: delta' });
      const outcome: unknown = await mailbox.changesSince(cursor, 10).catch((error: unknown) => error);
      expect(JSON.stringify(outcome)).not.to.contain('X-Mailer":').and.not.to.contain('"Bcc"');
    });
  });
});
