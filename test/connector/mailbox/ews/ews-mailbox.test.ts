import { expect } from 'chai';

import { ActionableError } from '../../../../connector/src/errors.ts';
import { fieldValue } from '../../../../connector/src/mail/header-field.ts';
import type { EwsOptions } from '../../../../connector/src/mailbox/ews/ews-options.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import type { Cursor, Mailbox, MailboxMessage } from '../../../../connector/src/mailbox/mailbox.ts';
import { mail } from '../../../contract/sample-mail.ts';
import { serverBusy, EwsError } from '../../../simulators/ews/ews-error.ts';
import {
  startEwsSimulator,
  type EwsSimulator,
  type EwsSimulatorOptions,
} from '../../../simulators/ews/ews-simulator.ts';
import type { Fault } from '../../../simulators/ews/fault.ts';
import { openRepMailbox, PASSWORD, REP } from './ews-harness.ts';

const DAY = 86_400_000;
const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const HTML = '<html><body>Sorry &amp; good bye</body></html>';

describe('the Exchange mailbox', () => {
  let simulator: EwsSimulator;
  let mailbox: Mailbox;

  async function start(server: EwsSimulatorOptions = {}, options: Partial<EwsOptions> = {}): Promise<void> {
    simulator = await startEwsSimulator(server);
    simulator.mailbox(REP, { password: PASSWORD });
    mailbox = openRepMailbox(simulator, options);
  }

  afterEach(async () => {
    await mailbox.close();
    await simulator.close();
    expect(simulator.violations).to.deep.equal([]);
  });

  const idOf = (message: MailboxMessage): string => fieldValue(message.fields, 'Message-ID')?.trim() ?? '(none)';
  const deliver = (id: string, folder = 'inbox'): string => simulator.deliver(REP, mail({ id }), { folder }).id;

  async function readOn(from: Cursor, limit = 500): Promise<{ messages: MailboxMessage[]; cursor: Cursor }> {
    const messages: MailboxMessage[] = [];
    let cursor = from;
    for (let pages = 0; pages < 50; pages++) {
      const page = await mailbox.changesSince(cursor, limit);
      messages.push(...page.messages);
      cursor = page.cursor;
      if (page.caughtUp) return { messages, cursor };
    }
    throw new Error('not caught up after 50 pages');
  }
  const firstRead = async (since = LONG_AGO) => readOn(await mailbox.openingCursor(since));

  async function errorOf(attempt: Promise<unknown>): Promise<MailboxError> {
    const error: unknown = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(MailboxError);
    expect(`${(error as MailboxError).message}\n${(error as MailboxError).stack}`).not.to.contain(PASSWORD);
    return error as MailboxError;
  }

  describe('an answer that is none', () => {
    beforeEach(() => start());

    const cases: readonly (readonly [string, Fault])[] = [
      ['an HTML page with status 500', { kind: 'answer', status: 500, contentType: 'text/html', body: HTML }],
      ['an HTML page with status 503', { kind: 'answer', status: 503, contentType: 'text/html', body: HTML }],
      ['an HTML page with status 200', { kind: 'answer', status: 200, contentType: 'text/html', body: HTML }],
      ['nothing, with status 200', { kind: 'answer', status: 200, contentType: 'text/xml', body: '' }],
      ['half a document', { kind: 'half' }],
      ['a connection that breaks in its middle', { kind: 'broken-off' }],
      ['a connection that is reset', { kind: 'reset' }],
      ['a document with a document type', documentOf('<!DOCTYPE x [<!ENTITY e "e">]><Envelope><Body/></Envelope>')],
      ['an envelope without what was asked for', documentOf('<Envelope><Body><X/></Body></Envelope>')],
      ['an entity that nobody declared', documentOf('<Envelope><Body>&boom;</Body></Envelope>')],
      ['an answer longer than 5 MB', documentOf(`<Envelope><Body>${'x'.repeat(6_000_000)}</Body></Envelope>`)],
      ['elements nested without end', documentOf('<Envelope>'.repeat(200_000))],
    ];
    for (const [name, fault] of cases) {
      for (const operation of ['SyncFolderHierarchy', 'SyncFolderItems', 'GetItem']) {
        it(`is tried again and moves no cursor: ${name} to ${operation}`, async () => {
          const kept = Array.from({ length: 12 }, (_, number) => `<kept-${number}@x>`);
          for (const id of kept) deliver(id);
          const opening = await mailbox.openingCursor(LONG_AGO);
          simulator.failNext(fault, { operation, times: operation === 'GetItem' && name.includes('5 MB') ? 6 : 1 });
          expect((await errorOf(readOn(opening))).code).to.equal('retry');
          expect((await readOn(opening)).messages.map(idOf)).to.deep.equal(kept);
        });
      }
    }

    it('is tried again and moves no cursor when it lacks the place that it leads to', async () => {
      deliver('<kept@x>');
      const opening = await mailbox.openingCursor(LONG_AGO);
      const message =
        'SyncFolderItemsResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode>' +
        '<IncludesLastItemInRange>true</IncludesLastItemInRange>';
      const body =
        `<Envelope><Body><SyncFolderItemsResponse><ResponseMessages><${message}<Changes/>` +
        '</SyncFolderItemsResponseMessage></ResponseMessages></SyncFolderItemsResponse></Body></Envelope>';
      simulator.failNext(documentOf(body), { operation: 'SyncFolderItems' });
      expect((await errorOf(readOn(opening))).code).to.equal('retry');
      expect((await readOn(opening)).messages.map(idOf)).to.deep.equal(['<kept@x>']);
    });

    function documentOf(body: string): Fault {
      return { kind: 'answer', status: 200, contentType: 'text/xml', body };
    }
  });

  describe('a refusal', () => {
    beforeEach(() => start());

    it('hands on how long a busy server wants to be left alone, as a fault or as a message', async () => {
      for (const asFault of [true, false]) {
        simulator.failNext({ kind: 'error', error: serverBusy(297_749, asFault) });
        const error = await errorOf(firstRead());
        expect([error.code, error.retryAfterMs]).to.deep.equal(['retry', 297_749]);
      }
    });

    it('hands on Retry-After', async () => {
      const body = { kind: 'answer', contentType: 'text/html', body: HTML, headers: { 'retry-after': '120' } } as const;
      for (const status of [429, 503]) {
        simulator.failNext({ ...body, status });
        expect((await errorOf(firstRead())).retryAfterMs).to.equal(120_000);
      }
    });

    it('of the account asks for a new connection and says what to do', async () => {
      const refuse = async (code: string): Promise<MailboxError> => {
        simulator.failNext({ kind: 'error', error: new EwsError(code, 'No.', { asFault: true }) });
        return errorOf(firstRead());
      };
      for (const code of ['ErrorAccessDenied', 'ErrorImpersonateUserDenied', 'ErrorNonExistentMailbox']) {
        expect((await refuse(code)).code).to.equal('reconnect');
      }
      expect((await refuse('ErrorImpersonateUserDenied')).message).to.contain('management scope');
    });

    it('with an unknown code is tried again', async () => {
      const error = new EwsError('ErrorOfTheFuture', 'What now?', { asFault: true });
      simulator.failNext({ kind: 'error', error });
      const seen = await errorOf(firstRead());
      expect([seen.code, seen.message]).to.deep.equal([
        'retry',
        `${REP} cannot be read now from ${simulator.host}. The server answers ErrorOfTheFuture: What now?`,
      ]);
    });

    it('by a redirect is not followed', async () => {
      const headers = { location: 'https://elsewhere.example/EWS/Exchange.asmx' };
      simulator.failNext({ kind: 'answer', status: 302, contentType: 'text/html', body: '', headers });
      expect((await errorOf(firstRead())).code).to.equal('reconnect');
    });
  });

  describe('what it asks', () => {
    it('holds no address that is none, because the client library escapes nothing', async () => {
      await start({}, { address: 'rep@x</t:SmtpAddress>', impersonate: true });
      await errorOf(firstRead());
      expect(simulator.requests).to.deep.equal([]);
    });

    it('holds no id that is none', async () => {
      await start();
      const item = '"/><t:ItemId Id="x';
      expect(await mailbox.read([`other.${item}`])).to.deep.equal([]);
      const { cursor } = await firstRead();
      const folders = Object.fromEntries(
        Object.keys((cursor as { folders: object }).folders).map((id) => [id, { syncState: item }]),
      );
      await errorOf(mailbox.changesSince({ ...cursor, folders } as Cursor, 10));
      expect(JSON.stringify(simulator.requests)).not.to.contain('"/><');
    });

    it('is said for the owner of the mailbox where the account acts for others', async () => {
      await start({}, { impersonate: true, credential: () => Promise.resolve(SERVICE) });
      simulator.account({ user: 'EXAMPLE\\svc', password: 'p', address: 'svc@example.test', impersonates: [REP] });
      deliver('<1@x>');
      expect((await firstRead()).messages.map(idOf)).to.deep.equal(['<1@x>']);
      expect(new Set(simulator.requests.map(({ impersonated }) => impersonated))).to.deep.equal(new Set([REP]));
    });

    const SERVICE = { kind: 'basic', user: 'EXAMPLE\\svc', password: 'p' } as const;
  });

  describe('before it is connected', () => {
    const BOSS = 'boss@example.test';
    const boss = { kind: 'basic', user: 'EXAMPLE\\boss', password: PASSWORD } as const;
    const asBoss = { credential: () => Promise.resolve(boss) };
    const survey = async (): Promise<number> => (await mailbox.survey(LONG_AGO)).folders.length;

    async function refusal(): Promise<ActionableError> {
      const error: unknown = await survey().catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ActionableError);
      const { message, actions } = error as ActionableError;
      expect(`${message} ${actions.join(' ')}`).not.to.contain(PASSWORD);
      expect(message).to.contain('EXAMPLE\\boss').and.contain(REP);
      expect(actions.join(' ')).to.contain(REP).and.contain('--impersonate');
      // Of a stranger's mailbox nothing but the id of its inbox is seen.
      expect(simulator.requests.map(({ operation }) => operation)).to.deep.equal(['GetFolder', 'GetFolder']);
      return error as ActionableError;
    }

    it('is its own to the account of its owner, however the address is written', async () => {
      await start({}, { address: 'Rep@Example.test' });
      expect(await survey()).to.be.greaterThan(2);
      expect(JSON.stringify(simulator.requests[1]!.body)).to.contain('"EmailAddress":"Rep@Example.test"');
    });

    async function startWithAlias(server: EwsSimulatorOptions): Promise<void> {
      simulator = await startEwsSimulator(server);
      simulator.mailbox(REP, { password: PASSWORD }, ["o'rep@example.test"]);
      mailbox = openRepMailbox(simulator, { address: "o'rep@example.test" });
    }

    it('is known by an alias where the server takes one', async () => {
      await startWithAlias({ aliases: true });
      expect(await survey()).to.be.greaterThan(2);
      expect(JSON.stringify(simulator.requests[1]!.body)).to.contain("o'rep@example.test");
    });

    it('is asked for by its primary address where the server takes no alias', async () => {
      await startWithAlias({});
      const error = await errorOf(survey());
      expect(error.code).to.equal('reconnect');
      expect(error.message).to.contain('Connect the mailbox by its primary SMTP address');
    });

    it('is refused by both names to the account of somebody else, who would have his own mailbox read', async () => {
      await start({}, asBoss);
      simulator.mailbox(BOSS, boss);
      expect((await refusal()).message).to.contain('may not open');
    });

    for (const code of ['ErrorAccessDenied', 'ErrorNonExistentMailbox', 'ErrorMailboxStoreUnavailable']) {
      it(`is refused by both names when the server answers ${code} for it alone`, async () => {
        await start({}, asBoss);
        simulator.mailbox(BOSS, boss);
        simulator.afterNext('GetFolder', () =>
          simulator.failNext({ kind: 'error', error: new EwsError(code, 'No.') }, { operation: 'GetFolder' }),
        );
        expect((await refusal()).message).to.contain('may not open');
      });
    }

    it('is refused by both names to a delegate, who would have his own mailbox read', async () => {
      await start({}, asBoss);
      simulator.mailbox(BOSS, { ...boss, delegateOf: [REP] });
      expect((await refusal()).message).to.contain('delegate');
    });

    it('is asked for again when the server is too busy to say whose it is', async () => {
      await start();
      simulator.afterNext('GetFolder', () =>
        simulator.failNext({ kind: 'error', error: serverBusy(1000) }, { operation: 'GetFolder' }),
      );
      expect((await errorOf(survey())).retryAfterMs).to.equal(1000);
      expect(await survey()).to.be.greaterThan(2);
    });

    it('is not asked for by its address where the account acts for its owner', async () => {
      await start({}, { ...asBoss, impersonate: true });
      simulator.mailbox(BOSS, { ...boss, impersonates: [REP] });
      expect(await survey()).to.be.greaterThan(2);
      expect(JSON.stringify(simulator.requests)).not.to.contain('EmailAddress');
    });
  });

  describe('a message', () => {
    it('has the fields of its properties where the server keeps no header, as of what its own users send', async () => {
      await start();
      const extra = ['Thread-Index: AQHZabc=', 'Cc: "B, C" <cc@x>'];
      const raw = mail({
        id: '<sent@x>',
        inReplyTo: '<asked@x>',
        from: 'Rep <rep@x>',
        to: 'Lead <lead@x>',
        subject: 'Grüße',
        extra,
      });
      simulator.deliver(REP, raw, { folder: 'sentitems' });
      const [message] = (await firstRead()).messages;
      const value = (name: string): string | undefined => fieldValue(message!.fields, name)?.trim();
      expect(value('Message-ID')).to.equal('<sent@x>');
      expect(value('In-Reply-To')).to.equal('<asked@x>');
      expect(value('References')).to.equal('<asked@x>');
      expect(value('From')).to.equal('"Rep" <rep@x>');
      expect(value('To')).to.equal('"Lead" <lead@x>');
      expect(value('Subject')).to.equal('Grüße');
      expect(value('Thread-Index')).to.equal('AQHZabc=');
      expect(value('Cc')).to.contain('<cc@x>');
    });

    it('with a header that no answer may hold is known by its properties, and the others by theirs', async () => {
      await start();
      const huge = Array.from({ length: 90 }, (_, line) => `X-Huge-${line}: ${'h'.repeat(65_000)}`);
      simulator.deliver(REP, mail({ id: '<huge@x>', inReplyTo: '<asked@x>', extra: huge }));
      simulator.deliver(REP, mail({ id: '<small@x>', extra: ['Auto-Submitted: auto-replied'] }));
      const { messages } = await firstRead();
      expect(messages.map(idOf)).to.have.members(['<huge@x>', '<small@x>']);
      const fields = new Map(messages.map((message) => [idOf(message), message.fields]));
      expect(fieldValue(fields.get('<huge@x>')!, 'In-Reply-To')?.trim()).to.equal('<asked@x>');
      expect(fieldValue(fields.get('<small@x>')!, 'Auto-Submitted')?.trim()).to.equal('auto-replied');
    });

    it('keeps every character of its header that XML can carry, and some that it cannot', async () => {
      await start();
      const subject = 'a &amp; b <c> "d" \u0001 \ud83d\ude00';
      simulator.deliver(REP, mail({ id: '<marks&lt;1@x>', subject }));
      const [message] = (await firstRead()).messages;
      expect(idOf(message!)).to.equal('<marks&lt;1@x>');
      expect(fieldValue(message!.fields, 'Subject')?.trim()).to.equal(subject);
    });

    it('begins no further field by a line break that the server sends within a value', async () => {
      await start();
      const [item] = [simulator.deliver(REP, mail({ id: '<1@x>' }))];
      (item.message.headers as [string, string][]).push(
        ['X-Mailer', 'a\r\nIn-Reply-To: <forged@x>'],
        ['In-Reply-To: <forged@x>\r\nX', 'y'],
      );
      const [message] = (await firstRead()).messages;
      expect(fieldValue(message!.fields, 'In-Reply-To')).to.equal(undefined);
    });

    it('is read though the server calls it a kind of item that the client library does not know', async () => {
      await start();
      deliver('<booking@x>');
      const item = simulator.state(REP).items.values().next().value!;
      Object.assign(item, { itemClass: 'IPM.Booking' });
      expect((await firstRead()).messages.map(idOf)).to.deep.equal(['<booking@x>']);
    });

    it('that is a draft is left out until it is sent', async () => {
      await start();
      const folder = simulator.addFolder(REP, 'Later');
      const draft = simulator.deliver(REP, mail({ id: '<draft@x>' }), { folder, isDraft: true });
      const { messages, cursor } = await firstRead();
      expect(messages).to.deep.equal([]);
      simulator.state(REP).remove(draft.id);
      deliver('<draft@x>', 'sentitems');
      expect((await readOn(cursor)).messages.map(({ folder: kind }) => kind)).to.deep.equal(['sent']);
    });

    it('that is a calendar answer or a report is read like any other', async () => {
      await start();
      const answer = mail({ id: '<yes@x>' }).replace('text/plain; charset=utf-8', 'text/calendar; method=REPLY');
      simulator.deliver(REP, answer);
      expect((await firstRead()).messages.map(idOf)).to.deep.equal(['<yes@x>']);
    });
  });

  describe('folders', () => {
    it('are all read whatever their owner calls them, except drafts, outbox and what holds no mail', async () => {
      await start();
      const nested = simulator.addFolder(REP, 'Tief', simulator.addFolder(REP, 'Kunden', 'deleteditems'));
      for (const folder of ['inbox', 'sentitems', 'junkemail', 'deleteditems', nested])
        deliver(`<${folder.slice(0, 9)}@x>`, folder);
      for (const folder of ['drafts', 'outbox', 'calendar']) deliver(`<not-${folder}@x>`, folder);
      const { messages } = await firstRead();
      expect(messages).to.have.length(5);
      expect(messages.map(idOf).filter((id) => id.startsWith('<not'))).to.deep.equal([]);
      expect(messages[0]!.folder).to.equal('sent');
    });

    it('that are excluded are not read, nor what lies below them', async () => {
      await start({}, { excludedFolders: ['Posteingang/Privat'] });
      const secret = simulator.addFolder(REP, 'Privat', 'inbox');
      deliver('<private@x>', simulator.addFolder(REP, 'Tiefer', secret));
      deliver('<open@x>');
      expect((await firstRead()).messages.map(idOf)).to.deep.equal(['<open@x>']);
    });

    it('keep their place when they are renamed, and are read from the date of the first read when they are new', async () => {
      await start();
      const folder = simulator.addFolder(REP, 'Alt', 'inbox');
      deliver('<before@x>', folder);
      const since = new Date(Date.now() - DAY);
      const { cursor } = await firstRead(since);
      simulator.state(REP).renameFolder(folder, 'Neu');
      deliver('<after@x>', folder);
      const other = simulator.addFolder(REP, 'Import');
      simulator.deliver(REP, mail({ id: '<old@x>' }), { folder: other, receivedAt: new Date(Date.now() - 3 * DAY) });
      deliver('<new@x>', other);
      expect((await readOn(cursor)).messages.map(idOf)).to.have.members(['<after@x>', '<new@x>']);
    });

    it('that vanish between the listing and the reading are passed over', async () => {
      await start();
      const folder = simulator.addFolder(REP, 'Weg', 'inbox');
      deliver('<stays@x>');
      simulator.afterNext('SyncFolderHierarchy', () => simulator.state(REP).removeFolder(folder));
      expect((await firstRead()).messages.map(idOf)).to.deep.equal(['<stays@x>']);
    });

    it('without an inbox are told to a person', async () => {
      await start();
      simulator.state(REP).removeFolder(simulator.state(REP).folderOf('inbox')!.id);
      expect((await errorOf(firstRead())).message).to.contain('no inbox');
    });

    it('are found again when the server forgot what it had shown of them', async () => {
      await start();
      const { cursor } = await firstRead();
      simulator.state(REP).invalidateSyncStates();
      deliver('<late@x>', simulator.addFolder(REP, 'Neu'));
      expect((await readOn(cursor)).messages.map(idOf)).to.deep.equal(['<late@x>']);
    });
  });

  describe('a moved message', () => {
    it('shows in its new folder, by another reference', async () => {
      await start();
      const id = deliver('<moves@x>');
      const { messages, cursor } = await firstRead();
      simulator.state(REP).move(id, simulator.state(REP).folderOf('deleteditems')!.id);
      expect(await mailbox.read(messages.map(({ reference }) => reference))).to.deep.equal([]);
      expect((await readOn(cursor)).messages.map(idOf)).to.deep.equal(['<moves@x>']);
    });

    it('is not read again for a change of its read mark or its category', async () => {
      await start();
      const id = deliver('<read@x>');
      const { cursor } = await firstRead();
      simulator.state(REP).setRead(id, true);
      simulator.state(REP).edit(id);
      expect((await readOn(cursor)).messages).to.deep.equal([]);
    });
  });
});
