import type { Prospect } from './cast.ts';
import { nameOf } from './cast.ts';

/** A message as its header fields; nobody in the story reads a body. */
export type Letter = readonly (readonly [name: string, value: string])[];

/** Who writes an answer, from where, and under which Message-ID (without angle brackets). */
export interface Answerer {
  readonly from: string;
  readonly messageId: string;
}

/** The rep's mail as the mail program hands it to Gmail, which replaces the Message-ID. */
export function firstMail(prospect: Prospect, composedAs: string): Letter {
  return [
    ['From', `${nameOf(prospect.rep)} <${prospect.rep.address}>`],
    ['To', `${nameOf(prospect)} <${prospect.address}>`],
    ['Subject', prospect.subject],
    ['Message-ID', `<${composedAs}>`],
  ];
}

/** The rep writes again because no answer came. */
export function followUp(prospect: Prospect, answered: string, composedAs: string): Letter {
  return [
    ...firstMail({ ...prospect, subject: `Re: ${prospect.subject}` }, composedAs),
    ['In-Reply-To', `<${answered}>`],
    ['References', `<${answered}>`],
  ];
}

/** What a person answers. */
export function answer(prospect: Prospect, answered: string, { from, messageId }: Answerer): Letter {
  return [
    ['From', from],
    ['To', prospect.rep.address],
    ['Subject', `Re: ${prospect.subject}`],
    ['Message-ID', `<${messageId}>`],
    ['In-Reply-To', `<${answered}>`],
    ['References', `<${answered}>`],
  ];
}

/** What a mailbox answers for its owner (RFC 3834). */
export function outOfOffice(prospect: Prospect, answered: string): Letter {
  return [
    ['Return-Path', '<>'],
    ['From', `${nameOf(prospect)} <${prospect.address}>`],
    ['To', prospect.rep.address],
    ['Subject', `Automatic reply: ${prospect.subject}`],
    ['Message-ID', '<away-1@fjord.example>'],
    ['In-Reply-To', `<${answered}>`],
    ['References', `<${answered}>`],
    ['Auto-Submitted', 'auto-replied'],
    ['X-Auto-Response-Suppress', 'All'],
  ];
}

/** A delivery report (RFC 3464) in the form that Gmail gives it. */
export function bounce(prospect: Prospect, answered: string): Letter {
  return [
    ['Return-Path', '<>'],
    ['From', 'Mail Delivery Subsystem <mailer-daemon@googlemail.com>'],
    ['To', prospect.rep.address],
    ['Subject', 'Delivery Status Notification (Failure)'],
    ['Message-ID', '<6743a1f0.050a0220.1c2d3.0001.GMR@mx.google.com>'],
    ['In-Reply-To', `<${answered}>`],
    ['References', `<${answered}>`],
    ['Auto-Submitted', 'auto-replied'],
    ['X-Failed-Recipients', prospect.address],
    ['Content-Type', 'multipart/report; boundary="000000000000a1b2c3"; report-type=delivery-status'],
  ];
}

/** Mail to many (RFC 2369, RFC 2919, RFC 8058) from the prospect's company; it answers nothing. */
export function newsletter(prospect: Prospect): Letter {
  const domain = prospect.address.slice(prospect.address.indexOf('@') + 1);
  return [
    ['Return-Path', `<bounces@${domain}>`],
    ['From', `${prospect.company} <news@${domain}>`],
    ['To', prospect.rep.address],
    ['Subject', `News from ${prospect.company}`],
    ['Message-ID', `<issue-42@${domain}>`],
    ['List-Id', `${prospect.company} News <news.${domain}>`],
    ['List-Unsubscribe', `<https://${domain}/unsubscribe>`],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ['Precedence', 'bulk'],
  ];
}
