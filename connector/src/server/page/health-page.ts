import { createHash } from 'node:crypto';
import type { ConnectorStatus, FailureReport } from '../../facade.ts';
import { figures } from './figures.ts';
import { html, toText, verbatim, type Html } from './html.ts';
import { badge, mailboxTable } from './mailbox-table.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { byUrgency, judgeMailbox, noticesOf, verdictOf, type Notice, type Tone, type Verdict } from './verdict.ts';
import { durationWords, foreign, moment, secondsBetween, worded } from './words.ts';

/** Between two refreshes of a page whose script does not run. */
const REFRESH_SECONDS = 10;
const COLOURS: Readonly<Record<Tone, string>> = {
  bad: '#c4320a',
  warn: '#b54708',
  busy: '#175cd3',
  good: '#067647',
  idle: '#667085',
};

// Not written into the templates below: between its tags stands nothing but the text that has been hashed.
const STYLE_ELEMENT = verbatim(`<style>${PAGE_STYLE}</style>`);
const SCRIPT_ELEMENT = verbatim(`<script>${PAGE_SCRIPT}</script>`);

/** What a browser may do with the page: its own style and script, its icon, and asking its own server again. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(PAGE_STYLE)}'`,
  `script-src '${hashOf(PAGE_SCRIPT)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A source expression for an inline element (CSP Level 3, 2.3.1). */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** The page of a service that can say how it stands. */
export function healthPage(status: ConnectorStatus, now: Date, lateAfterSeconds: number): string {
  const mailboxes = status.mailboxes.map((mailbox) => judgeMailbox(mailbox, lateAfterSeconds)).toSorted(byUrgency);
  const notices = noticesOf(status, now);
  return documentOf(verdictOf(mailboxes, notices), [
    part('notices', notices.length === 0 ? undefined : noticeList(notices)),
    part(
      'mailboxes',
      html`<h2>Mailboxes</h2>
        ${mailboxTable(mailboxes)}`,
    ),
    part(
      'figures',
      html`<h2>Salesforce and messages</h2>
        ${figures(status, now)}`,
    ),
    part('about', about(status, now)),
  ]);
}

/** The page of a service that cannot. */
export function failurePage({ message, actions }: FailureReport): string {
  const notices = html`<ul class="notices">
    <li class="bad">
      <p>${foreign(message)}</p>
      ${actions.map((action) => html`<p>${foreign(action)}</p>`)}
    </li>
  </ul>`;
  return documentOf({ tone: 'bad', sentence: 'The service cannot say how it stands.' }, [part('notices', notices)]);
}

function documentOf({ tone, sentence }: Verdict, parts: readonly Html[]): string {
  return toText(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${sentence} (Reply Tracking)</title>
          <link rel="icon" href="${iconOf(tone)}" />
          <noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}" /></noscript>
          ${STYLE_ELEMENT}
        </head>
        <body>
          <header>
            <h1>Reply Tracking</h1>
            <div role="status">
              ${part('verdict', html`<p class="verdict ${tone}">${badge(tone, '')}${sentence}</p>`)}
            </div>
            <p id="stale" role="alert" hidden>
              The service has not answered since <time></time>. What you see is from then.
            </p>
          </header>
          <main>${parts}</main>
          ${SCRIPT_ELEMENT}
        </body>
      </html> `,
  );
}

/** A piece of the page that the script replaces by itself, when it has changed. */
function part(name: string, content: Html | undefined): Html {
  return html`<section id="${name}">${content}</section>`;
}

function iconOf(tone: Tone): string {
  const image = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${COLOURS[tone]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(image)}`;
}

function noticeList(notices: readonly Notice[]): Html {
  return html`<h2>What wants your attention</h2>
    <ul class="notices">
      ${notices.map(
        ({ tone, problem, action }) =>
          html`<li class="${tone}">
            <p>${problem}</p>
            <p>${action}</p>
          </li>`,
      )}
    </ul>`;
}

function about({ version, service, org, database }: ConnectorStatus, now: Date): Html {
  const facts = [
    org === null ? html`Works for no org yet` : html`Works for ${foreign(org.name ?? 'the org')} (${org.id})`,
    service &&
      html`process ${service.pid}, running for
      ${worded(service.startedAt, durationWords(secondsBetween(service.startedAt, now)))}`,
    html`version ${version}`,
    html`database ${foreign(`${database.engine}, ${database.place}`)}`,
    html`as of ${moment(now.toISOString())}`,
  ];
  return html`<footer>${facts.filter((fact) => fact !== null).map((fact) => html`<span>${fact}</span> `)}</footer>`;
}
