import type { MailboxStatus } from '../../facade.ts';
import { html, type Html } from './html.ts';
import type { JudgedMailbox, Tone } from './verdict.ts';
import { durationWords, figure, foreign, moment, worded } from './words.ts';

const PROVIDERS = { imap: 'IMAP', gmail: 'Gmail', graph: 'Microsoft 365', ews: 'Exchange Server' } as const;
/** Shapes, so that colour is not all that tells states apart. */
const SHAPES: Readonly<Record<Tone, string>> = { bad: '✕', warn: '!', busy: '↻', good: '✓', idle: '–' };
const HEADINGS = ['Mailbox', 'State', 'Last read', 'Last reply', 'Messages read'] as const;

/** The mailboxes as a table, each with a note of its own when something is wrong with it. */
export function mailboxTable(mailboxes: readonly JudgedMailbox[]): Html {
  if (mailboxes.length === 0) {
    return html`<p class="empty">
      Connect the first one with <code>sf reply mailbox connect</code>. It appears here.
    </p>`;
  }
  // The roles say what CSS takes away from screen readers where it lays the table out as cards.
  return html`<table role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${HEADINGS.map((heading) => html`<th role="columnheader" scope="col">${heading}</th>`)}
      </tr>
    </thead>
    ${mailboxes.map(mailboxRows)}
  </table>`;
}

export function badge(tone: Tone, word: string): Html {
  return html`<span class="badge ${tone}"><span aria-hidden="true">${SHAPES[tone]}</span> ${word}</span>`;
}

function mailboxRows({ mailbox, tone, word }: JudgedMailbox): Html {
  const cell = (heading: (typeof HEADINGS)[number], content: Html): Html =>
    html`<td role="cell" data-heading="${heading}">${content}</td>`;
  return html`<tbody role="rowgroup" class="${tone}">
    <tr role="row">
      <th role="rowheader" scope="row">
        ${foreign(mailbox.address, 320)} <small>${PROVIDERS[mailbox.provider]}</small>
      </th>
      ${cell('State', html`${badge(tone, word)}${progressOf(mailbox)}`)} ${cell('Last read', lastRead(mailbox))}
      ${cell('Last reply', mailbox.lastReplyAt === null ? html`none yet` : moment(mailbox.lastReplyAt))}
      ${cell('Messages read', figure(mailbox.messagesRead))}
    </tr>
    ${noteRow(mailbox)}
  </tbody>`;
}

function lastRead({ caughtUpAt, lagSeconds }: MailboxStatus): Html {
  if (caughtUpAt === null) return html`not finished yet`;
  return worded(caughtUpAt, `${durationWords(lagSeconds ?? 0)} ago`);
}

function progressOf({ state, messagesRead, messagesExpected }: MailboxStatus): Html | undefined {
  if (state !== 'reading') return undefined;
  if (messagesExpected === null) return html`<small class="progress">${figure(messagesRead)} so far</small>`;
  const most = Math.max(messagesExpected, messagesRead, 1);
  return html`<progress aria-label="First read" value="${messagesRead}" max="${most}"></progress>
    <small class="progress">${figure(messagesRead)} of about ${figure(most)}</small>`;
}

function noteRow({ state, lastError }: MailboxStatus): Html | undefined {
  if (state !== 'failing' && state !== 'reconnect') return undefined;
  const action =
    state === 'failing'
      ? html`It is tried again by itself.`
      : html`Connect it again: <code>sf reply mailbox connect</code>. Nothing is lost; it is read on from its place.`;
  return html`<tr role="row" class="note">
    <td role="cell" colspan="${HEADINGS.length}">
      ${lastError === null ? undefined : html`<p>${foreign(lastError)}</p>`}
      <p>${action}</p>
    </td>
  </tr>`;
}
