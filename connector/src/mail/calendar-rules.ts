import { CALENDAR_ANSWER_PREFIXES, CALENDAR_INVITATION_PREFIXES } from './calendar-subjects.ts';
import type { KindRule } from './kind-rule.ts';
import { plainText } from './plain-text.ts';
import type { Signals } from './signals.ts';

const ANSWERS = new Set(CALENDAR_ANSWER_PREFIXES.map(plainText));
const INVITATIONS = new Set(CALENDAR_INVITATION_PREFIXES.map(plainText));

/**
 * Invitations and the answers to them. The subject alone decides only where the message answers no mail: a person who
 * writes "Accepted: your offer" as an answer has accepted the offer.
 */
export const CALENDAR_RULES: readonly KindRule[] = [
  {
    // RFC 6047 section 2.4: an iTIP message is text/calendar with a method.
    kind: 'calendar',
    find: ({ contentType }) => (contentType.mediaType === 'text/calendar' ? 'Content-Type: text/calendar' : undefined),
  },
  {
    // MS-OXCMAIL section 2.1.3.2.1: the message class of Exchange's meeting messages.
    kind: 'calendar',
    find: ({ values }) => {
      const meeting = values('Content-Class').includes('urn:content-classes:calendarmessage');
      return meeting ? 'Content-Class: urn:content-classes:calendarmessage' : undefined;
    },
  },
  {
    // Google Calendar sends in the name of the organiser and names itself in Sender.
    kind: 'calendar',
    find: ({ values, from }) => {
      const isGoogle = (sender: string): boolean => sender.includes('calendar-notification@google.com');
      return isGoogle(from.text) || values('Sender').some(isGoogle)
        ? 'Sender: calendar-notification@google.com'
        : undefined;
    },
  },
  { kind: 'calendar', find: (signals) => (signals.answersSomething ? undefined : calendarSubject(signals)) },
];

function calendarSubject({ subject }: Signals): string | undefined {
  const colon = subject.plain.search(/[:：]/);
  const prefix = subject.plain.slice(0, Math.max(colon, 0)).trim();
  const isInvitation = INVITATIONS.has(prefix) && subject.plain.includes(' @ ');
  return ANSWERS.has(prefix) || isInvitation ? `Subject: ${prefix}` : undefined;
}
