import { createRandom, type Random } from './random.ts';

/** What a mail answers and how its header block ends up looking. */
interface Letter {
  readonly random: Random;
  readonly sentAt: Date;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** Ids of the thread, oldest first; empty when it answers nothing. */
  readonly thread: readonly string[];
}

/** A header block as an IMAP server hands it out: CRLF line ends and the empty line at the end. */
export interface HeaderBlockSample {
  readonly bytes: Buffer;
  /** The tracked Message-ID it answers, when it answers one. */
  readonly answers: string | undefined;
}

export interface BlocksWanted {
  readonly count: number;
  readonly seed: number;
  /** The Message-ID of a tracked mail, by its number. */
  readonly trackedId: (number: number) => string;
  readonly tracked: number;
}

/** Of a hundred messages this many answer a tracked mail. */
export const ANSWERS_TRACKED = 0.03;
/** Of a hundred mails that a person wrote this many answer something else. */
const ANSWERS_OTHER = 0.4;

const FIRST_NAMES = ['Ana', 'Jürgen', 'Mary', 'Wei', 'Olu', 'Sofía', 'Tom', 'Priya', 'Lars', 'Yuki'];
const LAST_NAMES = ['Lopez', 'Weiß', 'Smith', 'Zhang', 'Adeyemi', 'Martin', 'Brown', 'Nair', 'Berg', 'Sato'];
const DOMAINS = ['buyer.example', 'partner.example', 'kunde.example', 'client.example', 'vendor.example'];
const SUBJECTS = [
  'Quarterly numbers',
  'Meeting on Tuesday',
  'Your offer',
  'Invoice 4711',
  'Angebot für Mai',
  'Contract',
];

/** Header blocks of about 3 KB, mixed as in the inbox of a rep: people, lists, machines. */
export function makeHeaderBlocks({ count, seed, trackedId, tracked }: BlocksWanted): HeaderBlockSample[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const answers = random.chance(ANSWERS_TRACKED) ? trackedId(random.below(tracked)) : undefined;
    return { bytes: Buffer.from(makeBlock(random, `${seed}-${index}`, answers)), answers };
  });
}

/** Writers of mail and their shares of an inbox. */
const WRITERS: readonly { share: number; person: boolean; write: (letter: Letter) => string[] }[] = [
  { share: 0.25, person: true, write: gmailFields },
  { share: 0.35, person: true, write: exchangeFields },
  { share: 0.15, person: false, write: newsletterFields },
  { share: 0.1, person: false, write: mailingListFields },
  { share: 0.15, person: false, write: notificationFields },
];

function makeBlock(random: Random, unique: string, answers: string | undefined): string {
  const writer = pickWriter(random, answers !== undefined);
  const domain = random.pick(DOMAINS);
  const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
  const isAnswer = answers !== undefined || (writer.person && random.chance(ANSWERS_OTHER));
  const thread = isAnswer ? threadOf(random, answers) : [];
  const subject = random.pick(SUBJECTS);
  const lines = writer.write({
    random,
    sentAt: new Date(Date.UTC(2026, 2, 1) + random.below(10 * 86_400) * 1000),
    id: `<${random.text(24)}.${unique}@mail.${domain}>`,
    from: `${phrase(`${first} ${last}`)} <${asciiOf(`${first}.${last}`).toLowerCase()}@${domain}>`,
    to: 'Rita Rep <rita.rep@seller.example>',
    subject: `${thread.length > 0 ? 'Re: ' : ''}${phrase(subject)}`,
    thread,
  });
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function pickWriter(random: Random, person: boolean): (typeof WRITERS)[number] {
  const choices = person ? WRITERS.filter((writer) => writer.person) : WRITERS;
  let place = (random.below(1_000_000) / 1_000_000) * choices.reduce((sum, { share }) => sum + share, 0);
  return choices.find(({ share }) => (place -= share) < 0) ?? choices[0]!;
}

/** One to five ids; the tracked mail is the one that is answered, or an older one of the thread. */
function threadOf(random: Random, answers: string | undefined): string[] {
  const others = Array.from({ length: 1 + random.below(4) }, () => `<${random.text(30)}@mail.${random.pick(DOMAINS)}>`);
  if (answers === undefined) return others;
  return random.chance(0.7) ? [...others.slice(1), `<${answers}>`] : [`<${answers}>`, ...others];
}

const asciiOf = (name: string): string => name.normalize('NFD').replace(/[^\x20-\x7e]/g, '');

/** Text beyond ASCII as an encoded word (RFC 2047). */
function phrase(text: string): string {
  return asciiOf(text) === text ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}

/** A long value in folded lines, as signatures and routing fields are. */
function folded(random: Random, length: number): string {
  const lines = Array.from({ length: Math.ceil(length / 70) }, () => random.text(Math.min(70, length)));
  return lines.join('\r\n        ');
}

const dateOf = (at: Date): string => at.toUTCString().replace('GMT', '+0000');

function received({ random, sentAt }: Letter, hop: string): string {
  const by = `${random.text(8).toLowerCase()}.${hop}`;
  return `Received: from mail-${random.text(6).toLowerCase()}.${hop} (mail-${random.text(4).toLowerCase()}.${hop} [192.0.2.${random.below(255)}])\r\n        by ${by} with ESMTPS id ${random.text(16)}\r\n        for <rita.rep@seller.example>\r\n        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\r\n        ${dateOf(sentAt)}`;
}

function dkim({ random }: Letter, domain: string): string {
  return `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n        d=${domain}; s=selector1; t=1772355600; x=1772960400;\r\n        h=to:subject:message-id:date:from:in-reply-to:references:mime-version;\r\n        bh=${random.text(43)}=;\r\n        b=${folded(random, 270)}`;
}

function authentication(letter: Letter, domain: string): string[] {
  return [
    `Received-SPF: pass (seller.example: domain of ${domain} designates 192.0.2.${letter.random.below(255)} as permitted sender)`,
    `Authentication-Results: mx.seller.example;\r\n       dkim=pass header.i=@${domain} header.s=selector1 header.b=${letter.random.text(8)};\r\n       spf=pass smtp.mailfrom=bounce@${domain};\r\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=${domain}`,
  ];
}

function answerFields({ thread }: Letter): string[] {
  if (thread.length === 0) return [];
  return [`In-Reply-To: ${thread.at(-1)}`, `References: ${thread.join('\r\n ')}`];
}

function commonFields(letter: Letter): string[] {
  return [`From: ${letter.from}`, `Date: ${dateOf(letter.sentAt)}`, `Message-ID: ${letter.id}`];
}

function gmailFields(letter: Letter): string[] {
  const { random } = letter;
  return [
    'Return-Path: <sender@gmail.example>',
    'Delivered-To: rita.rep@seller.example',
    received(letter, 'google.example'),
    received(letter, 'google.example'),
    ...authentication(letter, 'gmail.example'),
    dkim(letter, 'gmail.example'),
    `X-Google-DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n        d=1e100.example; s=20230601;\r\n        bh=${random.text(43)}=;\r\n        b=${folded(random, 270)}`,
    `X-Gm-Message-State: ${folded(random, 140)}`,
    `X-Gm-Gg: ${folded(random, 200)}`,
    `X-Google-Smtp-Source: ${random.text(60)}`,
    `X-Received: by 2002:a05:6402:${random.below(9999)} with SMTP id ${random.text(30)};\r\n        ${dateOf(letter.sentAt)}`,
    'MIME-Version: 1.0',
    ...answerFields(letter),
    ...commonFields(letter),
    `Subject: ${letter.subject}`,
    `To: ${letter.to}`,
    `Content-Type: multipart/alternative; boundary="000000000000${random.text(16)}"`,
  ];
}

function exchangeFields(letter: Letter): string[] {
  const { random } = letter;
  return [
    'Return-Path: <sender@outlook.example>',
    'Delivered-To: rita.rep@seller.example',
    received(letter, 'outlook.example'),
    received(letter, 'outlook.example'),
    ...authentication(letter, 'outlook.example'),
    `ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=microsoft.example;\r\n s=arcselector10001;\r\n bh=${random.text(43)}=;\r\n b=${folded(random, 270)}`,
    dkim(letter, 'outlook.example'),
    ...commonFields(letter),
    `To: ${letter.to}`,
    'Cc: "Accounts, Shared" <accounts@seller.example>',
    `Subject: ${letter.subject}`,
    `Thread-Topic: ${letter.subject.replace(/^Re: /, '')}`,
    `Thread-Index: Adc${random.text(27)}`,
    ...answerFields(letter),
    'Accept-Language: en-US, de-DE',
    'Content-Language: en-US',
    'X-MS-Has-Attach:',
    'X-MS-TNEF-Correlator:',
    `x-ms-traffictypediagnostic: ${random.text(12)}:EE_|${random.text(15)}:EE_`,
    `x-ms-office365-filtering-correlation-id: ${random.text(36)}`,
    `x-forefront-antispam-report: CIP:255.255.255.255;CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;H:${random.text(14)}.outlook.example;SFS:(${random.below(99999)});DIR:OUT;SFP:1101;`,
    `x-ms-exchange-antispam-messagedata-0: ${folded(random, 280)}`,
    'Content-Type: multipart/alternative;\r\n\tboundary="_000_' + random.text(40) + '_"',
    'MIME-Version: 1.0',
  ];
}

function newsletterFields(letter: Letter): string[] {
  const { random } = letter;
  return [
    `Return-Path: <bounce-${random.text(20)}@mailing.example>`,
    'Delivered-To: rita.rep@seller.example',
    received(letter, 'mailing.example'),
    ...authentication(letter, 'mailing.example'),
    dkim(letter, 'mailing.example'),
    dkim(letter, 'brand.example'),
    ...commonFields(letter),
    `Subject: ${letter.subject}`,
    `To: ${letter.to}`,
    `Reply-To: <reply-${random.text(20)}@mailing.example>`,
    `List-ID: ${random.text(10)} mc list <${random.text(24)}.list-id.mailing.example>`,
    `List-Unsubscribe: <https://mailing.example/unsubscribe?u=${random.text(30)}&id=${random.text(20)}>,\r\n <mailto:unsubscribe-${random.text(30)}@mailing.example?subject=unsubscribe>`,
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    `Feedback-ID: ${random.below(99999)}:${random.text(12)}:us1:mc`,
    `X-Mailer: MailingSystem - **${random.text(20)}**`,
    `X-Campaign: mailing${random.text(40)}`,
    'Precedence: bulk',
    `X-Report-Abuse: Please report abuse for this campaign here: https://mailing.example/abuse/${random.text(60)}`,
    `X-SMTPAPI: ${folded(random, 350)}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="_----------=_MCPart_${random.below(1e9)}"`,
  ];
}

function mailingListFields(letter: Letter): string[] {
  const { random } = letter;
  return [
    'Return-Path: <team-bounces@lists.example>',
    'Delivered-To: rita.rep@seller.example',
    received(letter, 'lists.example'),
    received(letter, 'lists.example'),
    ...authentication(letter, 'lists.example'),
    dkim(letter, 'lists.example'),
    `ARC-Seal: i=2; a=rsa-sha256; t=1772355600; cv=pass; d=lists.example; s=arc;\r\n        b=${folded(random, 270)}`,
    ...commonFields(letter),
    `Subject: [team] ${letter.subject}`,
    'To: team@lists.example',
    ...answerFields(letter),
    'Sender: team-bounces@lists.example',
    'Precedence: list',
    'List-Id: The team <team.lists.example>',
    'List-Unsubscribe: <https://lists.example/options/team>, <mailto:team-request@lists.example?subject=unsubscribe>',
    'List-Archive: <https://lists.example/private/team/>',
    'List-Post: <mailto:team@lists.example>',
    'List-Help: <mailto:team-request@lists.example?subject=help>',
    'X-BeenThere: team@lists.example',
    'X-Mailman-Version: 2.1.39',
    `X-Spam-Report: ${folded(random, 320)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset="utf-8"; Format="flowed"',
  ];
}

function notificationFields(letter: Letter): string[] {
  const { random } = letter;
  return [
    `Return-Path: <${random.text(50)}@bounces.service.example>`,
    'Delivered-To: rita.rep@seller.example',
    received(letter, 'service.example'),
    ...authentication(letter, 'service.example'),
    dkim(letter, 'service.example'),
    dkim(letter, 'bounces.service.example'),
    ...commonFields(letter),
    `Subject: ${letter.subject}`,
    `To: ${letter.to}`,
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    `Feedback-ID: 1.us-east-1.${random.text(44)}=:Service`,
    `X-SES-Outgoing: 2026.03.01-192.0.2.${random.below(255)}`,
    `X-Service-Delivery: ${folded(random, 400)}`,
    `X-Entity-Ref-ID: ${random.text(36)}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="--==_mimepart_${random.text(30)}"`,
  ];
}
