import { NOT_SHOWN_YET, type FaultRow } from './fault-row.ts';

const DELIVER = 'connector/deliver/deliver.test.ts';
const DELIVERY = 'delivery from the store to the local org';
const FAULTY = 'connector/salesforce/jsforce-salesforce-faults.test.ts';
const ADAPTER = 'the Salesforce adapter before a server that fails';
const ORG = 'connector/salesforce/local-org-salesforce.test.ts';
const LOCAL = 'the Salesforce adapter on the local org';

/** What Salesforce does to a write, and to the connector. */
export const SALESFORCE_FAULTS: readonly FaultRow[] = [
  {
    id: 'F41',
    expected: 'The rows are written again; the Task that is there already counts as delivered.',
    test: [DELIVER, `${DELIVERY} takes a Task for delivered whose answer was lost after the commit`],
    containment: {
      file: 'connector/src/salesforce/write-rows.ts',
      find: 'isDuplicate(refusal, [task.replyKey])) return',
      replace: 'false) return',
    },
  },
  {
    id: 'F42',
    expected: 'The row is tried again after 1, 2, 4 seconds and so on, without end.',
    test: [DELIVER, `${DELIVERY} tries a locked row again until it is free`],
    containment: {
      file: 'connector/src/deliver/refusal.ts',
      find: "['UNABLE_TO_LOCK_ROW', 'passing']",
      replace: "['UNABLE_TO_LOCK_ROW', 'permanent']",
    },
  },
  {
    id: 'F43',
    expected: 'The Task is looked up by its key when the platform does not name it, and counts as delivered.',
    test: [ORG, `${LOCAL} write looks a Task up when the platform does not say what it duplicates`],
    containment: {
      file: 'connector/src/salesforce/write-rows.ts',
      find: 'unclear.includes(answer) && known.has(key)',
      replace: 'false',
    },
  },
  {
    id: 'F44',
    expected: 'A key goes into a collection once.',
    test: ['connector/salesforce/composite.test.ts', 'a write packed into calls writes rows with the same key once'],
    containment: {
      file: 'connector/src/salesforce/collection.ts',
      find: 'const once = [...new Map(rows.map((row) => [`${row.type} ${row.key}`, row])).values()];',
      replace: 'const once = rows;',
    },
  },
  { id: 'F45', reason: NOT_SHOWN_YET },
  { id: 'F46', reason: NOT_SHOWN_YET },
  {
    id: 'F47',
    expected: 'One new session, and the call is made once more.',
    test: [FAULTY, `${ADAPTER} repeats a call once with a new token when the session has ended`],
    containment: {
      file: 'connector/src/salesforce/session-call.ts',
      find: 'if (!isSessionRefused(answer)) return',
      replace: 'return',
    },
  },
  { id: 'F48', reason: NOT_SHOWN_YET },
  {
    id: 'F49',
    of: 'a page',
    expected: 'The answer counts as none: nothing is taken as written, and the call is repeated.',
    test: [FAULTY, `${ADAPTER} takes a login page instead of JSON for a fault that passes`],
    containment: {
      file: 'connector/src/salesforce/session-call.ts',
      find: "if (typeof answer.body !== 'object') throw notThePlatform(org);",
      replace: "if (typeof answer.body !== 'object') return { ...answer, body: { done: true, records: [] } };",
    },
  },
  { id: 'F50', reason: NOT_SHOWN_YET },
  {
    id: 'F51',
    expected: "The Task is a dead letter in the rule's words; its neighbours are delivered.",
    test: [DELIVER, `${DELIVERY} keeps a row that the org refuses as a dead letter and delivers its neighbours`],
    containment: {
      file: 'connector/src/deliver/refusal.ts',
      find: "['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'permanent']",
      replace: "['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'passing']",
    },
  },
  { id: 'F52', reason: NOT_SHOWN_YET },
  { id: 'F53', reason: NOT_SHOWN_YET },
  { id: 'F54', reason: NOT_SHOWN_YET },
  { id: 'F55', reason: NOT_SHOWN_YET },
  { id: 'F56', reason: NOT_SHOWN_YET },
  { id: 'F57', reason: NOT_SHOWN_YET },
  { id: 'F58', reason: NOT_SHOWN_YET },
  { id: 'F59', reason: NOT_SHOWN_YET },
  { id: 'F60', reason: NOT_SHOWN_YET },
  { id: 'F61', reason: NOT_SHOWN_YET },
  { id: 'F62', reason: NOT_SHOWN_YET },
  { id: 'F63', reason: NOT_SHOWN_YET },
  { id: 'F64', reason: NOT_SHOWN_YET },
];
