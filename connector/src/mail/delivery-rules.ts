import {
  BOUNCE_SUBJECTS,
  DELAY_SUBJECTS,
  DELIVERED_PREFIXES,
  DELIVERED_SUBJECTS,
  FAILED_PREFIXES,
  UNMISTAKABLE_SUBJECTS,
} from './delivery-subjects.ts';
import type { Kind } from './kinds.ts';
import type { KindRule } from './kind-rule.ts';
import { indexPhrases, leadingPhrase } from './phrases.ts';
import { plainText } from './plain-text.ts';
import { RECEIPT_PREFIXES } from './receipt-subjects.ts';
import type { Signals, Subject } from './signals.ts';

const DELAY = DELAY_SUBJECTS.map(plainText);
const DELIVERED = DELIVERED_SUBJECTS.map(plainText);
const DELIVERED_BEFORE_COLON = new Set(DELIVERED_PREFIXES.map(plainText));
const REPORT = [...BOUNCE_SUBJECTS, ...DELAY_SUBJECTS].map(plainText);
const REPORT_BEGINNINGS = indexPhrases(REPORT);
const FAILED_BEFORE_COLON = new Set(FAILED_PREFIXES.map(plainText));
const UNMISTAKABLE = indexPhrases(UNMISTAKABLE_SUBJECTS);
const RECEIPTS = new Set(RECEIPT_PREFIXES.map(plainText));

/** RFC 3464 section 2.3.3. */
const KIND_OF_ACTION = {
  failed: 'bounce',
  delayed: 'delay',
  delivered: 'delivery_ok',
  relayed: 'delivery_ok',
  expanded: 'delivery_ok',
} as const satisfies Record<string, Kind>;

/** Reports in machine-readable form: the report itself where it could be read, else the type of the message. */
export const REPORT_RULES: readonly KindRule[] = [
  ...Object.entries(KIND_OF_ACTION).map(([action, kind]): KindRule => ({
    kind,
    find: ({ report }) => (report?.action === action ? `Action: ${action}` : undefined),
  })),
  {
    // RFC 5429 section 2.1.2: a Sieve reject is a disposition notification of a mail that was deleted unseen; the
    // comment tells it from a recipient who deleted the mail (Pigeonhole writes it).
    kind: 'bounce',
    find: (signals) => {
      if (!isReport(signals, 'disposition-notification')) return undefined;
      const refused = signals.autoSubmitted.find((value) => value.includes('rejected'));
      const displayed = signals.report?.disposition?.toLowerCase().includes('displayed') === true;
      return refused && !displayed ? `Auto-Submitted: ${refused}` : undefined;
    },
  },
  {
    // RFC 8098 section 3.
    kind: 'read_receipt',
    find: (signals) =>
      signals.report?.disposition !== undefined || isReport(signals, 'disposition-notification')
        ? 'report-type=disposition-notification'
        : undefined,
  },
  {
    // RFC 5965 section 2.
    kind: 'complaint',
    find: (signals) => (isReport(signals, 'feedback-report') ? 'report-type=feedback-report' : undefined),
  },
  // RFC 3464 section 2. Without the report only the subject tells what became of the mail.
  ...bySubject((signals) => (isReport(signals, 'delivery-status') ? 'report-type=delivery-status' : undefined)),
  {
    // Outlook and Thunderbird begin a receipt's subject like this; the null return path is RFC 8098 section 2.1.
    kind: 'read_receipt',
    find: (signals) => {
      const machine = signals.nullReturnPath || signals.contentType.mediaType === 'multipart/report';
      const prefix = machine ? beforeColon(signals.subject.plain) : '';
      return RECEIPTS.has(prefix) ? `Subject: ${prefix}` : undefined;
    },
  },
  {
    // The subjects of AOL's and Hotmail's feedback loops; PHP-Bounce-Handler and Sisimai know both.
    kind: 'complaint',
    find: ({ subject }) =>
      /^(?:email feedback report for ip|complaint about message from) /.test(subject.plain)
        ? 'Subject: feedback report'
        : undefined,
  },
];

/** Notices that an agent of Exchange wrote about somebody else's mail: they are neither answers nor reports. */
export const MAIL_SERVER_RULES: readonly KindRule[] = [
  {
    // The agents that write notices; the Mailbox Rules Agent, which answers for a person, is not among them.
    kind: 'list_bulk',
    find: ({ values }) => {
      const agents = ['journal agent', 'transport rule agent', 'dc pre content filter agent'];
      const agent = values('X-MS-Exchange-Generated-Message-Source').find((value) => agents.includes(value));
      return agent === undefined ? undefined : `X-MS-Exchange-Generated-Message-Source: ${agent}`;
    },
  },
];

/**
 * Reports without a machine-readable form, by who wrote them. A server's own name decides by itself. Postmaster may be
 * a person, and a null return path or Auto-Submitted is found on automatic replies too, so there the subject has to say
 * the rest.
 */
export const DELIVERY_RULES: readonly KindRule[] = [
  ...bySubject(serverAsSender),
  ...bySubject(failedRecipients),
  ...bySubject((signals) => (isFromPostmaster(signals) && isMachine(signals) ? 'From: postmaster' : undefined)),
  ...bySubject((signals) => (isFromPostmaster(signals) && speaksOfDelivery(signals) ? 'From: postmaster' : undefined)),
  ...bySubject((signals) => (isMachine(signals) && startsAsReport(signals) ? 'sent by a machine' : undefined)),
  ...bySubject((signals) => {
    const administrator = signals.from.text.includes('system administrator');
    return administrator && startsAsReport(signals) ? 'From: System Administrator' : undefined;
  }),
  ...bySubject(({ subject, answersSomething }) => {
    const known = !answersSomething && leadingPhrase(subject.plain, UNMISTAKABLE) !== undefined;
    return known ? 'answers nothing' : undefined;
  }),
  {
    // fml and BlackJumboDog refuse mail to a list like this; Sisimai knows it.
    kind: 'bounce',
    find: ({ subject }) =>
      /^you (?:\S{1,254} )?are not member \(/.test(subject.plain) ? 'Subject: not member' : undefined,
  },
];

/**
 * What else carries a null return path and answers nothing. RFC 5321 section 4.5.5 keeps that path for reports and
 * answers; Chatwoot, osTicket and FreeScout take it as a bounce.
 */
export const NULL_RETURN_PATH_RULES: readonly KindRule[] = [
  ...bySubject(({ nullReturnPath }) => (nullReturnPath ? 'Return-Path: <>' : undefined)),
];

/** The three kinds of a report: delay and success by what the subject says, everything else a failure. */
function bySubject(find: (signals: Signals) => string | undefined): KindRule[] {
  const when = (applies: (signals: Signals) => boolean) => (signals: Signals) => {
    const signal = find(signals);
    if (signal === undefined || !applies(signals)) return undefined;
    return `${signal}; Subject: ${signals.subject.text.slice(0, 80)}`;
  };
  return [
    { kind: 'delay', find: when(saysDelayed) },
    { kind: 'delivery_ok', find: when(saysDelivered) },
    { kind: 'bounce', find: when(() => true) },
  ];
}

/** By subject, or by the comment that sendmail puts into Auto-Submitted. */
function saysDelayed({ subject, autoSubmitted }: Signals): boolean {
  if (autoSubmitted.some((value) => value.includes('(warning-timeout)'))) return true;
  return !saysFailed(subject) && DELAY.some((phrase) => subject.plain.includes(phrase));
}

function saysDelivered({ subject }: Signals): boolean {
  if (DELIVERED_BEFORE_COLON.has(beforeColon(subject.plain))) return true;
  return !saysFailed(subject) && DELIVERED.some((phrase) => subject.plain.includes(phrase));
}

/** `Undeliverable: Your parcel is delayed` is a failure: behind the colon stands the subject of the mail that failed. */
function saysFailed({ plain }: Subject): boolean {
  return FAILED_BEFORE_COLON.has(beforeColon(plain));
}

function startsAsReport({ subject }: Signals): boolean {
  return !subject.isAnswer && leadingPhrase(subject.plain, REPORT_BEGINNINGS) !== undefined;
}

/** Anywhere in the subject only where the message answers nothing: postmaster may be a person who answers. */
function speaksOfDelivery(signals: Signals): boolean {
  const { subject, answersSomething } = signals;
  if (subject.isAnswer || answersSomething) return startsAsReport(signals);
  return REPORT.some((phrase) => subject.plain.includes(phrase));
}

/** RFC 6522 section 3; some writers quote the parameter, some leave it out. */
function isReport({ contentType }: Signals, type: string): boolean {
  return contentType.mediaType === 'multipart/report' && contentType.parameter('report-type') === type;
}

function isMachine({ nullReturnPath, autoSubmitted, contentType }: Signals): boolean {
  return nullReturnPath || autoSubmitted.length > 0 || contentType.mediaType === 'multipart/report';
}

function isFromPostmaster({ from }: Signals): boolean {
  return from.localPart === 'postmaster';
}

function serverAsSender({ from }: Signals): string | undefined {
  return from.isServer ? `From: ${from.text.slice(0, 80)}` : undefined;
}

/** Exim and Gmail name the failed recipients. */
function failedRecipients({ has, values }: Signals): string | undefined {
  return has('X-Failed-Recipients') && values('X-Failed-Recipients').some((value) => value.includes('@'))
    ? 'X-Failed-Recipients'
    : undefined;
}

/** The first words of a subject, when a colon ends them. */
function beforeColon(plain: string): string {
  return plain.slice(0, Math.max(plain.search(/[:：]/), 0)).trim();
}
