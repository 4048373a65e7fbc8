import { NOT_SHOWN_YET, type FaultRow } from './fault-row.ts';

const EWS = 'connector/mailbox/ews/ews-mailbox.test.ts';

/** What mail providers do to a mailbox, its notifications and its grant. */
export const PROVIDER_FAULTS: readonly FaultRow[] = [
  { id: 'F01', reason: NOT_SHOWN_YET },
  { id: 'F02', reason: NOT_SHOWN_YET },
  { id: 'F03', reason: NOT_SHOWN_YET },
  { id: 'F04', reason: NOT_SHOWN_YET },
  { id: 'F05', reason: NOT_SHOWN_YET },
  { id: 'F06', reason: NOT_SHOWN_YET },
  { id: 'F07', reason: NOT_SHOWN_YET },
  { id: 'F08', reason: NOT_SHOWN_YET },
  { id: 'F09', reason: NOT_SHOWN_YET },
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
