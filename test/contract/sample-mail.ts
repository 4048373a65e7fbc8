/** The fields of a sample message that a test cares about; everything else is filled in. */
export interface SampleMail {
  /** Message-ID with its angle brackets. */
  readonly id: string;
  readonly inReplyTo?: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  /** Further header lines, without line ends. */
  readonly extra?: readonly string[];
}

const lines = (...text: string[]): string => text.map((line) => `${line}\r\n`).join('');

/** A plain text message with CRLF line ends; its body holds words that no reader of headers may ever hand out. */
export function mail(sample: SampleMail): string {
  return lines(
    `From: ${sample.from ?? 'Prospect <prospect@example.org>'}`,
    `To: ${sample.to ?? 'Rep <rep@example.test>'}`,
    `Subject: ${sample.subject ?? 'Your offer'}`,
    'Date: Mon, 02 Nov 2026 09:00:00 +0000',
    `Message-ID: ${sample.id}`,
    ...(sample.inReplyTo ? [`In-Reply-To: ${sample.inReplyTo}`, `References: ${sample.inReplyTo}`] : []),
    ...(sample.extra ?? []),
    'Content-Type: text/plain; charset=utf-8',
    '',
    'These words are the body.',
  );
}

/** What a mail server reports, and of whom; by default that the mail has failed for good. */
export interface Delivery {
  readonly action?: 'failed' | 'delayed' | 'delivered';
  readonly recipient?: string;
}

const REPORTS = {
  failed: { subject: 'Undelivered Mail Returned to Sender', status: '5.1.1' },
  delayed: { subject: 'Delayed Mail (still being retried)', status: '4.4.1' },
  delivered: { subject: 'Successful Mail Delivery Report', status: '2.0.0' },
};

/**
 * A report (RFC 3464) in the shape in which Postfix writes it. It returns the header of the mail with the id `about`, or
 * nothing of it.
 */
export function deliveryReport(id: string, about: string | undefined, delivery: Delivery = {}): string {
  const { action = 'failed', recipient = 'gone@example.org' } = delivery;
  const { subject, status } = REPORTS[action];
  const returned = [
    ...['--=_report', 'Content-Type: message/rfc822', '', 'From: Rep <rep@example.test>', `To: ${recipient}`],
    ...['Subject: Our offer', `Message-ID: ${about}`, '', 'These words are the body of the returned mail.', ''],
  ];
  return lines(
    'Return-Path: <>',
    'From: MAILER-DAEMON@mx.example.test (Mail Delivery System)',
    'To: rep@example.test',
    `Subject: ${subject}`,
    'Date: Mon, 02 Nov 2026 09:00:00 +0000',
    'Auto-Submitted: auto-replied',
    `Message-Id: ${id}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"',
    '',
    '--=_report',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'These words are the body.',
    '',
    '--=_report',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.test',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    '',
    ...(about === undefined ? [] : returned),
    '--=_report--',
  );
}
