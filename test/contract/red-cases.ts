import { expect } from 'chai';
import Mocha from 'mocha';

import type { Mailbox, Page } from '../../connector/src/mailbox/mailbox.ts';
import { describeMailboxContract } from './mailbox-contract.ts';
import type { Ability, MailboxHarness, StoredMessage } from './mailbox-harness.ts';

/** A provider, or an adapter, that is wrong in one way. */
type Wrong = (right: MailboxHarness) => Partial<MailboxHarness>;

/** Stores what the provider was to store otherwise, or not at all. */
const storing =
  (change: (message: StoredMessage) => readonly StoredMessage[]): Wrong =>
  (right) => ({
    store: async (message) => {
      const handles: string[] = [];
      for (const changed of change(message)) handles.push(await right.store(changed));
      return handles[0] ?? '';
    },
    remove: async (handle) => (handle === '' ? undefined : right.remove(handle)),
  });
const losing = storing(() => []);
const losingSent = storing((message) => (message.place === 'sent' ? [] : [message]));
const doubling = storing((message) => [message, message]);
const intoInbox = storing((message) => [{ ...message, place: 'inbox' }]);
const undated = storing(({ receivedAt: _receivedAt, ...message }) => [message]);
const renamedFields = storing((message) => [{ ...message, raw: message.raw.replace('Auto-Submitted', 'X-Other') }]);
const anHourOff = storing((message) => [
  { ...message, ...(message.receivedAt && { receivedAt: new Date(message.receivedAt.getTime() + 3_600_000) }) },
]);
const keeping: Wrong = () => ({ remove: () => Promise.resolve() });

/** An adapter that does one thing otherwise. */
const adapting =
  (change: (mailbox: Mailbox) => Partial<Mailbox>): Wrong =>
  (right) => ({
    openMailbox: (settings) => {
      const mailbox = right.openMailbox(settings);
      return { ...mailbox, ...change(mailbox) };
    },
  });
/** An adapter that minds no setting of what is left out. */
const readingAll: Wrong = (right) => ({ openMailbox: () => right.openMailbox() });
const reading = adapting(() => ({ readReport: () => Promise.resolve({ status: new Uint8Array() }) }));
const deaf: Wrong = (right) => ({
  ...losing(right),
  ...adapting(() => ({ waitForChange: () => Promise.resolve() }))(right),
});
/** Keeps every page. */
const leaking = adapting((mailbox) => {
  const kept: Page[] = [];
  return {
    changesSince: async (cursor, limit) => {
      const page = await mailbox.changesSince(cursor, limit);
      kept.push(page);
      return page;
    },
  };
});
const endless = adapting(() => ({ waitForChange: () => new Promise<void>(() => undefined) }));
const jealous = adapting((mailbox) => {
  let waits = false;
  return {
    waitForChange: (signal) => ((waits = true), mailbox.waitForChange(signal)),
    changesSince: (cursor, limit) => (waits ? Promise.reject(new Error('busy')) : mailbox.changesSince(cursor, limit)),
  };
});

/** For each case of the contract what turns it red: the end of its title, and what is wrong. */
const WRONG: readonly (readonly [title: string, wrong: Wrong, needs?: Ability])[] = [
  ['is announced by what each kind of folder holds, Sent first, where the provider can count it', doubling],
  ['is not announced to cover what is older than its date by days', undated],
  [
    'finds nothing in an empty mailbox and is caught up',
    adapting(() => ({ changesSince: () => Promise.reject(new Error()) })),
  ],
  ['hands out what was received at or after the date and leaves older mail alone', undated],
  ['hands out what was sent before what was received', losingSent],
  ['comes in pages that hold nothing twice and miss nothing', doubling],
  ['goes on in another process from the cursor of a page', doubling],
  ['leaves out a message that is deleted between two pages', keeping],
  ['is read whole, hardly one message twice, in flat memory', leaking, 'fill'],
  ['are the messages that came since the cursor, in pages, and no others', doubling],
  ['are handed out again from the same cursor, because a page may not have been committed', losing],
  ['show a mail that was sent before the answer that came to it', losingSent],
  ['include a message in the place inbox and call its folder other', losing],
  ['include a message in the place sent and call its folder sent', intoInbox],
  ['include a message in the place filed and call its folder other', losing],
  ['include a message in the place junk and call its folder junk', intoInbox],
  ['include a message in the place trash and call its folder other', losing],
  ['include a message in the place archive and call its folder other', losing, 'archive'],
  ['leave out the place filed when it is excluded, and nothing else', readingAll],
  ['leave out the place junk when it is excluded, and nothing else', readingAll],
  [
    'include a message that is moved out of a place that is excluded',
    () => ({ move: (handle) => Promise.resolve(handle) }),
    'move',
  ],
  ['never leave out the inbox', readingAll],
  ['include a message that a filter filed and marked as read before it was seen', losing],
  [
    'include a message that was moved before it was seen, and show it once more at most after that',
    (right) => ({ move: async (handle) => (await right.remove(handle), handle) }),
    'move',
  ],
  ['include what comes into a folder that was renamed', losing, 'rename'],
  ['leave out a message that came and was deleted meanwhile', keeping],
  ['carries the fields that decide, raw and in order, and no others', renamedFields],
  ['carries the time at which the provider received it, whatever its Date field says', anHourOff],
  ['is read again by its reference, also by another process', adapting(() => ({ read: () => Promise.resolve([]) }))],
  ['is left out of a second reading when it is gone', keeping],
  [
    'keeps its read mark as it was, read or unread',
    (right) => ({ isRead: async (handle) => !(await right.isRead(handle)) }),
  ],
  [
    'gives its machine-readable parts where the scope lets them be read',
    (right) => ({ readsReports: !right.readsReports }),
  ],
  ['is undefined for a message that is no report', reading],
  ['is undefined when the message is gone', reading],
  ['ends when a message arrives', deaf],
  ['ends at once when a message arrived after the last read', deaf],
  ['ends when it is aborted, also when it was aborted before it began', endless],
  ['lets the mailbox be read meanwhile', jealous],
  [
    'shows everything since the date again after the provider forgot the place',
    () => ({ forget: () => Promise.resolve() }),
  ],
  [
    'asks for a new connection when the credential is worthless, without showing it',
    () => ({ revoke: () => Promise.resolve() }),
  ],
  [
    'says as it is told why the stored credential cannot be had',
    adapting((mailbox) => ({
      changesSince: (...asked) => mailbox.changesSince(...asked).catch(() => Promise.reject(new Error('broken off'))),
      openingCursor: (since) => mailbox.openingCursor(since).catch(() => Promise.reject(new Error('broken off'))),
    })),
  ],
  [
    "takes a provider's fault (throttled) for a passing one, and loses nothing by it",
    () => ({ fail: () => undefined }),
    'fail',
  ],
  [
    "takes a provider's fault (error page) for a passing one, and loses nothing by it",
    () => ({ fail: () => undefined }),
    'fail',
  ],
  [
    "takes a provider's fault (half an answer) for a passing one, and loses nothing by it",
    () => ({ fail: () => undefined }),
    'fail',
  ],
  [
    "takes a provider's fault (silence) for a passing one, and loses nothing by it",
    () => ({ fail: () => undefined }),
    'fail',
  ],
  [
    'refuses a reference that is not its own by leaving it out',
    adapting(() => ({ read: () => Promise.reject(new Error('unknown')) })),
  ],
];

/** A case that waits in vain is red after this long, in milliseconds. */
const PATIENCE_MS = 1_000;

/**
 * Shows that every case of the mailbox contract can fail: against a provider or an adapter that is wrong in one way, the
 * case that is about it is red. A case that nothing here turns red is named.
 */
export function describeRedCases(
  name: string,
  openHarness: (context: Mocha.Context) => Promise<MailboxHarness>,
  abilities: readonly Ability[] = [],
): void {
  const wrong = WRONG.filter(([, , needs]) => needs === undefined || abilities.includes(needs));

  describe(`the contract of a mailbox, run against ${name} that is wrong`, function () {
    this.timeout(120_000);
    for (const [title, change] of wrong) {
      it(`is red: ${title}`, async () => {
        const open = async (context: Mocha.Context): Promise<MailboxHarness> => {
          const right = await openHarness(context);
          return { ...right, ...change(right) };
        };
        const suite = contractOn(name, open, abilities);
        suite.grep(new RegExp(`${escaped(title)}$`));
        expect(await statesOf(suite)).to.deep.equal(['failed']);
      });
    }

    it('has no case that nothing turns red', () => {
      const titles: string[] = [];
      contractOn(name, openHarness, abilities).suite.eachTest((test) => void titles.push(test.title));
      const shown = wrong.map(([title]) => title);
      expect(titles.filter((title) => !shown.includes(title))).to.deep.equal([]);
      expect(shown.filter((title) => !titles.includes(title))).to.deep.equal([]);
    });
  });
}

/** The contract as a suite of its own, which is not part of the run that is under way. */
function contractOn(
  name: string,
  openHarness: (context: Mocha.Context) => Promise<MailboxHarness>,
  abilities: readonly Ability[],
): Mocha {
  const inner = new Mocha({ timeout: PATIENCE_MS, reporter: Silent });
  const globals = globalThis as unknown as Record<string, unknown>;
  const outer = Object.fromEntries(GLOBALS.map((key) => [key, globals[key]]));
  inner.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', inner);
  try {
    describeMailboxContract(name, openHarness, abilities);
  } finally {
    Object.assign(globalThis, outer);
  }
  return inner;
}

const GLOBALS = [
  'describe',
  'context',
  'xdescribe',
  'xcontext',
  'specify',
  'it',
  'xit',
  'xspecify',
  'before',
  'after',
].concat(['beforeEach', 'afterEach', 'run']);

class Silent extends Mocha.reporters.Base {}

function statesOf(suite: Mocha): Promise<string[]> {
  return new Promise((resolve) => {
    const states: string[] = [];
    const runner = suite.run(() => {
      suite.dispose();
      resolve(states);
    });
    runner.on('pass', () => states.push('passed'));
    runner.on('fail', ({ type }: { type?: string }) => type !== 'hook' && states.push('failed'));
    runner.on('pending', () => states.push('pending'));
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
