import type { FaultRow } from './fault-row.ts';

const HOSTILE = 'connector/mailbox/imap/hostile-imap-server.test.ts';
const DECIDE = 'connector/sync/decide-page.test.ts';

/** What any provider's mail does, and what IMAP servers do. */
export const MAIL_FAULTS: readonly FaultRow[] = [
  {
    id: 'F24',
    expected: 'The folder begins anew from the date of the first read; what was read before is recognised.',
    test: ['connector/mailbox/imap/uid-window.test.ts', 'startingPlace begins again where UIDVALIDITY changed'],
    containment: {
      file: 'connector/src/mailbox/imap/uid-window.ts',
      find: 'if (place?.uidValidity === status.uidValidity) return place;',
      replace: 'if (place !== undefined) return place;',
    },
  },
  {
    id: 'F25',
    expected: 'Sent is found by its SPECIAL-USE mark, or by its name in many languages.',
    test: [
      'connector/mailbox/imap/reading-order.test.ts',
      'readingOrder takes Gesendete Objekte for a Sent folder where the server marks none',
    ],
    containment: {
      file: 'connector/src/mailbox/imap/reading-order.ts',
      find: "  'gesendete objekte',\n",
      replace: '',
    },
  },
  {
    id: 'F26',
    expected: 'IDLE is begun anew within 29 minutes, and a server that leaves a NOOP unanswered counts as gone.',
    test: [HOSTILE, 'the IMAP adapter and a server that is dead behind an open connection is noticed while waiting'],
    containment: {
      file: 'connector/src/mailbox/imap/imap-connection.ts',
      find: 'options.timeouts?.silenceMs ?? SILENCE_MS, end)',
      replace: 'SILENCE_MS, end)',
    },
  },
  {
    id: 'F27',
    expected: 'The connection is closed before a byte of it is read.',
    test: [
      HOSTILE,
      'the IMAP adapter and a server that is announcing a literal of 4 GB is cut off before a byte of it is read',
    ],
    containment: {
      file: 'connector/src/mailbox/imap/imap-connection.ts',
      find: '    maxLiteralSize: HEADER_BYTES,\n    maxLineLength: LINE_BYTES,\n    maxResponseSize: RESPONSE_BYTES,\n',
      replace: '    maxLiteralSize: 2 ** 40,\n    maxResponseSize: 2 ** 40,\n',
    },
  },
  {
    id: 'F28',
    expected: 'Every folder is read, Spam and Trash last; only drafts and views of other folders are left out.',
    test: [
      'connector/mailbox/imap/reading-order.test.ts',
      'readingOrder puts what was sent first, then the inbox, other folders by name, junk and trash',
    ],
    containment: {
      file: 'connector/src/mailbox/imap/reading-order.ts',
      find: "if (hasUse(folder, '\\\\junk')) return 'junk';",
      replace: "if (hasUse(folder, '\\\\junk')) return undefined;",
    },
  },
  {
    id: 'F29',
    of: 'IMAP',
    reason: 'Nothing tells of a message that came and went between two looks; the handbook says so.',
  },
  {
    id: 'F30',
    expected: 'The mailbox says that it has to be connected again, and is tried once an hour.',
    test: [
      'connector/sync/sync-mailbox.test.ts',
      'syncMailbox records a dead grant at the mailbox, ends the run, and is active again when the mailbox can be read',
    ],
    containment: {
      file: 'connector/src/sync/sync-mailbox.ts',
      find: "const dead = error instanceof MailboxError && error.code === 'reconnect';",
      replace: 'const dead = false;',
    },
  },
  {
    id: 'F36',
    expected: 'The time at which the provider received a message counts; its Date field is looked at by nobody.',
    test: [
      'connector/mailbox/gmail/gmail-mailbox.test.ts',
      'Gmail keeps the contract of a mailbox a message carries the time at which the provider received it, whatever its Date field says',
    ],
    containment: {
      file: 'connector/src/mailbox/gmail/gmail-answer.ts',
      find: 'const internalDate = parseInternalDate(answer);',
      replace: 'const internalDate = Date.now();',
    },
  },
  {
    id: 'F37',
    expected: 'The key of a reply names no mailbox, so that both copies are one Task.',
    test: [
      'connector/match/reply-key.test.ts',
      'the key of a reply is the digest of message and person, so that every mailbox computes the same',
    ],
    containment: {
      file: 'connector/src/match/reply-key.ts',
      find: '`${messageHash}:${personOrRoot}`',
      replace: '`${messageHash}:${personOrRoot}:${Math.random()}`',
    },
  },
  {
    id: 'F38',
    expected: 'A reply without Message-ID has a key of the fields that tell it apart, the same at every reading.',
    test: [DECIDE, 'decidePage gives a reply without Message-ID the same key whenever and wherever it is read'],
    containment: {
      file: 'connector/src/match/compose-replies.ts',
      find: 'messageIdOf(block) ?? derivedMessageId(block)',
      replace: "messageIdOf(block) ?? ''",
    },
  },
  {
    id: 'F39',
    expected: 'Header fields tell a machine from a person; only a person halts.',
    test: [DECIDE, 'decidePage latches nobody for an out-of-office note'],
    containment: {
      file: 'connector/src/match/compose-replies.ts',
      find: "(reply.kind === 'human' || reply.kind === 'forward') && ",
      replace: '',
    },
  },
  {
    id: 'F40',
    expected: 'The id that was sent and the one that the provider put in its place both lead to the mail.',
    test: [
      'connector/mail/own-message-ids.test.ts',
      'own ids of a message are the Message-ID and those that a provider replaced',
    ],
    containment: {
      file: 'connector/src/mail/own-message-ids.ts',
      find: "idsNamedIn(block, 'X-Google-Original-Message-ID')",
      replace: '[] as MessageId[]',
    },
  },
];
