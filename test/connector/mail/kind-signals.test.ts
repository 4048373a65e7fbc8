import { Buffer } from 'node:buffer';
import { expect } from 'chai';

import { parseHeaderBlock } from '../../../connector/src/mail/header-block.ts';
import type { HeaderBlock } from '../../../connector/src/mail/header-field.ts';
import { kindOf, type Kind, type KindEvidence } from '../../../connector/src/mail/kind.ts';

const decide = (lines: string, evidence?: KindEvidence) => kindOf(parseHeaderBlock(Buffer.from(lines)), evidence);

const ANSWER = 'From: Ann <ann@x.org>\nSubject: Re: Offer\nIn-Reply-To: <sent@y>\n';
const DSN = 'Content-Type: multipart/report; report-type=delivery-status; boundary=b\n';
const MDN = 'Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n';
const REJECTED = 'Auto-Submitted: auto-replied (rejected)\n';

type Case = [title: string, signal: string, lines: string, evidence?: KindEvidence];

/** One message for each rule in which no other rule finds anything. */
const DECIDING: Partial<Record<Kind, Case[]>> = {
  bounce: [
    ['the action of the report', 'Action: failed', DSN, { report: { action: 'failed' } }],
    ['a refusal by Sieve', 'Auto-Submitted: auto-replied (rejected)', MDN + REJECTED],
    [
      'a refusal by Sieve in a report that names the recipient alone',
      'Auto-Submitted: auto-replied (rejected)',
      MDN + REJECTED,
      { report: { recipient: 'a@x.org' } },
    ],
    ['the type of the message', 'report-type=delivery-status; Subject: Sorry', `${DSN}Subject: Sorry`],
    [
      'a type with blanks around its parameter',
      'report-type=delivery-status; Subject: Sorry',
      'Content-Type: multipart/report ; report-type = "delivery-status" \nSubject: Sorry',
    ],
    ['a server by its address', 'From: mdaemon@x.org; Subject: Sorry', 'From: MDaemon@x.org\nSubject: Sorry'],
    ['a server that leaves a blank for its address', 'From: < >; Subject: Sorry', 'From: < >\nSubject: Sorry'],
    [
      'one failed recipient that is an address',
      'X-Failed-Recipients; Subject: Sorry',
      'From: robot@x.org\nSubject: Sorry\nX-Failed-Recipients: unknown\nX-Failed-Recipients: ann@x.org',
    ],
    [
      'a postmaster that is a machine',
      'From: postmaster; Subject: Sorry',
      'From: postmaster@x.org\nSubject: Sorry\nAuto-Submitted: auto-generated',
    ],
    [
      'a postmaster who speaks of a delivery and answers nothing',
      'From: postmaster; Subject: Your mail could not be delivered',
      'From: postmaster@x.org\nSubject: Your mail could not be delivered',
    ],
    [
      'a postmaster whose answer begins as a report does',
      'From: postmaster; Subject: Undeliverable: Offer',
      'From: postmaster@x.org\nSubject: Undeliverable: Offer\nIn-Reply-To: <sent@y>',
    ],
    [
      'a machine by Auto-Submitted whose subject begins as a report does',
      'sent by a machine; Subject: Delivery failed',
      'From: robot@x.org\nSubject: Delivery failed\nAuto-Submitted: auto-generated',
    ],
    [
      'a machine by Return-Path whose subject begins as a report does',
      'sent by a machine; Subject: Delivery failed',
      'From: robot@x.org\nSubject: Delivery failed\nIn-Reply-To: <sent@y>\nReturn-Path: <>',
    ],
    [
      'a machine by Content-Type whose subject begins as a report does',
      'sent by a machine; Subject: Delivery failed',
      'From: robot@x.org\nSubject: Delivery failed\nContent-Type: multipart/report; boundary=b',
    ],
    [
      'a system administrator',
      'From: System Administrator; Subject: Delivery failed',
      'From: System Administrator <admin@x.org>\nSubject: Delivery failed',
    ],
    [
      'a phrase that nobody begins a new mail with',
      'answers nothing; Subject: Failure notice',
      'From: robot@x.org\nSubject: Failure notice',
    ],
    [
      'a list that has no such member',
      'Subject: not member',
      'From: ann@x.org\nSubject: You are not member (users ML)',
    ],
    ['a null return path alone', 'Return-Path: <>; Subject: Sorry', 'From: a@x.org\nReturn-Path: <>\nSubject: Sorry'],
    ['a null return path without a subject', 'Return-Path: <>; Subject: ', 'From: a@x.org\nReturn-Path: <>\n'],
    [
      'a null return path though a field asks for nothing',
      'Return-Path: <>; Subject: Sorry',
      'Return-Path: <>\nSubject: Sorry\nX-Auto-Response-Suppress: None\nX-Auto-Response-Suppress:\nPrecedence: not-bulk',
    ],
  ],
  delay: [['the action of the report', 'Action: delayed', DSN, { report: { action: 'delayed' } }]],
  delivery_ok: [
    ['the action of the report', 'Action: relayed', DSN, { report: { action: 'relayed' } }],
    [
      'a prefix with a blank before its colon',
      'report-type=delivery-status; Subject: Remis : Offre',
      `${DSN}Subject: Remis : Offre`,
    ],
  ],
  read_receipt: [
    ['the type of the message', 'report-type=disposition-notification', `${MDN}Subject: Offer`],
    [
      'the disposition of the report',
      'report-type=disposition-notification',
      'Subject: Offer\nIn-Reply-To: <sent@y>',
      { report: { disposition: 'manual-action/MDN-sent-manually; displayed' } },
    ],
    [
      'a disposition that says displayed where a field says rejected',
      'report-type=disposition-notification',
      MDN + REJECTED,
      { report: { disposition: 'manual-action/MDN-sent-manually; Displayed' } },
    ],
    [
      'the subject of a report without a type',
      'Subject: read',
      'Subject: Read: Offer\nContent-Type: multipart/report; boundary=b',
    ],
    ['the subject behind a null return path', 'Subject: gelesen', 'Return-Path: <>\nSubject: Gelesen: Angebot'],
  ],
  complaint: [
    [
      'the type of the message',
      'report-type=feedback-report',
      'Content-Type: multipart/report; report-type=feedback-report',
    ],
    ['the subject', 'Subject: feedback report', 'Subject: Complaint about message from 192.0.2.1'],
  ],
  calendar: [
    ['the type of the message', 'Content-Type: text/calendar', `${ANSWER}Content-Type: text/calendar`],
    [
      'the type before its method',
      'Content-Type: text/calendar',
      `${ANSWER}Content-Type: Text/Calendar ; method=REPLY`,
    ],
    [
      'the class of the message',
      'Content-Class: urn:content-classes:calendarmessage',
      `${ANSWER}Content-Class: urn:content-classes:calendarmessage`,
    ],
    [
      'Google as Sender',
      'Sender: calendar-notification@google.com',
      `${ANSWER}Sender: Google Calendar <calendar-notification@google.com>`,
    ],
    [
      'Google as author',
      'Sender: calendar-notification@google.com',
      'From: Google Calendar <calendar-notification@google.com>\nSubject: Call',
    ],
    ['a subject with a blank before its colon', 'Subject: accepte', 'From: ann@x.org\nSubject: Accepté : Appel'],
    [
      'a subject where In-Reply-To is blank',
      'Subject: accepted',
      'From: ann@x.org\nIn-Reply-To: \t\nSubject: Accepted: Call',
    ],
    [
      'the subject of an invitation',
      'Subject: invitation',
      'From: ann@x.org\nSubject: Invitation: Call @ Tue 5 May 2026',
    ],
  ],
  challenge: [
    ['the field of BoxTrapper', 'X-Boxtrapper', `${ANSWER}X-Boxtrapper: a1`],
    ['the subject of BoxTrapper', 'Subject: verify#', 'Subject: Your email requires verification verify#a1'],
    ['the address of Boxbe', 'From: boxbe.com', 'From: noreply@boxbe.com\nSubject: Re: Offer'],
  ],
  auto_reply: [
    [
      'Auto-Submitted of a message that answers nothing',
      'Auto-Submitted: auto-replied (vacation)',
      'Subject: Thanks\nAuto-Submitted: auto-replied (vacation)',
    ],
    [
      'Auto-Submitted of a message that says no behind it',
      'Auto-Submitted: auto-replied (say no)',
      'Subject: Thanks\nAuto-Submitted: auto-replied (say no)',
    ],
    [
      'Auto-Submitted with a comment that Sieve writes, where no receipt was asked for',
      'Auto-Submitted: auto-replied (rejected)',
      ANSWER + REJECTED,
    ],
    ['Auto-Submitted of any answer', 'Auto-Submitted: auto-generated', `${ANSWER}Auto-Submitted: auto-generated`],
    ['a field of a vendor', 'X-Autoreply: yes', `${ANSWER}X-Autoreply: yes`],
    ['the subject', 'Subject: automatic reply', 'Subject: Automatic reply: Offer'],
    ['the prefix of Notes', 'Subject: AUTO:', 'Subject: AUTO: back on Monday'],
    [
      'the agent of Exchange',
      'X-MS-Exchange-Generated-Message-Source: mailbox rules agent',
      'Subject: Thanks\nX-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent',
    ],
    [
      'a rule of Exchange',
      'X-MS-Exchange-Inbox-Rules-Loop of a mail that wants no answer',
      'Subject: Thanks\nX-MS-Exchange-Inbox-Rules-Loop: a@x.org\nX-Auto-Response-Suppress: All',
    ],
    [
      'a null return path of a mail that wants no answer',
      'X-Auto-Response-Suppress with Return-Path: <>',
      'Subject: Thanks\nReturn-Path: <>\nX-Auto-Response-Suppress: All',
    ],
    [
      'a null return path in bulk',
      'Return-Path: <> with Precedence: bulk',
      'Subject: Thanks\nReturn-Path: <>\nPrecedence: bulk',
    ],
    [
      'a null return path of junk',
      'Return-Path: <> with Precedence: junk',
      'Subject: Thanks\nReturn-Path: <>\nPrecedence: junk',
    ],
    [
      'a null return path of what names a mail',
      'Return-Path: <>',
      'Subject: Thanks\nReturn-Path: <>\nIn-Reply-To: <a@y>',
    ],
    ['a null return path of what looks like an answer', 'Return-Path: <>', 'Subject: Re: Offer\nReturn-Path: <>'],
    ['a return path that stands for a null one', 'Return-Path: <>', `${ANSWER}Return-Path: <MAILER-DAEMON@x.org>`],
    ['a return path that is but the name of a server', 'Return-Path: <>', `${ANSWER}Return-Path: MAILER-DAEMON`],
  ],
  forward: [
    ['the subject', 'Subject: Fwd: Offer', 'Subject: Fwd: Offer'],
    ['the field of Thunderbird', 'X-Forwarded-Message-Id', 'Subject: Offer\nX-Forwarded-Message-Id: <sent@y>'],
    ['the field of CommuniGate', 'X-Autogenerated: Forward', 'Subject: Offer\nX-Autogenerated: Forward'],
    ['the sender who passed it on', 'Resent-From', 'Subject: Offer\nResent-From: ann@x.org'],
  ],
  list_bulk: [
    [
      'an agent of Exchange',
      'X-MS-Exchange-Generated-Message-Source: dc pre content filter agent',
      'Subject: Notice\nX-MS-Exchange-Generated-Message-Source: DC PRE Content Filter Agent',
    ],
    ['a notice', 'Auto-Submitted: auto-generated', 'Subject: Backup done\nAuto-Submitted: auto-generated'],
    ['a list that sends again', 'List-Id', 'Subject: News\nResent-From: ann@x.org\nList-Id: <users.x.org>'],
    ['a precedence', 'Precedence: list', 'Subject: News\nPrecedence: list'],
    ['the other name of a precedence', 'Precedence: bulk', 'Subject: News\nX-Precedence: bulk'],
    ['a sender that reads no answers', 'From: no-reply@x.org', 'From: No-Reply@x.org\nSubject: News'],
    ['a host of newsletters', 'From: ann@newsletter.x.org', 'From: ann@newsletter.x.org\nSubject: News'],
    [
      'a return path of a list',
      'Return-Path of a list',
      'Subject: News\nFrom: ann@x.org\nReturn-Path: <users-bounces@x.org>',
    ],
    [
      'one of several senders',
      'Sender of a list',
      'Subject: News\nFrom: ann@x.org\nSender: ann@x.org, owner-users@x.org',
    ],
  ],
};

describe('the signal that is named', () => {
  for (const [kind, cases] of Object.entries(DECIDING)) {
    for (const [title, signal, lines, evidence] of cases) {
      it(`for ${kind} is ${title}`, () => expect(decide(lines, evidence)).to.deep.equal({ kind, signal }));
    }
  }

  for (const [title, field, value] of [
    ['a subject', 'Subject', 'Fwd: '],
    ['the subject of a report', 'Return-Path: <>\nSubject', ''],
    ['a server', 'From', 'Mail Delivery System '],
    ['a field', 'Auto-Submitted', 'auto-replied '],
  ] as const) {
    it(`is short where ${title} is long`, () => {
      expect(decide(`${field}: ${value}${'long '.repeat(200)}`).signal.length).to.be.within(80, 110);
    });
  }
});

describe('a field that stands twice', () => {
  it('counts with each of its values', () => {
    expect(decide(`${ANSWER}Auto-Submitted: auto-replied\nAuto-Submitted: no`).kind).to.equal('auto_reply');
    expect(decide(`${ANSWER}Auto-Submitted: no\nAuto-Submitted: auto-replied`).kind).to.equal('auto_reply');
  });

  it('is a subject by the first one', () => {
    expect(decide('Subject: Automatic reply: Offer\nSubject: Offer').kind).to.equal('auto_reply');
    expect(decide('Subject: Offer\nSubject: Automatic reply: Offer').kind).to.equal('human');
  });
});

describe('a field that holds nothing but blanks', () => {
  it('names no mail', () => {
    const fields: HeaderBlock = [
      ['Subject', 'Accepted: Call'],
      ['In-Reply-To', ' '],
      ['References', '\r\n\t'],
    ];
    expect(kindOf(fields).kind).to.equal('calendar');
  });
});

describe('what looks like a signal and is none', () => {
  const cases: [title: string, lines: string, evidence?: KindEvidence][] = [
    [
      'the words of a feedback loop behind others',
      'From: ann@x.org\nSubject: My email feedback report for IP 192.0.2.1',
    ],
    ['the words of a list manager behind others', 'From: ann@x.org\nSubject: Do you are not member (users ML)'],
    ['a system administrator who writes', 'From: System Administrator <admin@x.org>\nSubject: Server upgrade'],
    ['the beginning of a report by a person', 'From: ann@x.org\nSubject: Delivery report for May'],
    [
      'a postmaster who answers about a delivery',
      'From: postmaster@x.org\nSubject: Why it could not be delivered\nIn-Reply-To: <sent@y>',
    ],
    ['a postmaster who answers a report', 'From: postmaster@x.org\nSubject: Re: Undeliverable: Offer'],
    ['failed recipients that are no addresses', 'From: ann@x.org\nSubject: Hello\nX-Failed-Recipients: none'],
    ['a type of report in another type of message', `${ANSWER}Content-Type: text/plain; report-type=delivery-status`],
    ['a parameter with a longer name', `${ANSWER}Content-Type: multipart/report; report-types=delivery-status`],
    ['a parameter of another name', `${ANSWER}Content-Type: multipart/report; abcdefghijk=delivery-status`],
    ['empty brackets before an address', 'From: Ann <> <ann@x.org>\nSubject: Hello'],
    ['a return path that ends like a null one', `${ANSWER}Return-Path: <not-mailer-daemon@x.org>`],
    ['an unknown agent of Exchange', 'Subject: Hello\nX-MS-Exchange-Generated-Message-Source: Antispam Agent'],
    ['an acceptance that only References says to be an answer', 'Subject: Accepted: Offer\nReferences: <sent@y>'],
    [
      'an acceptance with an empty In-Reply-To and a second one',
      'Subject: Accepted: Offer\nIn-Reply-To:\nIn-Reply-To: <sent@y>',
    ],
    ['an invitation without a time', 'From: ann@x.org\nSubject: Invitation: dinner'],
    ['a time without an invitation', 'From: ann@x.org\nSubject: Lunch @ noon: fine?'],
    ['a person at a service of challenges', 'From: ann.noreply@boxbe.com\nSubject: Hello'],
    ['a precedence that ends like bulk', 'From: ann@x.org\nSubject: Hello\nPrecedence: not-bulk'],
    ['an address that ends like that of a server', 'From: our.mailer.daemon@x.org\nSubject: Hello'],
    ['an address that begins like that of a server', 'From: mailer.daemon.team@x.org\nSubject: Hello'],
    ['an address with another mark in that of a server', 'From: mailerXdaemon@x.org\nSubject: Hello'],
    ['a mailbox of those who care for autoresponders', `${ANSWER}Delivered-To: autoresponder@x.org`],
    ['a mailbox that is no autoresponder', `${ANSWER}Delivered-To: no-autoresponder`],
    ['a topic that speaks of an autoresponse', `${ANSWER}Thread-Topic: Our autoresponse`],
    ['a mail program that works with KANA', `${ANSWER}X-Mailer: Export of KANA Response`],
    ['a precedence that denies it', `${ANSWER}Precedence: no-auto_reply\nX-Precedence: no-auto_reply`],
    ['a precedence with a longer name', `${ANSWER}Precedence: auto_reply-off\nX-Precedence: auto_reply-off`],
    ['a precedence with another mark', `${ANSWER}Precedence: auto.reply\nX-Precedence: auto.reply`],
    ['a field that generates no reply', `${ANSWER}X-Autogenerated: no reply`],
    ['an action that is no vacation', `${ANSWER}X-Apple-Action: no vacation`],
    ['a field of a machine that says it is not true', `${ANSWER}X-FC-MachineGenerated: not true`],
    ['a field of Amazon that says it is not true', `${ANSWER}X-Amazon-Auto-Reply: untrue`],
    ['a club of homeowners', 'From: ann@x.org\nSubject: Hello\nReturn-Path: <homeowner-club@x.org>'],
    ['an administrator', 'From: ann@x.org\nSubject: Hello\nReturn-Path: <ann-administrator@x.org>'],
    ['a person called Bounces', 'From: ann@x.org\nSubject: Hello\nReturn-Path: <bouncesky@x.org>'],
    ['a person called Noreplyson', 'From: noble.reply@x.org\nSubject: Hello'],
    ['an answer about who is away', 'From: ann@x.org\nSubject: Re: Bob is out of the office'],
    ['a word that begins like being away', 'From: ann@x.org\nSubject: Ooops, no reply yet'],
  ];
  for (const [title, lines, evidence] of cases) {
    it(`is ${title}`, () => expect(decide(lines, evidence).kind).to.equal('human'));
  }
});
