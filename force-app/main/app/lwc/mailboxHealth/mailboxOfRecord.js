import { valueOf } from 'c/graphqlRecords';

const MINUTE = 60_000;
/** The limits of the formula InTrouble__c. */
const MOST_LAG_MINUTES = 30;
const MOST_SILENCE = 120 * MINUTE;

/**
 * What can be wrong with a mailbox, the most urgent first; the first that applies is shown.
 * @type {{applies: (mailbox: object, now: number) => boolean, words: string, lag?: string, next: (mailbox: object) => string}[]}
 */
const TROUBLES = [
  {
    applies: ({ state }) => state === 'Reconnect',
    words: 'Login refused',
    lag: 'Not read',
    next: ({ address }) => `Give it a new login: sf reply mailbox connect --address ${address} --replace`,
  },
  {
    applies: ({ state, reportedAt }, now) => state === 'Active' && now - Date.parse(reportedAt) > MOST_SILENCE,
    words: 'Connector silent',
    lag: 'Not known',
    next: () =>
      'Look at the machine that the connector runs on: sf reply status says what it does, sf reply serve starts it.',
  },
  {
    applies: ({ state, lagMinutes }) => state === 'Active' && lagMinutes > MOST_LAG_MINUTES,
    words: 'Behind',
    next: () => 'Wait when it is being read for the first time. Otherwise see what holds it up: sf reply status',
  },
  {
    applies: ({ state }) => state === 'Disconnected',
    words: 'Disconnected',
    lag: 'Not read',
    next: ({ address }) => `Nothing is read. To read it again: sf reply mailbox connect --address ${address}`,
  },
  {
    applies: ({ inTrouble }) => inTrouble,
    words: 'Needs a look',
    next: ({ address }) => `See what is wrong: sf reply mailbox list names ${address} with its state.`,
  },
];

/**
 * @param {number | undefined} minutes how far reading is behind
 * @returns {string} the same in words
 */
export function lagWords(minutes) {
  if (minutes === undefined) return 'Not known';
  if (minutes < 1) return 'Up to date';
  if (minutes < 120) return `${minutes} min behind`;
  return `${Math.round(minutes / 60)} h behind`;
}

const seconds = (amount) => (amount < 90 ? `${amount} s` : `${Math.round(amount / 60)} min`);

/**
 * @param {number | undefined} p50 seconds within which half of the replies were in Salesforce
 * @param {number | undefined} p95 seconds within which nineteen of twenty were
 * @returns {string} the same in words
 */
export function detectionWords(p50, p95) {
  if (p50 === undefined || p95 === undefined) return 'No reply yet';
  return `Half within ${seconds(p50)}, 95 of 100 within ${seconds(p95)}`;
}

/**
 * A mailbox for people, made from its record.
 * @param {object} record ConnectedMailbox__c as GraphQL gives it; fields that the user may not see are missing
 * @param {number} now in milliseconds since 1970
 * @returns {object} what one row shows; `next` says what to do about one in trouble
 */
export function mailboxOfRecord(record, now) {
  const mailbox = {
    id: record.Id,
    address: valueOf(record.Address__c),
    provider: valueOf(record.Provider__c),
    state: valueOf(record.State__c),
    lagMinutes: valueOf(record.LagMinutes__c),
    lastReadAt: valueOf(record.LastReadAt__c),
    lastError: valueOf(record.LastError__c),
    reportedAt: valueOf(record.ReportedAt__c) ?? valueOf(record.CreatedDate),
    inTrouble: valueOf(record.InTrouble__c) === true,
  };
  const at = TROUBLES.findIndex(({ applies }) => applies(mailbox, now));
  const trouble = TROUBLES[at];
  return {
    ...mailbox,
    urgency: at < 0 ? TROUBLES.length : at,
    words: trouble?.words ?? 'Being read',
    next: trouble?.next(mailbox),
    isInTrouble: trouble !== undefined,
    lag: trouble?.lag ?? lagWords(mailbox.lagMinutes),
    detection: detectionWords(valueOf(record.DetectionP50__c), valueOf(record.DetectionP95__c)),
  };
}

/**
 * @param {object[]} mailboxes as mailboxOfRecord makes them, by address
 * @returns {object[]} those in trouble first, the most urgent at the top
 */
export function byUrgency(mailboxes) {
  return mailboxes.toSorted((a, b) => a.urgency - b.urgency);
}
