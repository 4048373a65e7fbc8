import { expect } from 'chai';

import { fieldValue } from '../../../../connector/src/mail/header-field.ts';
import { openGmailMailbox } from '../../../../connector/src/mailbox/gmail/gmail-mailbox.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import type { Cursor, Mailbox, MailboxMessage } from '../../../../connector/src/mailbox/mailbox.ts';
import { describeMailboxContract } from '../../../contract/mailbox-contract.ts';
import { describeRedCases } from '../../../contract/red-cases.ts';
import type { Fault } from '../../../simulators/gmail/fault.ts';
import { startGmailSimulator, type GmailSimulator } from '../../../simulators/gmail/gmail-simulator.ts';
import { badRequest, GoogleError, quotaExceeded, userRateLimited } from '../../../simulators/gmail/google-error.ts';
import { METADATA, GMAIL_ABILITIES, openGmailHarness, openRepMailbox, REP, TOKEN } from './gmail-harness.ts';

const DAY = 86_400_000;
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

describeMailboxContract('Gmail', openGmailHarness, GMAIL_ABILITIES);
describeRedCases('Gmail', openGmailHarness, GMAIL_ABILITIES);

describe('the Gmail mailbox', () => {
  let simulator: GmailSimulator;
  let mailbox: Mailbox;

  beforeEach(async () => {
    simulator = await startGmailSimulator();
    simulator.mailbox(REP, { token: TOKEN, scopes: METADATA });
    mailbox = openRepMailbox(simulator);
  });

  afterEach(async () => {
    await mailbox.close();
    await simulator.close();
    expect(simulator.violations).to.deep.equal([]);
  });

  const idOf = (message: MailboxMessage): string => fieldValue(message.fields, 'Message-ID') ?? '(none)';
  const deliver = (id: string, labels = ['INBOX'], receivedAt = new Date()): string =>
    simulator.deliver(REP, [['Message-ID', id]], { labels, receivedAt }).id;

  async function readOn(from: Cursor, limit = 50): Promise<{ messages: MailboxMessage[]; cursor: Cursor }> {
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

  async function errorOf(attempt: Promise<unknown>): Promise<MailboxError> {
    const error: unknown = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(MailboxError);
    expect(`${(error as MailboxError).message}\n${(error as MailboxError).stack}`).not.to.contain(TOKEN);
    return error as MailboxError;
  }

  describe('being told of changes', () => {
    const TOPIC = 'projects/replies/topics/mail';
    const renew = (): Promise<Date | undefined> => openRepMailbox(simulator, { topic: TOPIC }).renewPush!();

    it('asks Gmail for it, and reads back until when it is promised', async () => {
      simulator.pubsub.setTopic(TOPIC, {});
      expect((await renew())?.getTime()).to.equal(simulator.pubsub.watches.get(REP)?.expiresAt);
      expect(simulator.pubsub.watches.get(REP)).to.include({ topic: TOPIC });
    });

    it('is not asked for without a topic', () => {
      expect(mailbox).not.to.have.property('renewPush');
    });

    const foreign = badRequest('Invalid topicName does not match projects/x/topics/*');
    const refusals: readonly (readonly [what: string, set: () => void, words: string])[] = [
      [
        'Gmail may not publish into the topic',
        () => simulator.pubsub.setTopic(TOPIC, { mayPublish: false }),
        'Grant gmail-api-push@system.gserviceaccount.com the role Pub/Sub Publisher on it.',
      ],
      ['the topic is not there', () => undefined, 'Check that the topic exists.'],
      [
        'the topic is one of another project',
        () => simulator.failNext({ kind: 'error', error: foreign }),
        'has to be in the Google Cloud project of the credential',
      ],
    ];
    for (const [what, set, words] of refusals) {
      it(`is tried again, and holds no mailbox, when ${what}`, async () => {
        set();
        const error = await errorOf(renew());
        expect(error.code).to.equal('retry');
        expect(error.message).to.contain(words).and.to.contain(TOPIC);
      });
    }

    for (const [what, expiration] of [
      ['nothing', undefined],
      ['a number', 1],
      ['a word', 'soon'],
      ['no instant', '99999999999999999'],
    ]) {
      it(`refuses ${what} as the end of the promise`, async () => {
        const body = JSON.stringify({ expiration });
        simulator.failNext({ kind: 'answer', status: 200, contentType: 'application/json', body });
        expect((await errorOf(renew())).message).to.contain('not one of the Gmail API');
      });
    }

    it('waits without a call when it is not to look by itself', async () => {
      const { rootUrl } = simulator;
      const quiet = openGmailMailbox({ address: REP, accessToken: () => Promise.resolve(TOKEN), rootUrl });
      const waiting = quiet.waitForChange(new AbortController().signal);
      deliver('<1@example.org>');
      await quiet.close();
      await waiting;
      expect(simulator.requests).to.deep.equal([]);
    });
  });

  describe('several messages', () => {
    const count = (method: string): number => simulator.requests.filter((request) => request.method === method).length;
    const IDS = Array.from({ length: 60 }, (_, place) => `<${place}@example.org>`);

    it('are read by batches of fifty, one by a call of its own', async () => {
      const { cursor } = await readOn(await mailbox.openingCursor(LONG_AGO));
      for (const id of IDS) deliver(id);
      const { messages, cursor: after } = await readOn(cursor, 100);
      expect(messages.map(idOf)).to.have.members(IDS);
      expect([count('batch'), count('users.messages.get')]).to.deep.equal([2, 60]);
      deliver('<one@example.org>');
      await readOn(after);
      expect([count('batch'), count('users.messages.get')]).to.deep.equal([2, 61]);
    });

    it('leave out the one that was deleted, and try again the one that Gmail puts off', async () => {
      const { cursor } = await readOn(await mailbox.openingCursor(LONG_AGO));
      const ids = IDS.slice(0, 5).map((id) => deliver(id));
      simulator.remove(REP, ids[2]!);
      const error = userRateLimited(new Date(Date.now() + 100));
      simulator.failNext({ kind: 'error', error }, { method: 'users.messages.get', times: 2 });
      const { messages } = await readOn(cursor);
      expect(messages.map(idOf)).to.have.members(IDS.slice(0, 5).filter((_, place) => place !== 2));
      expect(count('batch')).to.equal(2);
    });

    it('are tried again as a page when a part is put off for good, or the batch is refused', async () => {
      const { cursor } = await readOn(await mailbox.openingCursor(LONG_AGO));
      for (const id of IDS.slice(0, 3)) deliver(id);
      const error = new GoogleError(500, 'backendError', 'Backend Error');
      simulator.failNext({ kind: 'error', error }, { method: 'users.messages.get', times: 12 });
      expect((await errorOf(mailbox.changesSince(cursor, 50))).code).to.equal('retry');
      simulator.failNext({ kind: 'error', error: quotaExceeded() }, { method: 'batch' });
      expect((await errorOf(mailbox.changesSince(cursor, 50))).message).to.contain('over its rate limit');
      for (const kind of ['half-json', 'reset'] as const) {
        simulator.failNext({ kind }, { method: 'batch' });
        expect((await errorOf(mailbox.changesSince(cursor, 50))).code).to.equal('retry');
      }
      expect((await readOn(cursor)).messages).to.have.length(3);
    }).timeout(20_000);
  });

  describe('a first read', () => {
    it('loses nothing that arrives while it is under way', async () => {
      const opening = await mailbox.openingCursor(LONG_AGO);
      deliver('<old@x>');
      const page = await mailbox.changesSince(opening, 1);
      deliver('<during@x>');
      const { messages } = await readOn(page.cursor, 1);
      expect(new Set([...page.messages, ...messages].map(idOf))).to.deep.equal(new Set(['<old@x>', '<during@x>']));
    });

    it('names the thread of each message, and which message began it', async () => {
      simulator.deliver(REP, [
        ['Message-ID', '<first@x>'],
        ['Subject', 'Offer'],
      ]);
      simulator.deliver(REP, [
        ['Message-ID', '<second@x>'],
        ['Subject', 'Re: Offer'],
        ['In-Reply-To', '<first@x>'],
      ]);
      const { messages } = await readOn(await mailbox.openingCursor(LONG_AGO));
      const [first, second] = ['<first@x>', '<second@x>'].map((id) => messages.find((message) => idOf(message) === id));
      expect(first).to.include({ thread: first?.reference, startsThread: true });
      expect(second).to.include({ thread: first?.reference, startsThread: false });
    });

    it('stops at the first page that is older than the date', async () => {
      const now = Date.now();
      for (let day = 0; day < 12; day++) deliver(`<day-${day}@x>`, ['INBOX'], new Date(now - day * DAY));
      const { messages } = await readOn(await mailbox.openingCursor(new Date(now - 2.5 * DAY)), 3);
      expect(messages.map(idOf)).to.have.members(['<day-0@x>', '<day-1@x>', '<day-2@x>']);
      const read = simulator.requests.filter(({ method }) => method === 'users.messages.get');
      expect(read).to.have.length(6);
    });

    it('leaves drafts and chats out and reads spam and trash', async () => {
      for (const label of ['DRAFT', 'CHAT', 'SPAM', 'TRASH', 'Label_7']) deliver(`<${label}@x>`, [label]);
      const { messages } = await readOn(await mailbox.openingCursor(LONG_AGO));
      expect(messages.map((message) => [idOf(message), message.folder])).to.have.deep.members([
        ['<SPAM@x>', 'junk'],
        ['<TRASH@x>', 'other'],
        ['<Label_7@x>', 'other'],
      ]);
    });

    it('hands out a mail to oneself once, as sent', async () => {
      deliver('<self@x>', ['SENT', 'INBOX']);
      const { messages } = await readOn(await mailbox.openingCursor(LONG_AGO));
      expect(messages.map((message) => [idOf(message), message.folder])).to.deep.equal([['<self@x>', 'sent']]);
    });

    it('leaves out a message that vanishes between its listing and its reading', async () => {
      const id = deliver('<vanishes@x>');
      deliver('<stays@x>');
      simulator.afterNext('users.messages.list', () => simulator.remove(REP, id));
      const { messages } = await readOn(await mailbox.openingCursor(LONG_AGO));
      expect(messages.map(idOf)).to.deep.equal(['<stays@x>']);
    });

    it('asks the caller to begin again when a page of the list is no longer known', async () => {
      for (const id of ['<a@x>', '<b@x>', '<c@x>']) deliver(id);
      const page = await mailbox.changesSince(await mailbox.openingCursor(LONG_AGO), 1);
      simulator.failNext({ kind: 'error', error: badRequest('Invalid pageToken') }, { method: 'users.messages.list' });
      expect((await errorOf(mailbox.changesSince(page.cursor, 1))).code).to.equal('cursor_expired');
    });
  });

  describe('changes', () => {
    it('leave out what has an excluded label, one that was made meanwhile included, and show what loses it', async () => {
      const told: string[] = [];
      simulator.label(REP, { id: 'Label_7', name: 'Private' });
      const settings = { excludedFolders: ['private', 'Misspelt'], log: (message: string) => void told.push(message) };
      const excluding = openRepMailbox(simulator, settings);
      let { cursor } = await excluding.changesSince(await excluding.openingCursor(new Date(0)), 10);
      while (cursor.provider === 'gmail' && cursor.listing) ({ cursor } = await excluding.changesSince(cursor, 10));
      simulator.label(REP, { id: 'Label_8', name: 'Private/Family' });
      const family = deliver('<family@x>', ['INBOX', 'Label_8']);
      deliver('<private@x>', ['INBOX', 'Label_7']);
      const left = await excluding.changesSince(cursor, 10);
      expect(left.messages).to.deep.equal([]);
      simulator.relabel(REP, family, { remove: ['Label_8'] });
      const { messages } = await excluding.changesSince(left.cursor, 10);
      await excluding.close();
      expect(messages.map(idOf)).to.deep.equal(['<family@x>']);
      expect(told.join()).to.contain('"Misspelt"').and.not.to.contain('private');
    });

    let caughtUp: Cursor;

    beforeEach(async () => {
      caughtUp = (await readOn(await mailbox.openingCursor(LONG_AGO))).cursor;
    });

    it('come in pages although one history record holds several messages', async () => {
      const together = (...ids: string[]): void =>
        void simulator.deliverTogether(
          REP,
          ids.map((id) => [['Message-ID', id]]),
        );
      together('<1@x>', '<2@x>');
      together('<3@x>', '<4@x>');
      const first = await mailbox.changesSince(caughtUp, 3);
      expect(first.messages.map(idOf)).to.deep.equal(['<1@x>', '<2@x>']);
      expect((await readOn(first.cursor, 3)).messages.map(idOf)).to.deep.equal(['<3@x>', '<4@x>']);
    });

    it('bring a message that is moved back to the inbox, and none that is only labelled', async () => {
      const [trashed, other] = [deliver('<trashed@x>', ['TRASH']), deliver('<other@x>')];
      const { cursor } = await readOn(caughtUp);
      simulator.relabel(REP, trashed, { add: ['INBOX'], remove: ['TRASH'] });
      simulator.relabel(REP, other, { add: ['STARRED', 'UNREAD'] });
      expect((await readOn(cursor)).messages.map(idOf)).to.deep.equal(['<trashed@x>']);
    });

    it('bring a draft only once it is sent', async () => {
      const draft = deliver('<draft@x>', ['DRAFT']);
      const { messages, cursor } = await readOn(caughtUp);
      expect(messages).to.deep.equal([]);
      simulator.relabel(REP, draft, { add: ['SENT'], remove: ['DRAFT'] });
      expect((await readOn(cursor)).messages.map((message) => message.folder)).to.deep.equal(['sent']);
    });

    it('show the Message-ID that Gmail gave to a sent mail, and the original where Gmail keeps it', async () => {
      await simulator.close();
      for (const [rewriting, kept] of [
        ['drop', undefined],
        ['original', '<ours@example.test>'],
      ] as const) {
        simulator = await startGmailSimulator({ rewriting });
        simulator.mailbox(REP, { token: TOKEN, scopes: METADATA });
        mailbox = openRepMailbox(simulator);
        simulator.send(REP, [
          ['From', REP],
          ['To', 'lead@example.org'],
          ['Message-ID', '<ours@example.test>'],
        ]);
        const [sent] = (await readOn(await mailbox.openingCursor(LONG_AGO))).messages;
        expect(idOf(sent!)).to.match(/@mail\.gmail\.com>$/);
        expect(fieldValue(sent!.fields, 'X-Google-Original-Message-ID')).to.equal(kept);
        await simulator.close();
      }
    });

    it('are read to the end although a page would pass the units of a minute', async () => {
      let clock = new Date('2026-11-24T10:00:00Z');
      await simulator.close();
      simulator = await startGmailSimulator({ now: () => clock });
      simulator.mailbox(REP, { token: TOKEN, scopes: METADATA });
      // Others spend of the same quota, so that the adapter's own budget does not keep it from being refused.
      mailbox = openRepMailbox(simulator, { unitsPerMinute: 1_000_000 });
      let cursor = await mailbox.openingCursor(LONG_AGO);
      const ids = Array.from({ length: 320 }, (_, index) => `<${index}@x>`);
      for (const id of ids) deliver(id);
      const seen: string[] = [];
      let refusals = 0;
      for (let done = false; !done;) {
        const page = await mailbox.changesSince(cursor, 500).catch((error: MailboxError) => error);
        if (page instanceof MailboxError) {
          expect(page.code).to.equal('retry');
          refusals += 1;
          clock = new Date(clock.getTime() + 60_000);
        } else {
          seen.push(...page.messages.map(idOf));
          cursor = page.cursor;
          done = page.caughtUp;
        }
      }
      expect(new Set(seen)).to.deep.equal(new Set(ids));
      expect(refusals).to.be.within(1, 5);
    });

    it('ask for the place again when the stored one is of another provider', async () => {
      const foreign: Cursor = { provider: 'imap', version: 1, since: LONG_AGO.toISOString(), folders: {} };
      expect((await errorOf(mailbox.changesSince(foreign, 10))).code).to.equal('cursor_expired');
    });

    it('carry header fields of any size and content to the next message', async () => {
      const hostile: [string, string][] = [
        ['Message-ID', '<hostile@x>'],
        ['References', '<r@x> '.repeat(100_000)],
        ['Subject', 'nul \0 and\r\nMessage-ID: <forged@x>'],
        ['__proto__', 'x'],
      ];
      simulator.deliver(REP, hostile);
      deliver('<next@x>');
      const { messages } = await readOn(caughtUp);
      expect(messages.map(idOf)).to.deep.equal(['<hostile@x>', '<next@x>']);
      const { fields } = messages[0]!;
      expect(fields.map(([name]) => name)).to.deep.equal(['Message-ID', 'References', 'Subject']);
      expect(fieldValue(fields, 'References')!.length).to.be.below(70_000);
    });
  });

  describe('trouble', () => {
    const faults: readonly (readonly [what: string, fault: Fault, says: string])[] = [
      ['a proxy answers with HTML', answer(200, 'text/html', '<html>'), 'not one of the Gmail API'],
      ['a proxy fails with HTML', answer(502, 'text/html', '<html>'), 'HTTP 502'],
      ['JSON is of another service', answer(200, 'application/json', '{"status":"ok"}'), 'not one of the Gmail API'],
      ['the JSON is cut off', { kind: 'half-json' }, 'not one of the Gmail API'],
      ['the answer breaks off', { kind: 'broken-off' }, 'The connection to 127.0.0.1'],
      ['the connection is reset', { kind: 'reset' }, 'The connection to 127.0.0.1'],
      ['the server is silent', { kind: 'silence' }, 'did not answer within'],
      ['the server redirects', answer(307, 'text/html', ''), 'redirects to'],
      ['a refusal is of no known reason', failing(new GoogleError(403, 'newReason', 'New.')), 'HTTP 403'],
      ['the API fails', failing(new GoogleError(500, 'backendError', 'Backend Error')), 'HTTP 500'],
    ];
    for (const [what, fault, says] of faults) {
      it(`is passing when ${what}`, async () => {
        mailbox = openRepMailbox(simulator, { deadlineMs: 200 });
        simulator.failNext(fault);
        const error = await errorOf(mailbox.openingCursor(LONG_AGO));
        expect(error.code).to.equal('retry');
        expect(error.message).to.contain(REP).and.to.contain(says);
        await mailbox.openingCursor(LONG_AGO);
      });
    }

    it('is passing when one message of a page cannot be read, and the page comes whole the next time', async () => {
      const opening = await mailbox.openingCursor(LONG_AGO);
      for (const id of ['<a@x>', '<b@x>']) deliver(id);
      simulator.failNext({ kind: 'reset' }, { method: 'batch' });
      expect((await errorOf(mailbox.changesSince(opening, 10))).code).to.equal('retry');
      expect((await readOn(opening)).messages.map(idOf)).to.include.members(['<a@x>', '<b@x>']);
    });

    for (const [what, method, fault] of [
      ["a proxy's 404 stands for a message", 'users.messages.get', answer(404, 'text/html', '<html>')],
      ["a proxy's 404 stands for the history", 'users.history.list', answer(404, 'text/html', '<html>')],
      ['another service answers for a list', 'users.messages.list', answer(200, 'application/json', '{"status":"ok"}')],
    ] as const) {
      it(`is passing and loses no mail when ${what}`, async () => {
        const opening = await mailbox.openingCursor(LONG_AGO);
        deliver('<a@x>');
        simulator.failNext(fault, { method });
        expect((await errorOf(readOn(opening))).code).to.equal('retry');
        expect((await readOn(opening)).messages.map(idOf)).to.include('<a@x>');
      });
    }

    it('is over when the minute of the quota is over', async () => {
      simulator.failNext({ kind: 'error', error: quotaExceeded() });
      const error = await errorOf(mailbox.openingCursor(LONG_AGO));
      expect([error.code, error.retryAfterMs]).to.deep.equal(['retry', undefined]);
    });

    it('lasts as long as the Retry-After field says', async () => {
      simulator.failNext({ kind: 'error', error: userRateLimited(new Date()), retryAfter: '7' });
      expect((await errorOf(mailbox.openingCursor(LONG_AGO))).retryAfterMs).to.equal(7000);
    });

    it('lasts as long as the sentence of the error says', async () => {
      simulator.failNext({ kind: 'error', error: userRateLimited(new Date(Date.now() + 900_000)) });
      expect((await errorOf(mailbox.openingCursor(LONG_AGO))).retryAfterMs).to.be.within(800_000, 900_000);
    });

    it('needs its owner when the scope is too small, and names the scope', async () => {
      simulator.mailbox(REP, { token: TOKEN, scopes: ['gmail.send'] });
      const error = await errorOf(mailbox.openingCursor(LONG_AGO));
      expect(error.code).to.equal('reconnect');
      expect(error.message).to.contain('https://www.googleapis.com/auth/gmail.metadata');
    });

    it('needs its owner when the token is of another account', async () => {
      mailbox = openRepMailbox(simulator, { address: 'other@example.test' });
      const error = await errorOf(mailbox.openingCursor(LONG_AGO));
      expect(error.code).to.equal('reconnect');
      expect(error.message).to.contain('Delegation denied for other@example.test');
    });

    it('needs its owner when Google no longer issues a token, without the words of the refusal', async () => {
      const accessToken = (): Promise<string> => Promise.reject(new Error(`invalid_grant for ${TOKEN}`));
      mailbox = openRepMailbox(simulator, { accessToken });
      expect((await errorOf(mailbox.openingCursor(LONG_AGO))).code).to.equal('reconnect');
    });

    it('is passing when no token can be had for another reason', async () => {
      const accessToken = (): Promise<string> => Promise.reject(new Error(`vault is busy with ${TOKEN}`));
      mailbox = openRepMailbox(simulator, { accessToken });
      expect((await errorOf(mailbox.openingCursor(LONG_AGO))).code).to.equal('retry');
    });

    it('does not arise when a token expires between its issue and its use', async () => {
      const tokens = ['expired', TOKEN];
      mailbox = openRepMailbox(simulator, { accessToken: () => Promise.resolve(tokens.shift() ?? TOKEN) });
      await mailbox.openingCursor(LONG_AGO);
    });

    it('ends a wait for changes', async () => {
      const opening = await mailbox.openingCursor(LONG_AGO);
      await readOn(opening);
      simulator.revoke(REP);
      expect((await errorOf(mailbox.waitForChange(new AbortController().signal))).code).to.equal('reconnect');
    });
  });

  it('ends a wait for changes when it is closed', async () => {
    const waiting = mailbox.waitForChange(new AbortController().signal);
    await mailbox.close();
    await waiting;
  });

  it('makes only the four calls that it needs, each cut by a fields mask', async () => {
    deliver('<a@x>');
    const { messages, cursor } = await readOn(await mailbox.openingCursor(LONG_AGO));
    await mailbox.read(messages.map(({ reference }) => reference));
    await mailbox.readReport(messages[0]!.reference);
    await readOn(cursor);
    expect(new Set(simulator.requests.map(({ method }) => method))).to.deep.equal(
      new Set(['users.getProfile', 'users.messages.list', 'users.messages.get', 'users.history.list']),
    );
    expect(simulator.requests.filter(({ query }) => !query.has('fields'))).to.deep.equal([]);
  });
});

function failing(error: GoogleError): Fault {
  return { kind: 'error', error };
}

function answer(status: number, contentType: string, body: string): Fault {
  return { kind: 'answer', status, contentType, body };
}
