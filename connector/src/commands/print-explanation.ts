import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { ExplainedCite, ExplainedMail, ExplainedReply, Explanation } from '../facade.ts';
import { instantInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';
import { printable } from './printable.ts';

const messages = loadMessages('reply.explain');
/** Subjects and recipients may be far longer than what a person reads. */
const MOST_CHARACTERS = 1000;

/** Prints why a message is, or is not, an answer: the verdict first, then what it rests on. */
export function printExplanation(command: SfCommand<unknown>, explanation: Explanation): void {
  command.log(printable(explanation.verdict, MOST_CHARACTERS));
  command.log();
  printMessage(command, explanation);
  if (explanation.tracked !== null) printMails(command, 'header.tracked', [explanation.tracked]);
  printCites(command, explanation.cites);
  if (explanation.answers.length > 0) printMails(command, 'header.answers', explanation.answers);
  printReplies(command, explanation.replies);
}

function printMessage(command: SfCommand<unknown>, explanation: Explanation): void {
  const { messageId, from, subject, kind, signal, matchedAt, waiting, source } = explanation;
  printFields(command, [
    ['messageId', messageId],
    ['from', from],
    ['subject', subject],
    ['kind', kind],
    ['signal', signal],
    ['matchedAt', matchedAt === null ? null : instantInWords(matchedAt)],
    ['waiting', waiting ? messages.getMessage('waiting') : null],
    ['source', messages.getMessage(`source.${source}`)],
  ]);
}

/** Prints a list of names and values, without those that have no value, and a line after it. */
function printFields(
  command: SfCommand<unknown>,
  fields: readonly (readonly [key: string, value: string | null])[],
): void {
  const known = fields.flatMap(([key, value]) =>
    value === null ? [] : [[messages.getMessage(`field.${key}`), printable(value, MOST_CHARACTERS)] as const],
  );
  command.styledObject(Object.fromEntries(known));
  command.log();
}

function printMails(command: SfCommand<unknown>, header: string, mails: readonly ExplainedMail[]): void {
  command.styledHeader(messages.getMessage(header));
  for (const { messageKey, subject, sentAt, ownerId, trackedEmailId, recipients } of mails) {
    const people = recipients.map(({ address, role, personId }) =>
      personId === null ? `${role}: ${address}` : `${role}: ${address} (${personId})`,
    );
    printFields(command, [
      ['subject', subject ?? messages.getMessage('noSubject')],
      ['messageId', messageKey],
      ['sentAt', messages.getMessage('sentBy', [instantInWords(sentAt), ownerId])],
      ['trackedEmail', trackedEmailId ?? messages.getMessage('notInSalesforce')],
      ['recipients', people.join(', ')],
    ]);
  }
}

function printCites(command: SfCommand<unknown>, cites: readonly ExplainedCite[]): void {
  command.styledHeader(messages.getMessage('header.cites'));
  if (cites.length === 0) {
    command.log(`${messages.getMessage('noCites')}\n`);
    return;
  }
  command.table({
    data: cites.map(({ field, id, role }) => ({
      field,
      id: printable(id, 120),
      role: messages.getMessage(`role.${role ?? 'unknown'}`),
    })),
    columns: (['field', 'id', 'role'] as const).map((key) => ({ key, name: messages.getMessage(`column.${key}`) })),
    overflow: 'wrap',
  });
}

function printReplies(command: SfCommand<unknown>, replies: readonly ExplainedReply[]): void {
  if (replies.length === 0) return;
  const stored = replies.some(({ task }) => task.state !== 'none');
  command.styledHeader(messages.getMessage(stored ? 'header.did' : 'header.would'));
  for (const reply of replies) {
    printFields(command, [
      ['person', reply.personId ?? messages.getMessage('nobody')],
      ['kind', messages.getMessage('kindOf', [reply.kind, reply.replier])],
      ['matchedBy', reply.matchedBy],
      ['sequences', haltsInWords(reply)],
      ['task', taskInWords(reply)],
    ]);
  }
}

function haltsInWords({ halts, campaignStatusId }: ExplainedReply): string {
  if (campaignStatusId === null) return messages.getMessage(halts ? 'halts' : 'haltsNot');
  return messages.getMessage(halts ? 'halts.status' : 'haltsNot.status', [campaignStatusId]);
}

function taskInWords({ task: { state, recordId, reason } }: ExplainedReply): string {
  return messages.getMessage(`task.${state}`, [recordId ?? printable(reason ?? '')]).trim();
}
