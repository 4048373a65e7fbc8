import type { Kind } from '../../connector/src/mail/kind.ts';
import { figureRows, type Figures } from '../figures/figures-table.ts';
import type { DecidedRow } from './decide.ts';
import type { Effect } from './effects.ts';
import type { TestName } from '../existing-tests.ts';
import { effectTest } from './tests.ts';

const MEANINGS: Readonly<Record<Kind, string>> = {
  human: 'A person answered',
  forward: 'A person passed the mail on',
  auto_reply: 'A machine answered for the person',
  bounce: 'The mail came back and will not be tried again',
  delay: 'The mail is late and will be tried again',
  delivery_ok: 'A mail server says that the mail arrived',
  read_receipt: 'A mail program says that the mail was opened or deleted',
  complaint: 'The recipient marked the mail as spam',
  calendar: 'An invitation, or an answer to one',
  challenge: 'A filter wants the sender to prove to be a person',
  list_bulk: 'A list, a newsletter or a notice',
};

const HEAD = `# What counts as a reply

A message that names a tracked mail becomes a Task in Salesforce. What kind of message it is decides what happens to the
sequence of the person. It is decided from the header fields, and for a report about delivery also from the part that is
written for machines. The text of a message is never read.

This page is written by \`node scripts/document-kinds.ts\`, which lets the connector decide every example on it. Do not
edit it by hand.

## Kinds

_Reply Kind_ is the field \`ReplyKind__c\` of the Task. An answer from our own side (\`Replier__c\` is Internal) changes no
sequence, whatever its kind.
`;

const SIGNALS = `## What decides

The first row that applies decides. The number leads to an example.
`;

const SERVER_SIGNS = `Signs of a mail server are: a sender named \`mailer-daemon\` or the like, or a sender without an address;
\`X-Failed-Recipients\`; \`postmaster\` as sender of a mail that a machine sent; the words of a report at the start of
\`Subject\`, in a mail that a machine, \`postmaster\` or a System Administrator sent. A machine sent what carries
\`Return-Path: <>\`, \`Auto-Submitted\` or \`Content-Type: multipart/report\`.
`;

const UNANSWERING = `## Mail that answers nothing

These signs decide only where a message names no tracked mail. No Task is written for such a message and no sequence
changes; the kind is what \`npm run evaluate\` prints.
`;

const FIGURES = `## Figures

Measured with \`node scripts/figures.ts\` on header fields of public mail, which are no part of this repository: the
archives of three mailing lists, and messages whose kind is known. The answers in the archives were told by the text
they quote. What is recorded in \`figures.json\`, beside this page, is shown here; a run of the fuzzer over ten million
inputs is recorded in \`fuzz-run.txt\`.
`;

/** The whole page, in the format of Prettier. */
export function composePage(rows: readonly DecidedRow[], effects: readonly Effect[], figures: Figures): string {
  const numbered = rows.map((row, index) => ({ ...row, number: index + 1 }));
  const answering = numbered.filter(({ answers }) => answers);
  const others = numbered.filter(({ answers }) => !answers);
  return [
    HEAD,
    composeTable(
      ['Meaning', 'Kind', 'Reply Kind', 'Effect on the sequence', 'Test'],
      effects.map(({ kind, replyKind, effect }) => {
        const test = linkTest(effectTest(effect, replyKind));
        return [MEANINGS[kind], code(kind), replyKind, effect, test];
      }),
    ),
    SIGNALS,
    composeTable(
      ['', 'What arrives', 'What decides', 'Stands on', 'Kind', 'Reply Kind', 'Sequence', 'Test'],
      answering.map((row) => {
        const { replyKind, effect } = effects.find(({ kind }) => kind === row.kind)!;
        const [link, arrives, decides, source, kind, test] = signalCells(row);
        return [link, arrives, decides, source, kind, replyKind, effect.split(/[ ,;]/, 1)[0]!, test];
      }),
    ),
    SERVER_SIGNS,
    UNANSWERING,
    composeTable(['', 'What arrives', 'What decides', 'Stands on', 'Kind', 'Test'], others.map(signalCells)),
    FIGURES,
    composeTable(
      ['Figure', 'Measured', 'Goal'],
      figureRows(figures).map(({ figure, value, goal }) => [figure, value, goal]),
    ),
    `Measured on ${figures.measuredOn} with Node ${figures.node}; header path: ${figures.speed.words}.\n`,
    `## Examples\n`,
    ...numbered.map(composeExample),
  ].join('\n');
}

type NumberedRow = DecidedRow & { readonly number: number };
type SignalCells = [link: string, arrives: string, decides: string, source: string, kind: string, test: string];

function signalCells({ number, arrives, decides, source, kind, test }: NumberedRow): SignalCells {
  return [`[${number}](#example-${number})`, arrives, decides, source, code(kind), linkTest(test)];
}

/** Unpadded, because a longer cell would otherwise change every line. */
function composeTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = [head, head.map(() => '---'), ...rows].map(line);
  return `<!-- prettier-ignore -->\n${lines.join('\n')}\n`;
}

function composeExample({ number, arrives, examples, decisions }: NumberedRow): string {
  const { header = '', report } = examples[0] ?? {};
  const further = decisions.slice(1).map(({ signal }) => code(signal));
  return [
    `### Example ${number}\n`,
    `${arrives}:\n`,
    `\`\`\`\n${header}\n\`\`\`\n`,
    ...(report?.action ? [`The report inside says ${code(`Action: ${report.action}`)}.\n`] : []),
    `Decided by ${code(decisions[0]?.signal ?? '')}.\n`,
    ...(further.length > 0 ? [`Others of its kind are decided by ${[...new Set(further)].join(', ')}.\n`] : []),
  ].join('\n');
}

function linkTest([file, title]: TestName): string {
  return `[${title}](../../test/${file})`;
}

const code = (text: string): string => `\`${text}\``;
