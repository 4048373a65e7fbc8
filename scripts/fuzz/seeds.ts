import { decideRows } from '../kinds-page/decide.ts';

/** Header blocks with what no example of the page of kinds holds. */
const ODD_BLOCKS: readonly string[] = [
  '',
  'Message-ID: <a@b>\r\nIn-Reply-To: Your message of "Mon, 1 Jan" <c@d>\r\nReferences: <e@f>,<g@h>\r\n <i\r\n @j>\r\n\r\n',
  'MESSAGE-ID : a@b\nin-reply-to: <"x<y>z"@w>\nReferences: =?utf-8?Q?=3Ca=40b=3E?=\n\nbody',
  'From: "Lee, Ann" <ann@lead.example.org>, Team: b@c, (comment) d@e;\nSender: <@relay:f@g>\nReply-To: h@i\n',
  'From: list@x.example\nX-Original-From: Ann <ann@lead.example.org>\nList-Post: <mailto:list@x.example>\n',
  'Subject: =?iso-8859-1?Q?Abwesend_bis_14=2E12=2E?=\nThread-Index: AQHc0N8hZ2bKq0m1Tk6q0l8b7q6e3g==\n',
  'Subject: Out of office 3 - 14 December 2026, back on 03/12/2026\nX-MS-Exchange-Parent-Message-Id: <p@x>\n',
  'Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; b@c\nAction: failed\nStatus: 5.1.1\nOriginal-Envelope-Id: a+2Bb\n',
];

/** The inputs to begin with: every example of the page of kinds, and some odd ones. Latin-1 texts of their bytes. */
export function seedInputs(): string[] {
  const examples = decideRows().flatMap((row) => row.examples.map(({ header }) => `${header}\n\n`));
  return [...ODD_BLOCKS, ...examples].map((text) => Buffer.from(text).toString('latin1'));
}
