import { expect } from 'chai';

import { ActionableError } from '../../connector/src/errors.ts';
import { fieldValue } from '../../connector/src/mail/header-field.ts';
import { READ_FIELDS } from '../../connector/src/mail/read-fields.ts';
import { MailboxError } from '../../connector/src/mailbox/mailbox-error.ts';
import type { Cursor, Mailbox, MailboxMessage, Page } from '../../connector/src/mailbox/mailbox.ts';
import { bytesHeld } from '../fixtures/bytes-held.ts';
import type { Ability, Failure, MailboxChoices, MailboxHarness, Place, StoredMessage } from './mailbox-harness.ts';
import { deliveryReport, mail } from './sample-mail.ts';

const DAY = 24 * 3_600_000;
const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const MOST_PAGES = 100;
const LONGEST_READ_MS = 240_000;
const MEBIBYTE = 1024 * 1024;

const throughJson = (cursor: Cursor): Cursor => JSON.parse(JSON.stringify(cursor)) as Cursor;
const idOf = (message: MailboxMessage): string => fieldValue(message.fields, 'Message-ID')?.trim() ?? '(none)';
const idsOf = (messages: readonly MailboxMessage[]): string[] => messages.map(idOf);

interface ReadOn {
  readonly pages: readonly Page[];
  readonly messages: readonly MailboxMessage[];
  readonly cursor: Cursor;
}

/** Reads page after page until the mailbox says that it holds nothing more; every cursor passes through JSON. */
async function readOn(mailbox: Mailbox, from: Cursor, limit = 50): Promise<ReadOn> {
  const pages: Page[] = [];
  let cursor = from;
  while (pages.length < MOST_PAGES) {
    const page = await mailbox.changesSince(throughJson(cursor), limit);
    pages.push(page);
    cursor = page.cursor;
    if (page.caughtUp) return { pages, messages: pages.flatMap(({ messages }) => messages), cursor };
  }
  throw new Error(`not caught up after ${MOST_PAGES} pages`);
}

async function errorOf(attempt: Promise<unknown>): Promise<MailboxError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(MailboxError);
  return error as MailboxError;
}

/**
 * What every mailbox adapter promises, run against a real server or a simulator. `openHarness` gives a fresh, empty
 * mailbox for each test; it may skip the running test through the context when the server that it needs is absent.
 */
export function describeMailboxContract(
  name: string,
  openHarness: (context: Mocha.Context) => Promise<MailboxHarness>,
  abilities: readonly Ability[] = [],
): void {
  describe(`${name} keeps the contract of a mailbox`, () => {
    let harness: MailboxHarness | undefined;
    let opened: Mailbox[] = [];

    beforeEach(async function () {
      harness = await openHarness(this);
    });

    afterEach(async () => {
      await Promise.all(opened.map((mailbox) => mailbox.close()));
      opened = [];
      await harness?.stop();
      harness = undefined;
    });

    const provider = (): MailboxHarness => harness!;

    function open(choices: MailboxChoices = {}): Mailbox {
      const mailbox = provider().openMailbox(choices);
      opened.push(mailbox);
      return mailbox;
    }

    /** Stores messages one after the other and gives the provider's names for them. */
    async function store(...messages: StoredMessage[]): Promise<string[]> {
      const handles: string[] = [];
      for (const message of messages) handles.push(await provider().store(message));
      return handles;
    }

    const inInbox = (...ids: string[]): StoredMessage[] => ids.map((id) => ({ raw: mail({ id }) }));

    describe('a first read', () => {
      it('is announced by what each kind of folder holds, Sent first, where the provider can count it', async () => {
        await store(...inInbox('<in-1@x>', '<in-2@x>'), { raw: mail({ id: '<out@x>' }), place: 'sent' });
        const { folders } = await open().survey(LONG_AGO);
        const kinds = folders.map(({ kind }) => kind);
        expect(kinds.lastIndexOf('sent')).to.be.lessThan(kinds.indexOf('other'));
        for (const [kind, expected] of [['sent', 1] as const, ['other', 2] as const]) {
          const counts = folders.filter((folder) => folder.kind === kind).map(({ messages }) => messages);
          if (!counts.includes(undefined)) expect(counts.reduce((sum, count) => sum! + count!, 0)).to.equal(expected);
        }
      });

      it('is not announced to cover what is older than its date by days', async () => {
        const since = new Date(Date.now() - 10 * DAY);
        await store({ raw: mail({ id: '<older@x>' }), receivedAt: new Date(since.getTime() - 3 * DAY) });
        const { folders } = await open().survey(since);
        expect(folders.filter(({ messages }) => messages !== undefined && messages > 0)).to.deep.equal([]);
      });

      it('finds nothing in an empty mailbox and is caught up', async () => {
        const mailbox = open();
        const page = await mailbox.changesSince(await mailbox.openingCursor(LONG_AGO), 10);
        expect(page.messages).to.deep.equal([]);
        expect(page.caughtUp).to.equal(true);
      });

      it('hands out what was received at or after the date and leaves older mail alone', async () => {
        const since = new Date(Date.now() - 10 * DAY);
        const received = (id: string, days: number): StoredMessage => ({
          raw: mail({ id }),
          receivedAt: new Date(since.getTime() + days * DAY),
        });
        await store(
          received('<year-before@x>', -365),
          received('<hour-before@x>', -1 / 24),
          received('<hour-after@x>', 1 / 24),
        );
        await store(received('<week-after@x>', 7));
        const mailbox = open();
        const { messages } = await readOn(mailbox, await mailbox.openingCursor(since));
        expect(idsOf(messages)).to.have.members(['<hour-after@x>', '<week-after@x>']);
      });

      it('hands out what was sent before what was received', async () => {
        await store(...inInbox('<answer-1@x>', '<answer-2@x>'));
        await store(
          { raw: mail({ id: '<sent-1@x>' }), place: 'sent' },
          { raw: mail({ id: '<sent-2@x>' }), place: 'sent' },
        );
        const mailbox = open();
        const { messages } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO), 2);
        const folders = messages.map(({ folder }) => folder);
        expect(folders.lastIndexOf('sent')).to.be.lessThan(folders.indexOf('other'));
        expect(new Set(idsOf(messages))).to.deep.equal(
          new Set(['<sent-1@x>', '<sent-2@x>', '<answer-1@x>', '<answer-2@x>']),
        );
      });

      it('comes in pages that hold nothing twice and miss nothing', async () => {
        const ids = Array.from({ length: 11 }, (_, index) => `<page-${index}@x>`);
        await store(...inInbox(...ids));
        const mailbox = open();
        const { pages, messages } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO), 4);
        expect(Math.max(...pages.map((page) => page.messages.length))).to.be.at.most(4);
        expect(idsOf(messages)).to.have.members(ids);
        expect(pages.slice(0, -1).map(({ caughtUp }) => caughtUp)).not.to.include(true);
      });

      it('goes on in another process from the cursor of a page', async () => {
        await store(...inInbox('<first@x>', '<second@x>', '<third@x>'));
        const before = open();
        const page = await before.changesSince(await before.openingCursor(LONG_AGO), 1);
        const { messages } = await readOn(open(), throughJson(page.cursor));
        expect([...idsOf(page.messages), ...idsOf(messages)]).to.have.members(['<first@x>', '<second@x>', '<third@x>']);
      });

      it('leaves out a message that is deleted between two pages', async () => {
        const handles = await store(...inInbox('<one@x>', '<two@x>', '<three@x>'));
        const mailbox = open();
        const first = await mailbox.changesSince(await mailbox.openingCursor(LONG_AGO), 1);
        const seen = idsOf(first.messages);
        const goneAt = ['<one@x>', '<two@x>', '<three@x>'].findIndex((id) => !seen.includes(id));
        await provider().remove(handles[goneAt]!);
        const { messages } = await readOn(mailbox, first.cursor, 1);
        expect([...seen, ...idsOf(messages)]).to.have.members(
          ['<one@x>', '<two@x>', '<three@x>'].filter((_, index) => index !== goneAt),
        );
      });
    });

    if (abilities.includes('fill')) {
      describe('a large mailbox', () => {
        it('is read whole, hardly one message twice, in flat memory', async function () {
          this.timeout(LONGEST_READ_MS);
          const many = provider().many!;
          await provider().fill!(many, (number) => mail({ id: `<${number}@many.example>` }));
          const mailbox = open();
          const seen = new Uint8Array(many);
          let [cursor, caughtUp, read, measured] = [await mailbox.openingCursor(LONG_AGO), false, 0, 0];
          let heldEarly: number | undefined;
          while (!caughtUp) {
            const page = await mailbox.changesSince(throughJson(cursor), 500);
            ({ cursor, caughtUp } = page);
            for (const id of idsOf(page.messages)) seen[Number.parseInt(id.slice(1), 10)]! += 1;
            read += page.messages.length;
            if (read - measured < many / 10 && !caughtUp) continue;
            measured = read;
            heldEarly ??= bytesHeld();
            expect((bytesHeld() - heldEarly) / MEBIBYTE, `MiB more after ${read} messages`).to.be.lessThan(5);
          }
          expect(seen.indexOf(0)).to.equal(-1);
          // Where one answer ends and the next begins, a provider may show a message in both.
          expect(read).to.be.at.most(many * 1.01);
        });
      });
    }

    describe('changes', () => {
      it('are the messages that came since the cursor, in pages, and no others', async () => {
        await store(...inInbox('<old-1@x>', '<old-2@x>'));
        const mailbox = open();
        const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        const ids = Array.from({ length: 5 }, (_, index) => `<new-${index}@x>`);
        await store(...inInbox(...ids));
        const { messages, cursor: after } = await readOn(mailbox, cursor, 2);
        expect(idsOf(messages)).to.have.members(ids);
        expect((await readOn(mailbox, after)).messages).to.deep.equal([]);
      });

      it('are handed out again from the same cursor, because a page may not have been committed', async () => {
        const mailbox = open();
        const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        await store(...inInbox('<again@x>'));
        await readOn(mailbox, cursor);
        expect(idsOf((await readOn(mailbox, cursor)).messages)).to.deep.equal(['<again@x>']);
      });

      it('show a mail that was sent before the answer that came to it', async () => {
        const mailbox = open();
        const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        await store({ raw: mail({ id: '<offer@x>' }), place: 'sent' });
        await store({ raw: mail({ id: '<yes@x>', inReplyTo: '<offer@x>' }) });
        expect(idsOf((await readOn(mailbox, cursor, 1)).messages)).to.deep.equal(['<offer@x>', '<yes@x>']);
      });

      const places: readonly (readonly [Place, MailboxMessage['folder']])[] = [
        ['inbox', 'other'],
        ['sent', 'sent'],
        ['filed', 'other'],
        ['junk', 'junk'],
        ['trash', 'other'],
        ...(abilities.includes('archive') ? [['archive', 'other'] as const] : []),
      ];
      for (const [place, folder] of places) {
        it(`include a message in the place ${place} and call its folder ${folder}`, async () => {
          const mailbox = open();
          const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
          await store({ raw: mail({ id: `<in-${place}@x>` }), place });
          const { messages } = await readOn(mailbox, cursor);
          expect(messages.map((message) => [idOf(message), message.folder])).to.deep.equal([
            [`<in-${place}@x>`, folder],
          ]);
        });
      }

      for (const place of ['filed', 'junk'] as const) {
        it(`leave out the place ${place} when it is excluded, and nothing else`, async () => {
          const inBoth = (id: string): StoredMessage[] => [
            { raw: mail({ id: `<${id}-left-out@x>` }), place },
            { raw: mail({ id: `<${id}@x>` }), place: place === 'junk' ? 'filed' : 'junk' },
            ...inInbox(`<${id}-inbox@x>`),
          ];
          await store(...inBoth('before'));
          const mailbox = open({ excluded: place });
          const first = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
          expect(idsOf(first.messages)).to.have.members(['<before@x>', '<before-inbox@x>']);
          await store(...inBoth('after'));
          const { messages } = await readOn(mailbox, first.cursor);
          expect(idsOf(messages)).to.have.members(['<after@x>', '<after-inbox@x>']);
        });
      }

      if (abilities.includes('move')) {
        it('include a message that is moved out of a place that is excluded', async () => {
          const mailbox = open({ excluded: 'junk' });
          const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
          const [handle] = await store({ raw: mail({ id: '<no-spam@x>' }), place: 'junk' });
          const { messages, cursor: after } = await readOn(mailbox, cursor);
          expect(messages).to.deep.equal([]);
          await provider().move!(handle!, 'filed');
          expect(idsOf((await readOn(mailbox, after)).messages)).to.deep.equal(['<no-spam@x>']);
        });
      }

      it('never leave out the inbox', async () => {
        const mailbox = open({ excluded: 'inbox' });
        const reading = mailbox.openingCursor(LONG_AGO).then((cursor) => mailbox.changesSince(cursor, 10));
        const { code, message } = await errorOf(reading);
        expect(code).to.equal('reconnect');
        expect(message).to.contain('inbox');
      });

      it('include a message that a filter filed and marked as read before it was seen', async () => {
        const mailbox = open();
        const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        await store({ raw: mail({ id: '<filed@x>' }), place: 'filed', read: true });
        expect(idsOf((await readOn(mailbox, cursor)).messages)).to.deep.equal(['<filed@x>']);
      });

      if (abilities.includes('move')) {
        it('include a message that was moved before it was seen, and show it once more at most after that', async () => {
          const mailbox = open();
          const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
          const [handle] = await store(...inInbox('<moved@x>'));
          const moved = await provider().move!(handle!, 'filed');
          const first = await readOn(mailbox, cursor);
          expect(idsOf(first.messages)).to.deep.equal(['<moved@x>']);
          await provider().move!(moved, 'trash');
          const again = idsOf((await readOn(mailbox, first.cursor)).messages);
          expect(again.filter((id) => id !== '<moved@x>')).to.deep.equal([]);
        });
      }

      if (abilities.includes('rename')) {
        it('include what comes into a folder that was renamed', async () => {
          await store({ raw: mail({ id: '<before@x>' }), place: 'filed' });
          const mailbox = open();
          const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
          await provider().rename!();
          await store({ raw: mail({ id: '<after@x>' }), place: 'filed' });
          expect(idsOf((await readOn(mailbox, cursor)).messages)).to.include('<after@x>');
        });
      }

      it('leave out a message that came and was deleted meanwhile', async () => {
        const mailbox = open();
        const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        const [gone] = await store(...inInbox('<gone@x>', '<stays@x>'));
        await provider().remove(gone!);
        expect(idsOf((await readOn(mailbox, cursor)).messages)).to.deep.equal(['<stays@x>']);
      });
    });

    describe('a message', () => {
      it('carries the fields that decide, raw and in order, and no others', async () => {
        const extra = [
          'X-Secret: hidden',
          'Auto-Submitted: auto-replied (vacation)',
          'Delivered-To: a@x',
          'Delivered-To: b@x',
        ];
        await store({
          raw: mail({ id: '<fields@x>', inReplyTo: '<offer@x>', subject: '=?utf-8?q?Gr=C3=BC=C3=9Fe?=', extra }),
        });
        const mailbox = open();
        const { messages } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        const fields = messages[0]!.fields;
        const names = fields.map(([fieldName]) => fieldName.toLowerCase());
        const wanted = READ_FIELDS.map((fieldName) => fieldName.toLowerCase());
        expect(names.filter((fieldName) => !wanted.includes(fieldName))).to.deep.equal([]);
        expect(fieldValue(fields, 'Subject')?.trim()).to.equal('=?utf-8?q?Gr=C3=BC=C3=9Fe?=');
        expect(fieldValue(fields, 'In-Reply-To')?.trim()).to.equal('<offer@x>');
        expect(fieldValue(fields, 'Auto-Submitted')?.trim()).to.equal('auto-replied (vacation)');
        expect(names.indexOf('message-id')).to.be.lessThan(names.indexOf('auto-submitted'));
        expect(JSON.stringify(messages)).not.to.contain('the body');
      });

      it('carries the time at which the provider received it, whatever its Date field says', async () => {
        const receivedAt = new Date(Math.floor(Date.now() / 1000) * 1000 - 3 * DAY);
        await store({ raw: mail({ id: '<time@x>' }), receivedAt });
        const mailbox = open();
        const { messages } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        expect(messages[0]!.receivedAt.toISOString()).to.equal(receivedAt.toISOString());
      });

      it('is read again by its reference, also by another process', async () => {
        await store(
          { raw: mail({ id: '<a@x>' }) },
          { raw: mail({ id: '<b@x>' }), place: 'sent' },
          { raw: mail({ id: '<c@x>' }) },
        );
        const mailbox = open();
        const { messages } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        const again = await open().read(messages.map(({ reference }) => reference));
        expect(again).to.have.deep.members([...messages]);
      });

      it('is left out of a second reading when it is gone', async () => {
        const [gone] = await store(...inInbox('<gone-again@x>', '<still@x>'));
        const mailbox = open();
        const { messages } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        await provider().remove(gone!);
        expect(idsOf(await mailbox.read(messages.map(({ reference }) => reference)))).to.deep.equal(['<still@x>']);
      });

      it('keeps its read mark as it was, read or unread', async () => {
        const [unread] = await store({ raw: deliveryReport('<unread@x>', '<offer@x>') });
        const [read] = await store({ raw: mail({ id: '<read@x>' }), read: true });
        const mailbox = open();
        const { messages } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        await mailbox.read(messages.map(({ reference }) => reference));
        for (const { reference } of messages) await mailbox.readReport(reference);
        expect([await provider().isRead(unread!), await provider().isRead(read!)]).to.deep.equal([false, true]);
      });
    });

    describe('a delivery report', () => {
      async function readReportOf(raw: string): Promise<{ mailbox: Mailbox; reference: string; handle: string }> {
        const [handle] = await store({ raw });
        const mailbox = open();
        const { messages } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        return { mailbox, reference: messages[0]!.reference, handle: handle! };
      }

      it('gives its machine-readable parts where the scope lets them be read', async () => {
        const { mailbox, reference } = await readReportOf(deliveryReport('<bounce@x>', '<offer@x>'));
        const parts = await mailbox.readReport(reference);
        if (!provider().readsReports) {
          expect(parts).to.equal(undefined);
          return;
        }
        const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
        expect(text(parts?.status))
          .to.contain('Action: failed')
          .and.to.contain('Final-Recipient: rfc822; gone@example.org');
        expect(text(parts?.returned)).to.contain('Message-ID: <offer@x>');
        expect(text(parts?.status) + text(parts?.returned)).not.to.contain('the body');
      });

      it('is undefined for a message that is no report', async () => {
        const { mailbox, reference } = await readReportOf(mail({ id: '<plain@x>' }));
        expect(await mailbox.readReport(reference)).to.equal(undefined);
      });

      it('is undefined when the message is gone', async () => {
        const { mailbox, reference, handle } = await readReportOf(deliveryReport('<gone-report@x>', '<offer@x>'));
        await provider().remove(handle);
        expect(await mailbox.readReport(reference)).to.equal(undefined);
      });
    });

    describe('waiting', () => {
      it('ends when a message arrives', async () => {
        const mailbox = open();
        const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        const end = new AbortController();
        const waiting = mailbox.waitForChange(end.signal);
        await store(...inInbox('<arrives@x>'));
        await waiting;
        end.abort();
        expect(idsOf((await readOn(mailbox, cursor)).messages)).to.deep.equal(['<arrives@x>']);
      });

      it('ends at once when a message arrived after the last read', async () => {
        const mailbox = open();
        const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        await store(...inInbox('<between@x>'));
        const end = new AbortController();
        await mailbox.waitForChange(end.signal);
        end.abort();
        expect(idsOf((await readOn(mailbox, cursor)).messages)).to.deep.equal(['<between@x>']);
      });

      it('ends when it is aborted, also when it was aborted before it began', async () => {
        const mailbox = open();
        await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        const end = new AbortController();
        const waiting = mailbox.waitForChange(end.signal);
        end.abort();
        await waiting;
        await mailbox.waitForChange(end.signal);
      });

      it('lets the mailbox be read meanwhile', async () => {
        const mailbox = open();
        const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        const end = new AbortController();
        const waiting = mailbox.waitForChange(end.signal);
        const page = await mailbox.changesSince(cursor, 10);
        expect(page.messages).to.deep.equal([]);
        end.abort();
        await waiting;
      });
    });

    describe('trouble', () => {
      it('shows everything since the date again after the provider forgot the place', async () => {
        await store(...inInbox('<before@x>'));
        const mailbox = open();
        const { cursor } = await readOn(mailbox, await mailbox.openingCursor(LONG_AGO));
        await store(...inInbox('<unseen@x>'));
        await provider().forget(cursor);
        let from = throughJson(cursor);
        if (provider().forgottenPlace === 'reports') {
          expect((await errorOf(mailbox.changesSince(from, 10))).code).to.equal('cursor_expired');
          from = await mailbox.openingCursor(LONG_AGO);
        }
        expect(idsOf((await readOn(mailbox, from, 1)).messages)).to.have.members(['<before@x>', '<unseen@x>']);
      });

      it('asks for a new connection when the credential is worthless, without showing it', async () => {
        await provider().revoke();
        const mailbox = open();
        const error = await errorOf(mailbox.openingCursor(LONG_AGO).then((cursor) => mailbox.changesSince(cursor, 10)));
        expect(error.code).to.equal('reconnect');
        expect(error.message).to.match(/\S/);
      });

      it('says as it is told why the stored credential cannot be had', async () => {
        const fault = new ActionableError('The credential does not open: its key is not there.', [
          'Bring the key back.',
        ]);
        const mailbox = open({ credentialFault: fault });
        const reading = mailbox.openingCursor(LONG_AGO).then((cursor) => mailbox.changesSince(cursor, 10));
        expect(await reading.catch((error: unknown) => error)).to.equal(fault);
      });

      const failures: readonly Failure[] = ['throttled', 'error page', 'half an answer', 'silence'];
      for (const how of abilities.includes('fail') ? failures : []) {
        it(`takes a provider's fault (${how}) for a passing one, and loses nothing by it`, async () => {
          await store(...inInbox('<kept@x>'));
          const mailbox = open();
          const from = await mailbox.openingCursor(LONG_AGO);
          provider().fail!(how);
          const error = await errorOf(mailbox.changesSince(from, 10));
          expect(error.code).to.equal('retry');
          if (how === 'throttled') expect(error.retryAfterMs).to.be.within(29_000, 30_000);
          expect(idsOf((await readOn(open(), from)).messages)).to.deep.equal(['<kept@x>']);
        });
      }

      it('refuses a reference that is not its own by leaving it out', async () => {
        const mailbox = open();
        expect(await mailbox.read(['', 'no such reference', '{"__proto__":1}'])).to.deep.equal([]);
        expect(await mailbox.readReport('no such reference')).to.equal(undefined);
      });
    });
  });
}
