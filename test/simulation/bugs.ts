import type { Containment } from '../faults/fault-row.ts';

/** A defect that the simulation has to find: what it is, and the change of the source that makes it. */
export interface Bug extends Containment {
  readonly name: string;
  readonly what: string;
}

const SYNC = 'connector/src/sync';
const DELIVER = 'connector/src/deliver';
const MEMORY = 'test/simulation/memory';

/** Defects of a kind that careful people have made. None is in the product: each is planted when it is named. */
export const BUGS: readonly Bug[] = [
  {
    name: 'write-skew',
    what: 'A page and a registration compare what each sees before it commits, and neither sees the other.',
    file: `${MEMORY}/waiting-messages.ts`,
    find: "if (digests.length > 0) tx.set(tables.fresh, String(database.next('fresh')), [...new Set(digests)]);",
    replace: `const cited = new Set(tx.entries(tables.waiting).flatMap(([, { cites }]) => cites));
      const leading = [...tx.entries(tables.knownIds), ...tx.entries(tables.enrolments)];
      const known = new Set(leading.map(([, { digest }]) => digest));
      const met = digests.filter((digest) => cited.has(digest) && known.has(digest));
      if (met.length > 0) tx.set(tables.fresh, String(database.next('fresh')), [...new Set(met)]);`,
  },
  {
    name: 'cursor-before-page',
    what: 'The cursor is committed first, and what the page led to afterwards.',
    file: `${SYNC}/sync-mailbox.ts`,
    find: 'const committing = store.commitPage({',
    replace: `const committing = store.commitPage({
      ...{ mailboxId: row.id, registrations: [], matched: [], waiting: [], settled: [], at },
      ...{ seen: 0, notReplies: 0, excluded: 0 },
      cursor: { expectedVersion: row.cursorVersion, next: page.cursor, caughtUp: page.caughtUp },
    });
    await committing;
    await store.commitPage({ ...decision, mailboxId: row.id, settled: [], at });
    void ({`,
  },
  {
    name: 'no-fence',
    what: 'A worker that was overtaken stores its page all the same.',
    file: `${MEMORY}/mailboxes.ts`,
    find: 'if (row?.cursorVersion !== cursor.expectedVersion) return false;',
    replace: 'if (row === undefined) return false;',
  },
  {
    name: 'lost-place-from-now',
    what: 'A lost place is taken up again from now and not from a day before the last complete read.',
    file: `${SYNC}/sync-mailbox.ts`,
    find: 'lastRead.getTime() - OVERLAP_MS',
    replace: 'options.now().getTime()',
  },
  {
    name: 'unreadable-taken-for-gone',
    what: 'A message whose mailbox cannot be read now is taken for deleted.',
    file: `${SYNC}/resolve-waiting.ts`,
    find: 'if (error instanceof MailboxError) return undefined;',
    replace: 'if (error instanceof MailboxError) return [];',
  },
  {
    name: 'answers-lead-nowhere',
    what: 'The id of an answer does not lead on to the mail that it answers.',
    file: `${SYNC}/decide-page.ts`,
    find: 'const aliasOf = mailsOf(match).map(({ messageId }) => messageKey(messageId));',
    replace: 'const aliasOf: string[] = mailsOf(undefined).map(({ messageId }) => messageKey(messageId));',
  },
  {
    name: 'waits-for-nearest-only',
    what: 'A message waits for the nearest id that it cites, and not for the root of its thread.',
    file: 'connector/src/match/waiting-cites.ts',
    find: 'const nearest = cited.slice(0, NEAREST).map(({ id }) => id);',
    replace: 'return cited.slice(0, 1).map(({ id }) => id);\n  const nearest: MessageId[] = [];',
  },
  {
    name: 'no-latch',
    what: "A person's answer does not hold the person's sequences until its Task is there.",
    file: `${SYNC}/decide-page.ts`,
    find: 'latches: peopleHalted(replies), aliasOf, place',
    replace: 'latches: peopleHalted([]), aliasOf, place',
  },
  {
    name: 'colleague-halts',
    what: 'An answer of our own side counts as one of a stranger.',
    file: 'connector/src/match/replier.ts',
    find: "if (isOwnSide(address, ownSide)) return 'Internal';",
    replace: '',
  },
  {
    name: 'timeout-taken-for-done',
    what: 'What was under way when a call failed is taken for written.',
    file: `${DELIVER}/deliver.ts`,
    find: 'if (fault !== undefined) return faultOutcome(',
    replace:
      "if (fault !== undefined) return { id: item.id, outcome: 'delivered' };\n  if (fault !== undefined) return faultOutcome(",
  },
  {
    name: 'lock-is-final',
    what: 'A row that somebody else has locked is given up.',
    file: `${DELIVER}/refusal.ts`,
    find: "['UNABLE_TO_LOCK_ROW', 'passing'],",
    replace: "['UNABLE_TO_LOCK_ROW', 'permanent'],",
  },
  {
    name: 'first-answer-for-all',
    what: 'The answer of the first row of a batch is taken for that of every row.',
    file: `${DELIVER}/write-apart.ts`,
    find: 'answers.get(item.key) ?? unanswered(item.key)',
    replace: '[...answers.values()][0] ?? unanswered(item.key)',
  },
  {
    name: 'neighbours-go-down',
    what: 'Rows that fail together with a guilty one are not tried without it.',
    file: `${DELIVER}/refusal.ts`,
    find: 'return CONTAGIOUS.has(errorCode);',
    replace: 'return CONTAGIOUS.has(`${errorCode}!`);',
  },
  {
    name: 'no-pull-overlap',
    what: 'A pull goes on where the last one ended, and misses rows that commit late.',
    file: 'connector/src/salesforce/pull-rows.ts',
    find: 'const UNSETTLED_MS = 15 * 60_000;',
    replace: 'const UNSETTLED_MS = 0;',
  },
  {
    name: 'position-before-rows',
    what: 'The position of a pull is stored before the rows that lie in front of it.',
    file: 'connector/src/track/pull-salesforce.ts',
    find: 'return store.saveEnrolments(known, position, now());',
    replace: `const ahead = { ...position, systemModstamp: now().toISOString() };
      return store.saveEnrolments([], ahead, now()).then(() => store.saveEnrolments(known, ahead, now()));`,
  },
  {
    name: 'sent-mail-stays-here',
    what: 'A mail that was found in Sent is not written into Salesforce.',
    file: `${SYNC}/decide-page.ts`,
    find: 'deliver: !delivered }',
    replace: 'deliver: delivered }',
  },
  {
    name: 'follow-up-waits-for-nobody',
    what: 'A mail in Sent whose thread is known is forgotten before its recipient is known to be enrolled.',
    file: `${SYNC}/decide-page.ts`,
    find: '...(registration === undefined && waitsForRecipients(read, facts)),',
    replace: '',
  },
  {
    name: 'settled-for-good',
    what: 'A mail in Sent whose thread becomes known while it waits does not go on waiting for its recipient.',
    file: `${SYNC}/resolve-waiting.ts`,
    find: 'answers.has(digest) && !kept.has(digest)',
    replace: 'answers.has(digest) && kept.has(digest)',
  },
  {
    name: 'sent-read-too-late',
    what: 'A mail in Sent that is read after an answer has halted its recipient is not tracked.',
    file: 'connector/src/track/sent-mail.ts',
    find: ' || (haltedAt !== undefined && haltedAt > sentAt)',
    replace: '',
  },
  {
    name: 'own-answer-uncounted',
    what: "Our own side's answer is neither a reply nor counted as none.",
    file: `${SYNC}/decide-page.ts`,
    find: 'matched === undefined || matched.replies.length === 0',
    replace: 'matched === undefined',
  },
  {
    name: 'alarm-before-enrolment',
    what: 'A sequence that began after the answer to an earlier mail is told of as one that should have been halted.',
    file: `${MEMORY}/latches.ts`,
    find: 'enrolledAt <= counted.receivedAt',
    replace: 'true',
  },
];

/** @throws Error that names the bugs there are, when there is none of this name. */
export function bugOf(name: string): Bug {
  const bug = BUGS.find((candidate) => candidate.name === name);
  if (bug !== undefined) return bug;
  throw new Error(`There is no bug ${name}. There are: ${BUGS.map((candidate) => candidate.name).join(', ')}.`);
}
