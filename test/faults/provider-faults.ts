import type { FaultRow } from './fault-row.ts';

const GMAIL = 'connector/mailbox/gmail/gmail-mailbox.test.ts';
const GRAPH = 'connector/mailbox/graph/graph-mailbox.test.ts';
const GRAPH_NOTIFICATIONS = 'connector/server/notifications/graph-notifications.test.ts';
const EWS = 'connector/mailbox/ews/ews-mailbox.test.ts';

/** What mail providers do to a mailbox, its notifications and its grant. */
export const PROVIDER_FAULTS: readonly FaultRow[] = [
  {
    id: 'F01',
    of: 'Gmail, Microsoft 365',
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
    id: 'F01',
    of: 'Exchange Server, IMAP',
    expected:
      'A connection that tells of changes and is lost has the mailbox looked into at once, and every five minutes.',
    test: [
      'connector/watch/note-listening.test.ts',
      'what is stored of the connection of a watch is that nobody tells of anything any more, and that the mailbox is to be looked into, once',
    ],
    containment: {
      file: 'connector/src/watch/note-listening.ts',
      find: 'await store.scheduleSweeps([{ mailboxId, at }]);',
      replace: '',
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
  {
    id: 'F02',
    of: 'Microsoft 365',
    expected: 'However many notifications one request holds of a mailbox, it is woken once.',
    test: [
      GRAPH_NOTIFICATIONS,
      'the notifications of Microsoft Graph a true notification wakes a mailbox once, however many tell of it',
    ],
    containment: {
      file: 'connector/src/server/notifications/graph-notifications.ts',
      find: 'return [`${why} ${mailboxId}`,',
      replace: 'return [Symbol(why),',
    },
  },
  {
    id: 'F03',
    of: 'Gmail',
    expected:
      'A notification wakes the mailbox and gives it no place: one that comes late wakes too, and moves nothing back.',
    test: [
      'connector/server/notifications/gmail-notifications.test.ts',
      'the notifications of Gmail a true one only wakes, also when it is older than the one before it, however often it comes',
    ],
    containment: {
      file: 'connector/src/server/notifications/gmail-notifications.ts',
      find: "return change.safeParse(jsonOf(Buffer.from(data, 'base64'))).data?.emailAddress;",
      replace:
        "const told = change.safeParse(jsonOf(Buffer.from(data, 'base64'))).data; if (Number(told?.historyId) < (addressOf.newest ?? 0)) return undefined; addressOf.newest = Number(told?.historyId); return told?.emailAddress;",
    },
  },
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
    id: 'F04',
    of: 'Microsoft 365',
    expected: 'The notification is answered as taken and counted, so that it is not sent again.',
    test: [
      GRAPH_NOTIFICATIONS,
      'the notifications of Microsoft Graph a true notification of a mailbox that is connected no more is answered 202, so that it is not sent again, and counted',
    ],
    containment: {
      file: 'connector/src/server/notifications/graph-notifications.ts',
      find: " || judged.some(({ outcome }) => outcome === 'unknown')",
      replace: '',
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
  {
    id: 'F10',
    of: 'Microsoft 365',
    expected: 'The mailbox is read again from the date of the first read; what was seen is recognised.',
    test: [GRAPH, 'openGraphMailbox in trouble gives the place up when the state token of one folder is out of date'],
    containment: {
      file: 'connector/src/mailbox/graph/graph-failure.ts',
      find: 'if (status === 410 || (call.place',
      replace: 'if ((call.place',
    },
  },
  {
    id: 'F11',
    of: 'Microsoft 365',
    expected: 'Neither brings a message in: they are passed over, and nothing more is asked about them.',
    test: [
      GRAPH,
      'openGraphMailbox ignores a change of the read mark and a removal, without asking for either message',
    ],
    containment: {
      file: 'connector/src/mailbox/graph/graph-answer.ts',
      find: ".filter((entry) => member(entry, 'receivedDateTime') !== undefined)",
      replace: '',
    },
  },
  {
    id: 'F12',
    of: 'Microsoft 365',
    expected: 'A new subscription is made, with a secret of its own; what was missed is read by a sweep.',
    test: [
      GRAPH,
      'openGraphMailbox being told of changes makes a new subscription, with a new secret, when the one it had is gone',
    ],
    containment: {
      file: 'connector/src/mailbox/graph/graph-failure.ts',
      find: "'errorinvalidfolderid', 'resourcenotfound'",
      replace: "'errorinvalidfolderid'",
    },
  },
  {
    id: 'F13',
    of: 'Microsoft 365',
    expected: 'The mailbox is read at once, and Microsoft is no longer believed to tell of everything.',
    test: [
      GRAPH_NOTIFICATIONS,
      'the notifications of Microsoft Graph a true notification acts on the lifecycle event missed',
    ],
    containment: {
      file: 'connector/src/server/notifications/graph-notifications.ts',
      find: "return lifecycleEvent === 'subscriptionRemoved' ? ['renew', 'missed'] : ['missed'];",
      replace: "return lifecycleEvent === 'subscriptionRemoved' ? ['renew', 'missed'] : [];",
    },
  },
  {
    id: 'F14',
    of: 'Microsoft 365',
    expected: 'The subscription is forgotten and made anew, and the mailbox is read.',
    test: [
      GRAPH_NOTIFICATIONS,
      'the notifications of Microsoft Graph a true notification acts on the lifecycle event subscriptionRemoved',
    ],
    containment: {
      file: 'connector/src/server/notifications/graph-notifications.ts',
      find: "filter(({ lifecycleEvent }) => lifecycleEvent === 'subscriptionRemoved')",
      replace: 'filter(() => false)',
    },
  },
  {
    id: 'F15',
    of: 'Microsoft 365',
    expected:
      'The subscription is renewed, which authorizes it again; a refusal holds the mailbox as every refused call does.',
    test: [
      GRAPH_NOTIFICATIONS,
      'the notifications of Microsoft Graph a true notification acts on the lifecycle event reauthorizationRequired',
    ],
    containment: {
      file: 'connector/src/server/notifications/graph-notifications.ts',
      find: "if (lifecycleEvent === 'reauthorizationRequired') return ['renew'];",
      replace: '',
    },
  },
  {
    id: 'F16',
    of: 'Microsoft 365',
    expected: 'Nothing is asked before the wait is over, in seconds or up to a date.',
    test: [GRAPH, 'openGraphMailbox in trouble waits as long as a Retry-After in a date says, and asks nothing before'],
    containment: {
      file: 'connector/src/mailbox/graph/graph-client.ts',
      find: 'if (left > 0) throw tooEarly(address, left);',
      replace: '',
    },
  },
  {
    id: 'F16',
    of: 'a tenant of Microsoft 365',
    expected:
      'What the service asks for holds every mailbox of the tenant, and the limit of one mailbox that one alone.',
    test: [
      GRAPH,
      'openGraphMailbox in trouble holds every mailbox of the tenant when the service asks for a pause, and none but its own at a limit of its own',
    ],
    containment: {
      file: 'connector/src/mailbox/graph/graph-client.ts',
      find: '(isLimitOfMailbox(failure) ? own : coolDown)',
      replace: 'own',
    },
  },
  {
    id: 'F17',
    of: 'Microsoft 365',
    expected:
      'A notification is answered as soon as it is stored that its mailbox has to be read, and never before; a sweep finds what is dropped.',
    test: [
      GRAPH_NOTIFICATIONS,
      'the notifications of Microsoft Graph a true notification has the mailbox read, and is answered 202 once that is stored',
    ],
    containment: {
      file: 'connector/src/server/notifications/graph-notifications.ts',
      find: 'await Promise.all([...wakes.values()]',
      replace: 'void Promise.all([...wakes.values()]',
    },
  },
  {
    id: 'F18',
    of: 'Microsoft 365',
    expected:
      'Ids that a move leaves alone are asked for in every call, so that a message is found again by the same reference.',
    test: [
      GRAPH,
      'openGraphMailbox finds a message where it was moved to before it was seen, and by the same reference after a later move',
    ],
    containment: {
      file: 'connector/src/mailbox/graph/graph-batch.ts',
      find: `const IMMUTABLE_IDS = 'IdType="ImmutableId"';`,
      replace: "const IMMUTABLE_IDS = 'return=minimal';",
    },
  },
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
  {
    id: 'F30',
    of: 'Microsoft 365',
    expected: 'The mailbox is held, and its owner is told to connect it again and why.',
    test: [
      'connector/mailbox/graph/microsoft-access-token.test.ts',
      'microsoftAccessToken is refused for a refresh token that was withdrawn, which a person has to repair',
    ],
    containment: {
      file: 'connector/src/mailbox/graph/microsoft-token-failure.ts',
      find: 'if (remedy !== undefined) {',
      replace: 'if (remedy !== undefined && code === undefined) {',
    },
  },
  {
    id: 'F31',
    of: 'Gmail',
    expected: 'The grant is refused and nothing is stored; both accounts are named.',
    test: [
      'connector/consent/request-consent.test.ts',
      'requestConsent ends without a consent when another account is chosen, and names both',
    ],
    containment: {
      file: 'connector/src/consent/granted-account.ts',
      find: 'if (emailAddress.toLowerCase() !== address.toLowerCase()) throw otherAccount(address, emailAddress);',
      replace: '',
    },
  },
  {
    id: 'F31',
    of: 'Microsoft 365',
    expected:
      'The grant is refused and nothing is stored, whatever name the person signs in with; both accounts are named.',
    test: [
      'connector/consent/request-microsoft-consent.test.ts',
      'requestMicrosoftConsent refuses by name the consent of another account',
    ],
    containment: {
      file: 'connector/src/consent/request-microsoft-consent.ts',
      find: '!== own) throw otherAccount',
      replace: '=== null) throw otherAccount',
    },
  },
  {
    id: 'F31',
    of: 'Exchange Server',
    expected:
      'The account, or its consent, is refused before anything is stored; account and address are named (of a token the address alone).',
    test: [
      EWS,
      'the Exchange mailbox before it is connected is refused by both names to the account of somebody else, who would have his own mailbox read',
    ],
    containment: {
      file: 'connector/src/mailbox/ews/require-own-mailbox.ts',
      find: 'if (meant === read) return;',
      replace: 'if (meant === read || meant === undefined) return;',
    },
  },
  {
    id: 'F32',
    of: 'IMAP',
    expected:
      'A refresh token is saved before the access token that came with it is used; one that is lost is repaired by connecting again.',
    test: [
      'connector/mailbox/consent-access-token.test.ts',
      'access tokens by the consent of an owner are used only after the refresh token that came with them is saved, which is the one for the next',
    ],
    containment: {
      file: 'connector/src/mailbox/consent-access-token.ts',
      find: 'await options.onRefreshToken?.(newer);',
      replace: 'void options.onRefreshToken?.(newer);',
    },
  },
  {
    id: 'F33',
    of: 'Microsoft 365',
    expected: 'An address that leads to no user any more holds the mailbox, and its owner is told to connect it again.',
    test: [GRAPH, 'openGraphMailbox in trouble holds the mailbox for an address that is no user, and says what to do'],
    containment: {
      file: 'connector/src/mailbox/graph/graph-failure.ts',
      find: 'if (status === 404 && NO_USER.includes(code)) {',
      replace: 'if (status === 410 && NO_USER.includes(code)) {',
    },
  },
  {
    id: 'F34',
    expected:
      'The mailbox keeps its history and is read at its new provider from 30 days before it was last read to its end.',
    test: [
      'connector/connect/connect-mailbox.test.ts',
      'connecting a mailbox that has moved to another provider takes its place, from 30 days before it was last read to its end',
    ],
    containment: {
      file: 'connector/src/connect/connect-mailbox.ts',
      find: '...(moved && { movedFrom: moved.id }),',
      replace: '',
    },
  },
  {
    id: 'F35',
    of: 'Microsoft 365',
    expected: 'A user without a mailbox holds it, and its owner is told where to look.',
    test: [GRAPH, 'openGraphMailbox in trouble holds the mailbox for a user without a mailbox, and says what to do'],
    containment: {
      file: 'connector/src/mailbox/graph/graph-failure.ts',
      find: 'if (status === 404 && NO_MAILBOX.includes(code)) {',
      replace: 'if (status === 410 && NO_MAILBOX.includes(code)) {',
    },
  },
];
