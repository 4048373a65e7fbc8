import { ANSWER, KIND_TEST, PAGE_TEST, TRAP_TEST, type KindRow } from './kind-row.ts';

/** Sender checks and calendars. */
export const OTHER_ROWS: readonly KindRow[] = [
  {
    kind: 'challenge',
    arrives: 'BoxTrapper asks the sender to confirm',
    decides: '`X-Boxtrapper`, or `Subject` begins with `Your email requires verification verify#`',
    source: 'cPanel',
    test: [KIND_TEST, 'kindOf calls challenge: BoxTrapper by its field'],
    examples: [
      { header: `${ANSWER}\nX-Boxtrapper: a1b2` },
      { header: 'From: lena@lead.example.org\nSubject: Your email requires verification verify#a1b2' },
    ],
  },
  {
    kind: 'challenge',
    arrives: 'Boxbe or Spam Arrest asks the sender to confirm',
    decides: '`From` is a no-reply address of `boxbe.com` or `spamarrest.com`',
    source: 'Boxbe, Spam Arrest',
    test: [KIND_TEST, 'kindOf calls challenge: Boxbe, which looks like a delivery report'],
    examples: [{ header: ANSWER.replace('Lena Berg <lena@lead.example.org>', 'noreply@boxbe.com') }],
  },
  {
    kind: 'calendar',
    arrives: 'An invitation, or the answer to one',
    decides: '`Content-Type: text/calendar`',
    source: 'RFC 6047, 2.4',
    test: [TRAP_TEST, 'a message that looks like another kind is a calendar message though it answers the mail'],
    examples: [
      { header: `${ANSWER.replace('Re: Spring offer', 'Accepted: Call')}\nContent-Type: text/calendar; method=REPLY` },
    ],
  },
  {
    kind: 'calendar',
    arrives: 'A meeting message of Exchange',
    decides: '`Content-Class: urn:content-classes:calendarmessage`',
    source: 'MS-OXCMAIL, 2.1.3.2.1',
    test: [KIND_TEST, 'kindOf calls calendar: a meeting message of Exchange'],
    examples: [
      {
        header: `${ANSWER.replace('Re: Spring offer', 'Declined: Call')}\nContent-Class: urn:content-classes:calendarmessage`,
      },
    ],
  },
  {
    kind: 'calendar',
    arrives: 'An invitation of Google Calendar, which looks automatic',
    decides: '`Sender` or `From` is `calendar-notification@google.com`',
    source: 'Google Calendar',
    test: [TRAP_TEST, 'a message that looks like another kind is a calendar message that Google sends as generated'],
    examples: [
      {
        header: `From: Lena Berg <lena@lead.example.org>
Sender: Google Calendar <calendar-notification@google.com>
Subject: Invitation: Call @ Tue 3 Mar 2026
Auto-Submitted: auto-generated`,
      },
    ],
  },
];

/** What these signals decide only where a message answers no tracked mail. No Task is written for it then. */
export const UNANSWERING_ROWS: readonly KindRow[] = [
  {
    kind: 'calendar',
    arrives: 'An invitation or an answer to one, known by its subject',
    decides:
      '`Subject` begins with `Accepted:`, `Zugesagt:` and the like, or with `Invitation:` and names a time after `@`',
    source: 'Outlook, Google Calendar',
    test: [KIND_TEST, 'kindOf calls calendar: an answer by its subject'],
    examples: [{ header: 'From: lena@lead.example.org\nSubject: Zugesagt: Gespräch' }],
  },
  {
    kind: 'delay',
    arrives: 'A delay, known by its subject or by a mail that nobody can answer',
    decides: '`Subject` begins as the reports of the known mail servers do, or `Return-Path: <>`; and words of a delay',
    source: 'RFC 5321, 4.5.5; Postfix, Exim, Gmail, Exchange',
    test: [
      PAGE_TEST,
      'the page of reply kinds shows what is decided when: A delay, known by its subject or by a mail that nobody can answer',
    ],
    examples: [
      { header: 'From: robot@mx.example.org\nSubject: Delivery Status Notification (Delay)' },
      { header: 'Return-Path: <>\nFrom: robot@mx.example.org\nSubject: Mail to lena@lead.example.org delayed' },
    ],
  },
  {
    kind: 'delivery_ok',
    arrives: 'A success, known by its subject or by a mail that nobody can answer',
    decides: '`Subject` begins as the reports of the known mail servers do, or `Return-Path: <>`; and words of success',
    source: 'RFC 5321, 4.5.5; Postfix, Gmail, Exchange',
    test: [
      PAGE_TEST,
      'the page of reply kinds shows what is decided when: A success, known by its subject or by a mail that nobody can answer',
    ],
    examples: [
      { header: 'From: robot@mx.example.org\nSubject: Delivery Status Notification (Success)' },
      { header: 'Return-Path: <>\nFrom: robot@mx.example.org\nSubject: Delivered: Spring offer' },
    ],
  },
  {
    kind: 'bounce',
    arrives: 'A bounce, known by its subject or by a mail that nobody can answer',
    decides: '`Subject` begins as the reports of the known mail servers do, or `Return-Path: <>`',
    source: 'RFC 5321, 4.5.5; Postfix, Exim, Gmail, Exchange, qmail',
    test: [KIND_TEST, 'kindOf calls bounce: a phrase of Postfix without anything else'],
    examples: [
      { header: 'From: robot@mx.example.org\nSubject: Undelivered Mail Returned to Sender' },
      { header: 'Return-Path: <>\nFrom: robot@mx.example.org\nSubject: Sorry' },
    ],
  },
  {
    kind: 'list_bulk',
    arrives: 'A notice that a program sent of its own accord',
    decides: '`Auto-Submitted` with any value but `no`',
    source: 'RFC 3834, 5',
    test: [KIND_TEST, 'kindOf calls list_bulk: a notice that answers nothing'],
    examples: [{ header: 'From: cron@lead.example.org\nSubject: Backup done\nAuto-Submitted: auto-generated' }],
  },
  {
    kind: 'list_bulk',
    arrives: 'A newsletter or a post to a mailing list',
    decides:
      'Fields of a list (`List-Id`, `List-Unsubscribe` and others), `Precedence: bulk`, a no-reply sender, a list as sender',
    source: 'RFC 2369, RFC 2919; Mailman, majordomo, LISTSERV',
    test: [KIND_TEST, 'kindOf calls list_bulk: a newsletter'],
    examples: [
      { header: 'From: news@lead.example.org\nSubject: News\nList-Unsubscribe: <mailto:leave@lead.example.org>' },
      { header: 'From: no-reply@lead.example.org\nSubject: Your invoice' },
    ],
  },
  {
    kind: 'human',
    arrives: 'A person writes anew, even from the address that was written to',
    decides: 'No sign of a machine',
    source: 'What no other row applies to',
    test: [KIND_TEST, 'kindOf calls human: a new mail'],
    examples: [{ header: 'From: lena@lead.example.org\nSubject: Question' }],
  },
];
