import type { FaultRow } from './fault-row.ts';

const DELIVER = 'connector/deliver/deliver.test.ts';
const DELIVERY = 'delivery from the store to the local org';
const TURN = 'connector/deliver/deliver-in-turn.test.ts';
const IN_TURN = 'a delivery in its turn';
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
    id: 'F42',
    of: 'parents',
    expected: 'Locked rows of one person are tried again together.',
    test: [DELIVER, `${DELIVERY} tries locked rows of one person again together, and those of others apart`],
    containment: {
      file: 'connector/src/deliver/deliver.ts',
      find: 'spreads.set(parent, spread);',
      replace: '',
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
  {
    id: 'F45',
    expected:
      'Replies wait, nothing is lost; the fault says that calls become free as those of 24 hours ago no longer count.',
    test: [FAULTY, `${ADAPTER} has words and advice for used up API calls`],
    containment: {
      file: 'connector/src/salesforce/org-fault.ts',
      find: `if (errorCode === 'REQUEST_LIMIT_EXCEEDED') return usedUp(words, org);`,
      replace: '',
    },
  },
  {
    id: 'F45',
    of: 'budget',
    expected:
      'Writes are spread so that a budget of calls lasts for the day, and the log and the status tell when it is nearly used up.',
    test: [
      'connector/deliver/pace.test.ts',
      'the pace of writes makes a day last on any budget, with a stream of replies that never ends',
    ],
    containment: {
      file: 'connector/src/deliver/pace.ts',
      find: 'Math.max(shortestMs, forOwn, forOrg)',
      replace: 'Math.max(shortestMs, forOrg)',
    },
  },
  {
    id: 'F46',
    expected: 'One write at a time is under way; the call is repeated.',
    test: [FAULTY, `${ADAPTER} has one write under way at a time`],
    containment: {
      file: 'connector/src/salesforce/jsforce-salesforce.ts',
      find: 'lastWrite.then(() => writeRows(rows, writable))',
      replace: 'writeRows(rows, writable)',
    },
  },
  {
    id: 'F47',
    expected: 'One new session, and the call is made once more.',
    test: [FAULTY, `${ADAPTER} repeats a call once with a new token when the session has ended`],
    containment: {
      file: 'connector/src/salesforce/session-call.ts',
      find: 'if (!isSessionRefused(answer) || tries === MOST_SESSIONS) return',
      replace: 'return',
    },
  },
  {
    id: 'F47',
    of: 'loop',
    expected: 'After three sessions in a row the org counts as locked.',
    test: [FAULTY, `${ADAPTER} stops when three tokens in a row are refused`],
    containment: {
      file: 'connector/src/salesforce/session-call.ts',
      find: 'tries === MOST_SESSIONS',
      replace: 'false',
    },
  },
  {
    id: 'F47',
    of: 'at once',
    expected: 'However many calls were refused, one login is made.',
    test: [
      'connector/salesforce/keep-session.test.ts',
      'the session is replaced once, however many calls were refused with it',
    ],
    containment: {
      file: 'connector/src/salesforce/keep-session.ts',
      find: '(session === before ? logIn() : current())',
      replace: 'logIn()',
    },
  },
  {
    id: 'F48',
    expected:
      'The org is left alone for 1, 2, 4 seconds and so on up to a minute, then tried with one row; what waits is written oldest first.',
    test: [
      TURN,
      `${IN_TURN} leaves an org alone that is away, ever longer, tries it with one row, and then drains oldest first`,
    ],
    containment: {
      file: 'connector/src/deliver/deliver-in-turn.ts',
      find: 'return pausedUntil > at ? pausedUntil : at;',
      replace: 'return at;',
    },
  },
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
  {
    id: 'F49',
    of: 'cut JSON',
    expected: 'JSON that is cut counts as no answer: nothing is taken as written, and the call is repeated.',
    test: [FAULTY, `${ADAPTER} takes JSON that was cut for a fault that passes`],
    containment: {
      file: 'connector/src/salesforce/session-call.ts',
      find: `if (typeof answer.body !== 'object') throw notThePlatform(org);`,
      replace: `if (typeof answer.body !== 'object') return { ...answer, body: { done: true, records: [] } };`,
    },
  },
  {
    id: 'F50',
    expected: 'Only those rows are tried again or become dead letters: results are told apart by their places.',
    test: [ORG, `${LOCAL} write tells exactly which rows of a batch were refused`],
    containment: {
      file: 'connector/src/salesforce/composite.ts',
      find: 'readRecord(record, collection.object, results[index])',
      replace: 'readRecord(record, collection.object, results[0])',
    },
  },
  {
    id: 'F51',
    expected: "The Task is a dead letter in the rule's words; its neighbours are delivered.",
    test: [DELIVER, `${DELIVERY} keeps a row that the org refuses as a dead letter and delivers its neighbours`],
    containment: {
      file: 'connector/src/deliver/refusal.ts',
      find: "['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'rule']",
      replace: "['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'passing']",
    },
  },
  {
    id: 'F52',
    expected: 'The Task becomes a dead letter that names the field; retried after the repair, it is delivered.',
    test: [DELIVER, `${DELIVERY} delivers a dead letter once the field that the org requires has been dealt with`],
    containment: {
      file: 'connector/src/deliver/refusal.ts',
      find: `['REQUIRED_FIELD_MISSING', 'rule']`,
      replace: `['REQUIRED_FIELD_MISSING', 'passing']`,
    },
  },
  {
    id: 'F53',
    expected: 'The one row that the trigger fails for is singled out, and its neighbours are written.',
    test: [
      'connector/deliver/write-apart.test.ts',
      'a batch in which one row makes a trigger fail is written but for that row, which alone is refused',
    ],
    containment: {
      file: 'connector/src/deliver/refusal.ts',
      find: `  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  'CANNOT_EXECUTE`,
      replace: `  'CANNOT_EXECUTE`,
    },
  },
  {
    id: 'F54',
    expected: 'Our flow leaves a problem record, and the Task stands.',
    test: [
      'metadata/transitions.test.ts',
      'a batch of reply Tasks leaves a problem with the words of the platform when a status cannot be written, and the Task stands',
    ],
    containment: {
      file: 'force-app/main/sequence/flows/Task_AfterSave_ApplyReply.flow-meta.xml',
      find: `        <faultConnector>
            <targetReference>Report_the_Problem</targetReference>
        </faultConnector>
        <filterLogic>`,
      replace: '        <filterLogic>',
    },
  },
  {
    id: 'F55',
    expected: 'The Task is written without the person, and halts the sequence that it answers.',
    test: [
      ORG,
      `${LOCAL} write a reply that names what is gone is nobody's when its person was deleted, and halts the one sequence that it answers`,
    ],
    containment: {
      file: 'connector/src/salesforce/repair-rows.ts',
      find: `  'ENTITY_IS_DELETED',
`,
      replace: '',
    },
  },
  {
    id: 'F55',
    of: 'by setting',
    expected: 'Where the setting says so, the reply of a deleted person is left for somebody to decide.',
    test: [
      ORG,
      `${LOCAL} write a reply that names what is gone stays refused when its person was deleted and somebody is to decide about such replies`,
    ],
    containment: {
      file: 'connector/src/salesforce/repair-rows.ts',
      find: `target.deletedPerson !== 'deadletter' ||`,
      replace: 'true ||',
    },
  },
  {
    id: 'F56',
    of: 'converted',
    expected: 'The Task is the one of the contact that the lead was converted into.',
    test: [
      ORG,
      `${LOCAL} write a reply that names what is gone is one of the contact when its lead has been converted, and halts the sequences`,
    ],
    containment: {
      file: 'connector/src/salesforce/read-standing.ts',
      find: `foreignText(row['ConvertedContactId']) ?? `,
      replace: '',
    },
  },
  {
    id: 'F56',
    of: 'merged',
    expected: 'The Task is the one of the master of the merge.',
    test: [ORG, `${LOCAL} write a reply that names what is gone is one of the master when its contact has been merged`],
    containment: {
      file: 'connector/src/salesforce/read-standing.ts',
      find: ` ?? foreignText(row['MasterRecordId'])`,
      replace: '',
    },
  },
  {
    id: 'F57',
    expected: 'Writing stops, and the fault names the permission set that is missing; everything waits.',
    test: [ORG, `${LOCAL} write names the permission set that its user lacks`],
    containment: {
      file: 'connector/src/salesforce/org-fault.ts',
      find: 'if (MISSING.has(errorCode) ||',
      replace: 'if (',
    },
  },
  {
    id: 'F58',
    expected: 'What reports need is refused alone; replies are written.',
    test: [
      ORG,
      `${LOCAL} write writes everything but the reply tallies for a user with the permission set of an older package`,
    ],
    containment: {
      file: 'connector/src/salesforce/write-rows.ts',
      find: `['ReplyTally', 'ConnectedMailbox']`,
      replace: '[]',
    },
  },
  {
    id: 'F59',
    expected: 'Texts are cut at a code point.',
    test: [
      'connector/salesforce/field-value.test.ts',
      'the values of Salesforce fields never gives a text longer than its field, counted either way',
    ],
    containment: {
      file: 'connector/src/salesforce/field-value.ts',
      find: 'if (text.length <= length) return text;',
      replace: 'return text;',
    },
  },
  {
    id: 'F59',
    of: 'ids',
    expected: 'A Message-ID that is longer than its field is kept as its digest.',
    test: [
      'connector/salesforce/tracked-email-record.test.ts',
      'the records of a tracked mail hold the digest of a Message-ID that is longer than its field',
    ],
    containment: {
      file: 'connector/src/mail/message-id.ts',
      find: 'id.length <= MESSAGE_KEY_LENGTH ? id :',
      replace: 'true ? id :',
    },
  },
  {
    id: 'F60',
    expected: 'Writing stops, and the fault says which version of the API is asked for.',
    test: [FAULTY, `${ADAPTER} says what to do about a retired version`],
    containment: {
      file: 'connector/src/salesforce/org-fault.ts',
      find: 'if (RETIRED.has(errorCode)) return retired(words, org);',
      replace: '',
    },
  },
  {
    id: 'F61',
    expected: 'A Task that was delivered once is not written again.',
    test: [
      'connector/store/pglite-store.test.ts',
      'the store on PGlite replies does not write a delivered Task again when its message is read and matched again',
    ],
    containment: {
      file: 'connector/src/store/matched-messages.ts',
      find: '     on conflict do nothing returning key`',
      replace: `     on conflict (type, key) do update set state = 'pending', payload = excluded.payload returning key\``,
    },
  },
  {
    id: 'F62',
    expected: 'The org is refused by the names of both, with the command that rebinds.',
    test: [
      'connector/connect/pinned-salesforce.test.ts',
      'the pinned org is refused after the refresh of a sandbox, with the command that rebinds, and then taken',
    ],
    containment: {
      file: 'connector/src/connect/pinned-salesforce.ts',
      find: 'if (pinned.id !== id) throw',
      replace: 'if (false) throw',
    },
  },
  {
    id: 'F63',
    expected: 'The flow only ever sets a status to what it is to be, so that a second run changes nothing.',
    test: [
      'metadata/flows/Task_AfterSave_ApplyReply.test.ts',
      'Task - After Save - Apply Reply does not so much as touch a status that an earlier answer has halted',
    ],
    containment: {
      file: 'force-app/main/sequence/flows/Task_AfterSave_ApplyReply.flow-meta.xml',
      find: '<filterLogic>(1 OR 2 OR 3) AND (4 OR 5) AND (6 OR (7 AND 8))</filterLogic>',
      replace: '<filterLogic>(1 OR 2 OR 3) AND (4 OR 5) AND (6 OR 7 OR 8 OR 1 OR 2 OR 3)</filterLogic>',
    },
  },
  {
    id: 'F64',
    expected:
      'Tasks are written all the same, and the first answer whose sequence goes on is an error in the log, the status and the metrics.',
    test: [
      'faults/deactivated-flow.test.ts',
      'an org whose flow does not halt sequences is noticed by the first answer whose sequence goes on, until that is halted by hand',
    ],
    containment: {
      file: 'connector/src/store/latches.ts',
      find: "e.status in ('Active', 'Paused')",
      replace: "e.status in ('Replied')",
    },
  },
  {
    id: 'F64',
    of: 'doctor',
    expected:
      '`sf reply doctor` names the flow, where its user may look at flows: without the one that halts sequences it fails.',
    test: [
      'connector/doctor/check-setup.test.ts',
      'the checks of an org misses a flow that is not active, and fails when it is the one that halts',
    ],
    containment: {
      file: 'connector/src/doctor/check-setup.ts',
      find: 'filter(([, isActive]) => !isActive)',
      replace: 'filter(([, isActive]) => isActive === undefined)',
    },
  },
];
