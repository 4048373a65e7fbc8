import type { DeliveryReport } from '../../connector/src/mail/delivery-report.ts';
import { ANSWER, KIND_TEST, PAGE_TEST, TRAP_TEST, type Example, type KindRow } from './kind-row.ts';

const SERVER = 'Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@mx.example.org>';
const STATUS = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"';
const NOTIFICATION = 'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"';

/** The signs by which a mail server is known whose report has no machine-readable form. */
const SERVER_SIGNS = [
  'From: MAILER-DAEMON@mx.example.org',
  'From: robot@mx.example.org\nX-Failed-Recipients: lena@lead.example.org',
  'Return-Path: <>\nFrom: postmaster@mx.example.org',
  'From: postmaster@mx.example.org',
  'Return-Path: <>\nFrom: robot@mx.example.org',
  'From: System Administrator <robot@mx.example.org>',
];
const SIGNS_SOURCE = 'Postfix, sendmail, Exim, Gmail, Exchange; Sisimai reads them so';

function report(action: NonNullable<DeliveryReport['action']>): Example {
  return { header: `${SERVER}\nSubject: Delivery report\n${STATUS}`, report: { action } };
}

function byStatus(subject: string): Example[] {
  return [{ header: `${SERVER}\nSubject: ${subject}\n${STATUS}` }];
}

function byServer(subject: string): Example[] {
  return SERVER_SIGNS.map((sign) => ({ header: `${sign}\nSubject: Delivery Status Notification (${subject})` }));
}

/** What mail servers and mail programs report about a mail. */
export const REPORT_ROWS: readonly KindRow[] = [
  {
    kind: 'bounce',
    arrives: 'A mail server reports a failure',
    decides: 'The report says `Action: failed`',
    source: 'RFC 3464, 2.3.3',
    test: [KIND_TEST, 'kindOf calls bounce: a failure by its report'],
    examples: [report('failed')],
  },
  {
    kind: 'delay',
    arrives: 'A mail server reports a delay, whatever the subject says',
    decides: 'The report says `Action: delayed`',
    source: 'RFC 3464, 2.3.3',
    test: [KIND_TEST, 'kindOf calls delay: a delay by its report, whatever the subject'],
    examples: [report('delayed')],
  },
  {
    kind: 'delivery_ok',
    arrives: 'A mail server reports success',
    decides: 'The report says `Action: delivered`, `relayed` or `expanded`',
    source: 'RFC 3464, 2.3.3',
    test: [KIND_TEST, 'kindOf calls delivery_ok: a delivered mail'],
    examples: [report('delivered'), report('relayed'), report('expanded')],
  },
  {
    kind: 'bounce',
    arrives: 'A filter of the recipient refuses the mail',
    decides:
      'A read receipt with `Auto-Submitted: auto-replied (rejected)`, unless it says that the mail was displayed',
    source: 'RFC 5429, 2.1.2; Pigeonhole',
    test: [TRAP_TEST, 'a message that looks like another kind is a bounce of a Sieve script'],
    examples: [{ header: `From: lena@lead.example.org\n${NOTIFICATION}\nAuto-Submitted: auto-replied (rejected)` }],
  },
  {
    kind: 'read_receipt',
    arrives: 'A read receipt: the mail was opened, or deleted unread',
    decides: '`Content-Type: multipart/report` with `report-type=disposition-notification`',
    source: 'RFC 8098, 3',
    test: [KIND_TEST, 'kindOf calls read_receipt: a receipt'],
    examples: [{ header: `From: lena@lead.example.org\nSubject: Read: Spring offer\n${NOTIFICATION}` }],
  },
  {
    kind: 'complaint',
    arrives: 'A provider reports that the mail was marked as spam',
    decides: '`Content-Type: multipart/report` with `report-type=feedback-report`',
    source: 'RFC 5965, 2',
    test: [KIND_TEST, 'kindOf calls complaint: a feedback report'],
    examples: [
      {
        header: `From: feedback@provider.example
Subject: FW: Spring offer
Content-Type: multipart/report; report-type=feedback-report; boundary="b"`,
      },
    ],
  },
  {
    kind: 'delay',
    arrives: 'A report of a delay whose inside cannot be read',
    decides: '`report-type=delivery-status`, and words of a delay in `Subject`',
    source: 'RFC 3464, 2; Postfix, Gmail, Exchange',
    test: [KIND_TEST, 'kindOf calls delay: a delay notice of Postfix, which looks like a bounce'],
    examples: byStatus('Delayed Mail (still being retried)'),
  },
  {
    kind: 'delivery_ok',
    arrives: 'A report of success whose inside cannot be read',
    decides: '`report-type=delivery-status`, and words of success in `Subject`',
    source: 'RFC 3464, 2; Postfix, Exchange',
    test: [KIND_TEST, 'kindOf calls delivery_ok: a success notice of Postfix'],
    examples: byStatus('Successful Mail Delivery Report'),
  },
  {
    kind: 'bounce',
    arrives: 'Any other report whose inside cannot be read',
    decides: '`report-type=delivery-status`, without words of a delay or of success',
    source: 'RFC 3464, 2',
    test: [KIND_TEST, 'kindOf calls bounce: a failure by its type'],
    examples: byStatus('Undelivered Mail Returned to Sender'),
  },
  {
    kind: 'read_receipt',
    arrives: 'A read receipt that is known by its subject',
    decides:
      '`Subject` begins with `Read:`, `Gelesen:` and the like, in a mail that nobody can answer (`Return-Path: <>`)',
    source: 'RFC 8098, 2.1; Outlook, Thunderbird',
    test: [KIND_TEST, 'kindOf calls read_receipt: a receipt by its subject'],
    examples: [{ header: 'Return-Path: <>\nFrom: lena@lead.example.org\nSubject: Gelesen: Angebot' }],
  },
  {
    kind: 'complaint',
    arrives: 'A spam report of AOL or Hotmail',
    decides: '`Subject` begins with `Email Feedback Report for IP` or `complaint about message from`',
    source: 'AOL, Hotmail; Sisimai reads it so',
    test: [KIND_TEST, 'kindOf calls complaint: a report of AOL'],
    examples: [{ header: 'From: reports@provider.example\nSubject: Email Feedback Report for IP 192.0.2.1' }],
  },
  {
    kind: 'delay',
    arrives: 'A mail server writes of a delay, in words only',
    decides: 'A sign of a mail server (below), and words of a delay in `Subject`',
    source: SIGNS_SOURCE,
    test: [KIND_TEST, 'kindOf calls delay: a delay notice of Gmail'],
    examples: byServer('Delay'),
  },
  {
    kind: 'delivery_ok',
    arrives: 'A mail server writes of success, in words only',
    decides: 'A sign of a mail server (below), and words of success in `Subject`',
    source: SIGNS_SOURCE,
    test: [
      PAGE_TEST,
      'the page of reply kinds shows what is decided when: A mail server writes of success, in words only',
    ],
    examples: byServer('Success'),
  },
  {
    kind: 'bounce',
    arrives: 'A mail server writes of anything else, in words only',
    decides: 'A sign of a mail server (below), without words of a delay or of success in `Subject`',
    source: SIGNS_SOURCE,
    test: [KIND_TEST, 'kindOf calls bounce: a mail server that names itself'],
    examples: byServer('Failure'),
  },
  {
    kind: 'bounce',
    arrives: 'A mailing list refuses the mail',
    decides: '`Subject` begins with `You ... are not member (`',
    source: 'fml, BlackJumboDog; Sisimai reads it so',
    test: [KIND_TEST, 'kindOf calls bounce: a list manager that refuses'],
    examples: [
      { header: `From: list-admin@lists.example.org\nSubject: You rep@rep.example.com are not member (users ML)` },
    ],
  },
  {
    kind: 'list_bulk',
    arrives: 'Exchange notifies an administrator',
    decides: '`X-MS-Exchange-Generated-Message-Source` names the journal, transport rule or filter agent',
    source: 'Exchange',
    test: [KIND_TEST, 'kindOf calls list_bulk: a notice of a transport rule'],
    examples: [{ header: `${ANSWER}\nX-MS-Exchange-Generated-Message-Source: Journal Agent` }],
  },
];
