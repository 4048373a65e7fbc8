import { expect } from 'chai';

import { kindOf, type Kind, type KindEvidence } from '../../../connector/src/mail/kind.ts';

type Fields = Record<string, string>;

const ANSWER = { From: 'lena@lead.example.org', Subject: 'Re: Spring offer', 'In-Reply-To': '<offer@rep.example.com>' };
const REPORT = 'multipart/report; report-type=delivery-status; boundary="x"';
const NOTIFICATION = 'multipart/report; report-type=disposition-notification; boundary="x"';
const VIA_LIST = {
  Precedence: 'list',
  'List-Id': '<sales.lists.example.org>',
  'List-Post': '<mailto:sales@lists.example.org>',
  'List-Unsubscribe': '<mailto:sales+unsubscribe@lists.example.org>',
  'X-BeenThere': 'sales@lists.example.org',
};

describe('a message that looks like another kind', () => {
  const cases: [title: string, kind: Kind, fields: Fields, evidence?: KindEvidence][] = [
    ['is by a person who asks others not to answer', 'human', { ...ANSWER, 'X-Auto-Response-Suppress': 'All' }],
    ['is by a person who answers through a mailing list', 'human', { ...ANSWER, ...VIA_LIST }],
    [
      'is by a person who answers through a list with bulk precedence',
      'human',
      { ...ANSWER, ...VIA_LIST, Precedence: 'bulk' },
    ],
    [
      'is by a person who answers through a list that rewrites the sender',
      'human',
      {
        ...ANSWER,
        ...VIA_LIST,
        From: 'Lena via Sales <sales@lists.example.org>',
        Sender: 'sales-bounces@lists.example.org',
      },
    ],
    [
      'is by a person whose list drops In-Reply-To, once it has matched',
      'human',
      { From: 'lena@lead.example.org', Subject: 'Spring offer', ...VIA_LIST },
      { answersTrackedMail: true },
    ],
    [
      'is list mail when it answers nothing',
      'list_bulk',
      { From: 'lena@lead.example.org', Subject: 'News', ...VIA_LIST },
    ],
    ['is by a person who is away soon', 'human', { ...ANSWER, Subject: 'Re: Away next week' }],
    ['is by a person who begins with being away', 'human', { ...ANSWER, Subject: 'Away until Monday, then gladly' }],
    [
      'is by a person who answers an automatic reply',
      'human',
      { ...ANSWER, Subject: 'RE: Automatic reply: Spring offer' },
    ],
    ['is by a person who answers a bounce', 'human', { ...ANSWER, Subject: 'Re: Undeliverable: Spring offer' }],
    [
      'is by a person who speaks of a bounce',
      'human',
      { ...ANSWER, Subject: 'Spring offer (the last one was undeliverable)' },
    ],
    ['is by a person who accepts the offer', 'human', { ...ANSWER, Subject: 'Accepted: Spring offer' }],
    ['is by a person who has read the offer', 'human', { ...ANSWER, Subject: 'Read: Spring offer' }],
    ['is by a person who says so in Auto-Submitted', 'human', { ...ANSWER, 'Auto-Submitted': 'no' }],
    [
      'is by a person whose mail program writes that nothing answered automatically',
      'human',
      { ...ANSWER, 'X-Autoreply': 'no', 'X-Autoresponder': 'No', 'X-Autorespond': '' },
    ],
    [
      'is by a person who answers an automatic reply in French',
      'human',
      { From: 'lena@lead.example.org', Subject: 'RÉP : Automatic reply: Offre' },
    ],
    ['is by a person who answers with no-reply as address', 'human', { ...ANSWER, From: 'no-reply@lead.example.org' }],
    [
      'is a forward by a rule of Exchange',
      'forward',
      {
        From: 'lena@lead.example.org',
        Subject: 'FW: Spring offer',
        'X-MS-Exchange-Inbox-Rules-Loop': 'lena@lead.example.org',
      },
    ],
    [
      'is a forward by a rule of Exchange that names its agent',
      'forward',
      { ...ANSWER, Subject: 'FW: Spring offer', 'X-MS-Exchange-Generated-Message-Source': 'Mailbox Rules Agent' },
    ],
    [
      'is a forward that has lost its return path',
      'forward',
      { ...ANSWER, Subject: 'Fwd: Spring offer', 'Return-Path': '<>' },
    ],
    [
      'is an out of office by a rule of Exchange',
      'auto_reply',
      {
        From: 'lena@lead.example.org',
        Subject: 'I am in the mountains',
        'Auto-Submitted': 'auto-generated',
        'X-MS-Exchange-Inbox-Rules-Loop': 'lena@lead.example.org',
      },
    ],
    [
      'is an out of office by the agent of Exchange',
      'auto_reply',
      {
        From: 'lena@lead.example.org',
        Subject: 'I am in the mountains',
        'Auto-Submitted': 'auto-generated',
        'X-MS-Exchange-Generated-Message-Source': 'Mailbox Rules Agent',
      },
    ],
    [
      'is an out of office without any standard field',
      'auto_reply',
      { From: 'lena@lead.example.org', Subject: 'Automatic reply: Spring offer' },
    ],
    [
      'is an out of office that quotes a report',
      'auto_reply',
      {
        From: 'lena@lead.example.org',
        Subject: 'Automatic reply: Delivery report',
        'Auto-Submitted': 'auto-replied',
        'Return-Path': '<>',
      },
    ],
    [
      'is a calendar message that Google sends as generated',
      'calendar',
      {
        From: 'Lena <lena@lead.example.org>',
        Sender: 'Google Calendar <calendar-notification@google.com>',
        Subject: 'Invitation: Call @ Tue 3 Mar 2026',
        'Auto-Submitted': 'auto-generated',
      },
    ],
    [
      'is a calendar message though it answers the mail',
      'calendar',
      { ...ANSWER, Subject: 'Declined: Call', 'Content-Type': 'text/calendar; method=REPLY' },
    ],
    [
      'is a delay whose report says so',
      'delay',
      { From: 'MAILER-DAEMON@mx.example', Subject: 'Undelivered Mail Returned to Sender', 'Content-Type': REPORT },
      { report: { action: 'delayed' } },
    ],
    [
      'is a delay whose subject says so',
      'delay',
      { From: 'MAILER-DAEMON@mx.example', Subject: 'Delayed Mail (still being retried)', 'Content-Type': REPORT },
    ],
    [
      'is a bounce whose mail spoke of a delay',
      'bounce',
      {
        From: 'postmaster@lead.example.org',
        Subject: 'Undeliverable: Delayed shipment (success)',
        'Content-Type': REPORT,
      },
    ],
    [
      'is a bounce of a Sieve script',
      'bounce',
      {
        From: 'postmaster@lead.example.org',
        Subject: 'Rejected: Spring offer',
        'Content-Type': NOTIFICATION,
        'Auto-Submitted': 'auto-replied (rejected)',
        Precedence: 'bulk',
      },
      {
        report: {
          disposition: 'automatic-action/MDN-sent-automatically; deleted',
          originalMessageId: 'offer@rep.example.com',
        },
      },
    ],
    [
      'is a read receipt that says it was replied automatically',
      'read_receipt',
      { ...ANSWER, 'Content-Type': NOTIFICATION, 'Auto-Submitted': 'auto-replied', 'Return-Path': '<>' },
    ],
    [
      'is an automatic reply in bulk without a return path',
      'auto_reply',
      { ...ANSWER, Precedence: 'junk', 'Return-Path': '<>' },
    ],
    [
      'is a notice that the postmaster of Exchange sends about a rule',
      'list_bulk',
      {
        From: 'postmaster@lead.example.org',
        Subject: 'Undeliverable: Spring offer',
        'X-MS-Exchange-Generated-Message-Source': 'Journal Agent',
      },
    ],
  ];
  for (const [title, kind, fields, evidence] of cases) {
    it(title, () => expect(kindOf(Object.entries(fields), evidence)).to.include({ kind }));
  }
});
