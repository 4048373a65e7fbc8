import { NOT_SHOWN_YET, type FaultRow } from './fault-row.ts';

const GMAIL = 'connector/mailbox/gmail/gmail-mailbox.test.ts';
const EWS = 'connector/mailbox/ews/ews-mailbox.test.ts';

/** What mail providers do to a mailbox, its notifications and its grant. */
export const PROVIDER_FAULTS: readonly FaultRow[] = [
  {
    id: 'F01',
    of: 'Gmail',
    expected:
      'A sweep finds the message, within five minutes unless pushes have proven themselves, else within thirty.',
    test: [
      'connector/sync/sweep-interval.test.ts',
      'the interval of sweeps is five minutes again from the instant at which the promise ends',
    ],
    containment: {
      file: 'connector/src/sync/sweep-interval.ts',
      find: 'push.until > at && push.told >= PROVEN',
      replace: 'push.told >= PROVEN',
    },
  },
  {
    id: 'F02',
    of: 'Gmail',
    expected: 'Wakes of one mailbox that come while one is being stored become a single further one.',
    test: [
      'connector/server/notifications/coalesce-wakes.test.ts',
      'coalesceWakes lets one wake stand for all that are asked for while another one is being stored',
    ],
    containment: {
      file: 'connector/src/server/notifications/coalesce-wakes.ts',
      find: 'if (waiting !== undefined) return waiting;',
      replace: '',
    },
  },
  { id: 'F03', reason: NOT_SHOWN_YET },
  {
    id: 'F04',
    of: 'Gmail',
    expected: 'The push is acknowledged and counted, so that it is not sent again.',
    test: [
      'connector/server/notifications/gmail-notifications.test.ts',
      'the notifications of Gmail a true one is acknowledged and counted when its mailbox is not known, so that it is not sent again for a week',
    ],
    containment: {
      file: 'connector/src/server/notifications/gmail-notifications.ts',
      find: "count(mailboxIds.length === 0 ? 'unknown' : 'accepted');",
      replace: 'if (mailboxIds.length === 0) return { status: 404 };',
    },
  },
  {
    id: 'F05',
    of: 'Gmail',
    expected: 'The mailbox is read again from the date of the first read; what was seen is recognised.',
    test: [
      GMAIL,
      'Gmail keeps the contract of a mailbox trouble shows everything since the date again after the provider forgot the place',
    ],
    containment: {
      file: 'connector/src/mailbox/gmail/gmail-failure.ts',
      find: 'if (call.place && (',
      replace: 'if (!call.address && (',
    },
  },
  {
    id: 'F06',
    of: 'Gmail',
    expected:
      'The watch is renewed every day; a warning stands in the list and in the status once less than 48 hours are left.',
    test: [
      'connector/commands/mailboxes.test.ts',
      "reply mailbox list warns once less than two days are left of Gmail's week, when renewals have failed",
    ],
    containment: {
      file: 'connector/src/commands/expiry-warnings.ts',
      find: "provider === 'gmail' ? TOLD_BY_GMAIL_MS : TOLD_MS",
      replace: 'TOLD_MS',
    },
  },
  {
    id: 'F07',
    of: 'Gmail',
    expected: 'The mailbox is read on by sweeps, the log says whom to grant what, and the watch is tried again.',
    test: [
      GMAIL,
      'the Gmail mailbox being told of changes is tried again, and holds no mailbox, when Gmail may not publish into the topic',
    ],
    containment: {
      file: 'connector/src/mailbox/gmail/gmail-client.ts',
      find: 'throw (failure && topicErrorOf(failure, address, topic)) ?? error;',
      replace: 'throw error;',
    },
  },
  {
    id: 'F08',
    of: 'Gmail',
    expected: 'What Gmail puts off is asked for again after a jittered wait, the rest of the batch is kept.',
    test: [
      GMAIL,
      'the Gmail mailbox several messages leave out the one that was deleted, and try again the one that Gmail puts off',
    ],
    containment: {
      file: 'connector/src/mailbox/gmail/gmail-client.ts',
      find: "if (mayTryAgain && isPassing(failure)) return 'again';",
      replace: '',
    },
  },
  {
    id: 'F09',
    of: 'Gmail',
    expected: 'The message is left out, and the page and its place come all the same.',
    test: [
      GMAIL,
      'the Gmail mailbox several messages leave out the one that was deleted, and try again the one that Gmail puts off',
    ],
    containment: {
      file: 'connector/src/mailbox/gmail/gmail-client.ts',
      find: 'if (isGone(failure)) return undefined;',
      replace: '',
    },
  },
  { id: 'F10', reason: NOT_SHOWN_YET },
  { id: 'F11', reason: NOT_SHOWN_YET },
  { id: 'F12', reason: NOT_SHOWN_YET },
  { id: 'F13', reason: NOT_SHOWN_YET },
  { id: 'F14', reason: NOT_SHOWN_YET },
  { id: 'F15', reason: NOT_SHOWN_YET },
  { id: 'F16', reason: NOT_SHOWN_YET },
  { id: 'F17', reason: NOT_SHOWN_YET },
  { id: 'F18', reason: NOT_SHOWN_YET },
  {
    id: 'F19',
    of: 'Exchange Server',
    expected: 'The folder is read again from the date of the first read; what was seen is recognised.',
    test: [EWS, 'the Exchange mailbox folders are found again when the server forgot what it had shown of them'],
    containment: {
      file: 'connector/src/mailbox/ews/folder-reader.ts',
      find: "if (error.code !== 'ErrorInvalidSyncStateData' || place.syncState === undefined) throw error;",
      replace: 'throw error;',
    },
  },
  {
    id: 'F20',
    of: 'Exchange Server',
    expected:
      'A folder that is gone is passed over and the folders are listed anew; a mailbox without an inbox is told.',
    test: [EWS, 'the Exchange mailbox folders that vanish between the listing and the reading are passed over'],
    containment: {
      file: 'connector/src/mailbox/ews/folder-reader.ts',
      find: "if (error.code === 'ErrorSyncFolderNotFound') return { messages: [], place: undefined, more: false };",
      replace: '',
    },
  },
  {
    id: 'F21',
    of: 'Exchange Server',
    expected: 'The mailbox is left alone for as long as the server asks, in a fault or in a message.',
    test: [
      EWS,
      'the Exchange mailbox a refusal hands on how long a busy server wants to be left alone, as a fault or as a message',
    ],
    containment: {
      file: 'connector/src/mailbox/ews/read-envelope.ts',
      find: "member(one, '@_Name') === 'BackOffMilliseconds'",
      replace: "member(one, '@_Name') === ''",
    },
  },
  {
    id: 'F22',
    of: 'Exchange Server',
    expected:
      'No redirect is followed; a person is told to connect again, and autodiscover leads to no private address and to no host that nobody named.',
    test: [
      'connector/mailbox/ews/discover-ews-url.test.ts',
      'autodiscover of an Exchange server follows no address that a redirect, or an answer, leads to without leave, in whatever form it is written',
    ],
    containment: {
      file: 'connector/src/http/guarded-address.ts',
      find: 'if (!named && !found.every(',
      replace: 'if (found.length === 0 && !found.every(',
    },
  },
  {
    id: 'F23',
    of: 'Exchange Server',
    expected: 'The answer is refused as a whole and asked for again; the cursor stays.',
    test: [
      EWS,
      'the Exchange mailbox an answer that is none is tried again and moves no cursor when it lacks the place that it leads to',
    ],
    containment: {
      file: 'connector/src/mailbox/ews/ews-client.ts',
      find: "if (typeof syncState !== 'string' || syncState === '') throw unreadable();",
      replace: '',
    },
  },
  { id: 'F31', reason: NOT_SHOWN_YET },
  { id: 'F32', reason: NOT_SHOWN_YET },
  { id: 'F33', reason: NOT_SHOWN_YET },
  { id: 'F34', reason: NOT_SHOWN_YET },
  { id: 'F35', reason: NOT_SHOWN_YET },
];
