import { AUTOMATIC_FIELDS } from './automatic-fields.ts';
import { automaticSubject } from './automatic-subject.ts';
import { hasForwardPrefix } from './forward-subject.ts';
import type { KindRule } from './kind-rule.ts';
import type { Signals } from './signals.ts';

/** Replies that a program wrote in the name of a person. */
export const AUTOMATIC_REPLY_RULES: readonly KindRule[] = [
  {
    // RFC 3834 section 5: the direct response to another message.
    kind: 'auto_reply',
    find: ({ autoSubmitted }) =>
      named(
        'Auto-Submitted',
        autoSubmitted.find((value) => value.startsWith('auto-replied')),
      ),
  },
  {
    kind: 'auto_reply',
    find: ({ has, values }) => {
      const found = AUTOMATIC_FIELDS.find(
        ({ name, value }) => has(name) && values(name).some((text) => value.test(text)),
      );
      return found && named(found.name, values(found.name)[0]);
    },
  },
  {
    kind: 'auto_reply',
    find: ({ subject }) => named('Subject', automaticSubject(subject)),
  },
  {
    // Exchange answers for a mailbox owner with auto-generated; its rules agent, which forwards as well, names itself.
    kind: 'auto_reply',
    find: ({ values, subject }) => {
      const agent = values('X-MS-Exchange-Generated-Message-Source').find((value) => value === 'mailbox rules agent');
      return hasForwardPrefix(subject) ? undefined : named('X-MS-Exchange-Generated-Message-Source', agent);
    },
  },
  {
    // A rule of an Exchange mailbox that asks not to be answered, or says that it was no person, has answered itself
    // (Zammad); one that forwards says so.
    kind: 'auto_reply',
    find: (signals) =>
      (suppressesReplies(signals) || signals.autoSubmitted.length > 0) &&
      signals.values('X-MS-Exchange-Inbox-Rules-Loop').length > 0 &&
      !hasForwardPrefix(signals.subject)
        ? 'X-MS-Exchange-Inbox-Rules-Loop of a mail that wants no answer'
        : undefined,
  },
  {
    // MS-OXCMAIL section 2.1.3.2.20: the field asks others not to answer, and people's mail carries it as well; only
    // with a null return path (RFC 5321 section 4.5.5) has a machine written it.
    kind: 'auto_reply',
    find: (signals) =>
      signals.nullReturnPath && suppressesReplies(signals)
        ? 'X-Auto-Response-Suppress with Return-Path: <>'
        : undefined,
  },
  {
    // RFC 3834 section 3.1.8 allows Precedence: bulk or junk on responses; osTicket and Discourse read it like this.
    kind: 'auto_reply',
    find: (signals) => {
      const precedence = signals.values('Precedence').find((value) => /^(?:bulk|junk)\b/.test(value));
      return signals.nullReturnPath ? named('Return-Path: <> with Precedence', precedence) : undefined;
    },
  },
  {
    // RFC 3834 section 5 keeps auto-generated for what answers nothing, but Exchange and ticket systems answer with it.
    kind: 'auto_reply',
    find: ({ autoSubmitted, answersSomething }) =>
      answersSomething ? named('Auto-Submitted', autoSubmitted[0]) : undefined,
  },
  {
    // RFC 5321 section 4.5.5: what carries a null return path was sent by a program, and this one answers something.
    // A person's mail that a program passed on keeps the prefix of a forward.
    kind: 'auto_reply',
    find: ({ nullReturnPath, answersSomething, subject }) =>
      nullReturnPath && (answersSomething || subject.isAnswer) && !hasForwardPrefix(subject)
        ? 'Return-Path: <>'
        : undefined,
  },
];

/** What a program sent of its own accord (RFC 3834 section 5). */
export const NOTICE_RULES: readonly KindRule[] = [
  { kind: 'list_bulk', find: ({ autoSubmitted }) => named('Auto-Submitted', autoSubmitted[0]) },
];

function suppressesReplies({ values }: Signals): boolean {
  return values('X-Auto-Response-Suppress').some((value) => value !== '' && value !== 'none');
}

function named(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${name}: ${value.slice(0, 80)}`;
}
