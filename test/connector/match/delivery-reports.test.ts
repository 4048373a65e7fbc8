import { expect } from 'chai';

import { readDeliveryReport } from '../../../connector/src/mail/delivery-report.ts';
import { kindOf, type Kind } from '../../../connector/src/mail/kind.ts';
import { citedIds } from '../../../connector/src/match/cited-ids.ts';
import { composeReplies } from '../../../connector/src/match/compose-replies.ts';
import { matchReply } from '../../../connector/src/match/match-reply.ts';
import { headers, trackedMail } from './sample-mail.ts';

const MAIL = trackedMail({
  recipients: [
    { address: 'lena@lead.example.org', role: 'To', personId: 'lena' },
    { address: 'omar@lead.example.org', role: 'To', personId: 'omar' },
  ],
});

const POSTFIX = `
  Return-Path: <>
  Date: Tue,  3 Mar 2026 10:00:05 +0100 (CET)
  From: MAILER-DAEMON@mx.rep.example.com (Mail Delivery System)
  To: ida@rep.example.com
  Auto-Submitted: auto-replied
  Content-Type: multipart/report; report-type=delivery-status; boundary="4AB.1772528405/mx.rep.example.com"
  Message-Id: <20260303090005.4AB@mx.rep.example.com>
`;

const PIGEONHOLE = `
  Return-Path: <>
  From: Mail Delivery Subsystem <postmaster@lead.example.org>
  To: <ida@rep.example.com>
  Subject: Rejected: Spring offer
  Message-ID: <dovecot-sieve-1772528405-0@mx.lead.example.org>
  Auto-Submitted: auto-replied (rejected)
  Precedence: bulk
  Content-Type: multipart/report; report-type=disposition-notification; boundary="4712/mx.lead.example.org"
`;

const RETURNED = `Received: from rep.example.com (localhost [127.0.0.1])
	by mx.rep.example.com (Postfix) with ESMTP id 4AB
Message-ID: <offer@rep.example.com>
Subject: Spring offer
From: Ida <ida@rep.example.com>
To: lena@lead.example.org, omar@lead.example.org

Good morning`;

const status = (action: string, code: string): string => `Reporting-MTA: dns; mx.rep.example.com
Original-Envelope-Id: 3f1a
X-Postfix-Queue-ID: 4AB
X-Postfix-Sender: rfc822; ida@rep.example.com
Arrival-Date: Tue,  3 Mar 2026 10:00:00 +0100 (CET)

Final-Recipient: rfc822; omar@lead.example.org
Original-Recipient: rfc822;omar@lead.example.org
Action: ${action}
Status: ${code}
Diagnostic-Code: X-Postfix; connect to lead.example.org[192.0.2.9]:25:
    Connection refused
`;

const DISPOSITION = `Reporting-UA: mx.lead.example.org; Dovecot Mail Delivery Agent
Final-Recipient: rfc822; omar@lead.example.org
Original-Message-ID: <offer@rep.example.com>
Disposition: automatic-action/MDN-sent-automatically; deleted
`;

const crlf = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));

/** What becomes of a report whose parts were read, from its header fields to the replies. */
function answerOf(top: string, part: string) {
  const block = headers(top);
  const report = readDeliveryReport({ status: crlf(part), returned: crlf(RETURNED) })!;
  const { kind } = kindOf(block, { report });
  const match = matchReply(citedIds(block, report), (id) =>
    id === MAIL.messageId ? [{ role: 'own', mail: MAIL }] : [],
  );
  expect(match).not.to.equal(undefined);
  const ownSide = { addresses: new Set<string>(), domains: new Set(['rep.example.com']) };
  return composeReplies({ block, match: match!, kind, receivedAt: new Date(0), ownSide, report });
}

describe('a report about a tracked mail', () => {
  const cases: [title: string, kind: Kind, top: string, part: string][] = [
    [
      'of Postfix that the mail failed, with a status that sounds temporary',
      'bounce',
      `${POSTFIX}Subject: Undelivered Mail Returned to Sender`,
      status('failed', '4.4.1'),
    ],
    [
      'of Postfix that the mail is delayed',
      'delay',
      `${POSTFIX}Subject: Delayed Mail (still being retried)`,
      status('delayed', '4.4.1'),
    ],
    [
      'of Postfix that the mail was passed on',
      'delivery_ok',
      `${POSTFIX}Subject: Successful Mail Delivery Report`,
      status('relayed', '2.0.0'),
    ],
    ['of Pigeonhole that a script refused the mail', 'bounce', PIGEONHOLE, DISPOSITION],
  ];
  for (const [title, kind, top, part] of cases) {
    it(`${title} is a ${kind} for the recipient it names`, () => {
      expect(answerOf(top, part)).to.have.lengthOf(1);
      expect(answerOf(top, part)[0]).to.include({ kind, personId: 'omar', replier: 'Recipient' });
      expect(answerOf(top, part)[0].matchedBy).to.equal('Delivery Report');
    });
  }

  it('is told apart by its subject where its parts cannot be read', () => {
    const kinds = cases.map(([, , top]) => kindOf(headers(top)).kind);
    expect(kinds).to.deep.equal(cases.map(([, kind]) => kind));
  });
});
