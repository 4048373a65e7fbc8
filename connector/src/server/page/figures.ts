import type { ConnectorStatus } from '../../facade.ts';
import { html, type Html } from './html.ts';
import { durationWords, figure, secondsBetween, worded } from './words.ts';

/** The few numbers that tell how the work flows. */
export function figures(status: ConnectorStatus, now: Date): Html {
  return html`<dl>${outbox(status, now)}${refused(status)}${messages(status)}${apiCalls(status)}</dl>`;
}

function tile(heading: string, content: Html, remark: Html): Html {
  return html`<div>
    <dt>${heading}</dt>
    <dd><strong>${content}</strong> <small>${remark}</small></dd>
  </div>`;
}

function outbox({ outbox: { pending, oldestPendingAt } }: ConnectorStatus, now: Date): Html {
  const remark =
    oldestPendingAt === null
      ? html`nothing waits for Salesforce`
      : html`the oldest for ${worded(oldestPendingAt, durationWords(secondsBetween(oldestPendingAt, now)))}`;
  return tile('Waiting to be written', figure(pending), remark);
}

function refused({ outbox: { dead } }: ConnectorStatus): Html {
  return tile('Refused by Salesforce', figure(dead), dead === 0 ? html`none` : html`they are not tried again`);
}

function messages({ messages: { seen, matched, waiting } }: ConnectorStatus): Html {
  const remark = html`of ${figure(seen)} messages; ${figure(waiting)} wait for the mail they cite`;
  return tile('Answers found', figure(matched), remark);
}

function apiCalls({ salesforce: { apiUsage, apiCalls: own } }: ConnectorStatus): Html {
  if (apiUsage === null) return tile('API calls of this service', figure(own), html`since it was started`);
  const { used, limit } = apiUsage;
  const bar = html`<progress
    aria-label="API calls of the org"
    value="${Math.min(used, limit)}"
    max="${limit}"
  ></progress>`;
  return tile(
    'API calls of the org',
    figure(used),
    html`${bar}of ${figure(limit)} in 24 hours; ${figure(own)} by this service`,
  );
}
