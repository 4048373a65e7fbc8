import type { ConnectorStatus, MailboxStatus } from '../../facade.ts';
import { counted, durationWords, secondsBetween } from './words.ts';

/** How much something wants to be looked at; the order is that of urgency. */
export type Tone = 'bad' | 'warn' | 'busy' | 'good' | 'idle';

const BY_URGENCY: readonly Tone[] = ['bad', 'warn', 'busy', 'good', 'idle'];
/** Salesforce refuses a login by JWT when the clock is off by some minutes. */
const CLOCK_TOLERANCE_SECONDS = 60;
/** A reply that was written at once would be in Salesforce within seconds. */
const OUTBOX_PATIENCE_SECONDS = 900;
const BUDGET_WARNING = 0.9;

/** One thing that is not as it should be, and what to do. */
export interface Notice {
  readonly tone: 'bad' | 'warn';
  readonly problem: string;
  readonly action: string;
}

export interface Verdict {
  readonly tone: Tone;
  readonly sentence: string;
}

export interface JudgedMailbox {
  readonly mailbox: MailboxStatus;
  readonly tone: Tone;
  readonly word: string;
}

/** The state of a mailbox in a word; one that claims to be read but has not been for long is late. */
export function judgeMailbox(mailbox: MailboxStatus, lateAfterSeconds: number): JudgedMailbox {
  switch (mailbox.state) {
    case 'reconnect':
      return { mailbox, tone: 'bad', word: 'Reconnect' };
    case 'failing':
      return { mailbox, tone: 'warn', word: 'Failing' };
    case 'reading':
      return { mailbox, tone: 'busy', word: 'First read' };
    case 'active':
      return isLate(mailbox, lateAfterSeconds)
        ? { mailbox, tone: 'warn', word: 'Late' }
        : { mailbox, tone: 'good', word: 'Up to date' };
  }
}

/** True for a mailbox that nothing is said to be wrong with and that has not been read to its end for this long. */
export function isLate({ state, lagSeconds }: MailboxStatus, lateAfterSeconds: number): boolean {
  return state === 'active' && lagSeconds !== null && lagSeconds > lateAfterSeconds;
}

export function byUrgency(a: JudgedMailbox, b: JudgedMailbox): number {
  const urgency = BY_URGENCY.indexOf(a.tone) - BY_URGENCY.indexOf(b.tone);
  return urgency !== 0 ? urgency : a.mailbox.address.localeCompare(b.mailbox.address, 'en');
}

/** What is wrong beside the mailboxes. */
export function noticesOf({ unhalted, outbox, salesforce }: ConnectorStatus, now: Date): readonly Notice[] {
  return [
    haltNotice(unhalted),
    clockNotice(salesforce),
    budgetNotice(salesforce),
    deadNotice(outbox),
    outboxNotice(outbox, now),
  ].filter((notice) => notice !== undefined);
}

function haltNotice(unhalted: ConnectorStatus['unhalted']): Notice | undefined {
  if (unhalted.length === 0) return undefined;
  return {
    tone: 'bad',
    problem: `Of the sequences that a person has answered, ${unhalted.length} still ${unhalted.length === 1 ? 'goes' : 'go'} on.`,
    action: 'sf reply doctor says which, and what to do.',
  };
}

function clockNotice({ clockAheadSeconds: ahead }: ConnectorStatus['salesforce']): Notice | undefined {
  if (ahead === null || Math.abs(ahead) < CLOCK_TOLERANCE_SECONDS) return undefined;
  const direction = ahead > 0 ? 'ahead of' : 'behind';
  return {
    tone: 'warn',
    problem: `The clock of this machine is ${durationWords(Math.abs(ahead))} ${direction} that of Salesforce.`,
    action: 'Set it, and let it be kept by a time server: logins are refused when it is off by minutes.',
  };
}

function budgetNotice({ apiUsage }: ConnectorStatus['salesforce']): Notice | undefined {
  if (apiUsage === null || apiUsage.used < apiUsage.limit * BUDGET_WARNING) return undefined;
  return {
    tone: apiUsage.used < apiUsage.limit ? 'warn' : 'bad',
    problem: 'The API calls that Salesforce allows the org within 24 hours are used up or nearly so.',
    action: 'Find out in Setup (System Overview) who uses them. Replies wait here and are not lost.',
  };
}

function deadNotice({ dead }: ConnectorStatus['outbox']): Notice | undefined {
  if (dead === 0) return undefined;
  return {
    tone: 'bad',
    problem: `Salesforce has refused ${counted(dead, 'record')} for good.`,
    action: 'sf reply deadletter list says why, in the words of Salesforce; they are retried or dropped from there.',
  };
}

function outboxNotice({ oldestPendingAt }: ConnectorStatus['outbox'], now: Date): Notice | undefined {
  const age = oldestPendingAt === null ? 0 : secondsBetween(oldestPendingAt, now);
  if (age < OUTBOX_PATIENCE_SECONDS) return undefined;
  return {
    tone: 'warn',
    problem: `A record has been waiting for Salesforce for ${durationWords(age)}.`,
    action: 'The log of the service says what keeps it from being written. It is tried again by itself.',
  };
}

/** The whole in one sentence. */
export function verdictOf(mailboxes: readonly JudgedMailbox[], notices: readonly Notice[]): Verdict {
  const tones = [...mailboxes, ...notices].map(({ tone }) => tone);
  const tone = BY_URGENCY.find((each) => tones.includes(each)) ?? 'idle';
  return { tone, sentence: sentenceOf(mailboxes, notices, tone) };
}

function sentenceOf(mailboxes: readonly JudgedMailbox[], notices: readonly Notice[], tone: Tone): string {
  const count = (wanted: Tone): number => mailboxes.filter((each) => each.tone === wanted).length;
  const all = counted(mailboxes.length, 'mailbox');
  if (count('bad') > 0) return `${count('bad')} of ${all} ${count('bad') === 1 ? 'has' : 'have'} to be reconnected.`;
  if (count('warn') > 0)
    return `${count('warn')} of ${all} ${count('warn') === 1 ? 'is' : 'are'} not being read at the moment.`;
  if (notices.length > 0)
    return notices.length === 1 ? 'One thing wants your attention.' : 'Some things want your attention.';
  if (tone === 'busy')
    return `${count('busy')} of ${all} ${count('busy') === 1 ? 'is' : 'are'} being read for the first time.`;
  if (mailboxes.length === 0) return 'No mailbox is connected yet.';
  return mailboxes.length === 1 ? 'The mailbox is read up to date.' : `All ${all} are read up to date.`;
}
