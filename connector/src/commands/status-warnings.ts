import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { ConnectorStatus, MailboxStatus } from '../facade.ts';
import { countInWords, durationInWords, instantInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply.status');

/** Salesforce refuses a login by JWT whose clock is more than three minutes off. */
const CLOCK_SECONDS = 120;
/** Of the org's API calls within 24 hours. */
const API_SHARE = 0.8;
/** A mailbox is looked into every five minutes at least, so one that is an hour behind is not being read. */
const LAG_SECONDS = 3600;

/** How a command is typed here, for example `sf reply sync` for `sync`. */
export type Typed = (command: string) => string;

/** What an operator ought to do something about, each with what to do. */
export function statusWarnings(status: ConnectorStatus, typed: Typed): SfCommand.Warning[] {
  return [
    ...status.mailboxes.flatMap((mailbox) => mailboxWarnings(mailbox, status.service !== null, typed)),
    ...notServedWarnings(status, typed),
    ...outboxWarnings(status, typed),
    ...haltWarnings(status, typed),
    ...salesforceWarnings(status),
    ...writingWarnings(status, typed),
  ];
}

function mailboxWarnings({ address, state, lastError, lagSeconds }: MailboxStatus, served: boolean, typed: Typed) {
  const reason = lastError ?? messages.getMessage('noReason');
  if (state === 'reconnect') {
    const command = `${typed('mailbox connect')} --address ${address} --replace`;
    return [messages.createWarning('warning.reconnect', [address, reason], [command])];
  }
  if (state === 'failing') return [messages.createWarning('warning.failing', [address, reason], [typed('sync')])];
  if (served && lagSeconds !== null && lagSeconds > LAG_SECONDS) {
    return [messages.createWarning('warning.lag', [address, durationInWords(lagSeconds)])];
  }
  return [];
}

function notServedWarnings({ service, mailboxes }: ConnectorStatus, typed: Typed) {
  if (service !== null || mailboxes.length === 0) return [];
  return [messages.createWarning('warning.notServed', [], [typed('serve'), typed('sync')])];
}

function outboxWarnings({ outbox }: ConnectorStatus, typed: Typed) {
  if (outbox.dead === 0) return [];
  return [messages.createWarning('warning.dead', [countInWords(outbox.dead)], [typed('deadletter list')])];
}

function haltWarnings({ unhalted }: ConnectorStatus, typed: Typed) {
  if (unhalted.length === 0) return [];
  return [messages.createWarning('warning.unhalted', [countInWords(unhalted.length)], [typed('doctor')])];
}

function salesforceWarnings({ salesforce: { apiUsage, clockAheadSeconds } }: ConnectorStatus) {
  const warnings = [];
  if (apiUsage !== null && apiUsage.used >= API_SHARE * apiUsage.limit) {
    const counts = [apiUsage.used, apiUsage.limit].map(countInWords);
    warnings.push(messages.createWarning('warning.apiUsage', counts));
  }
  if (clockAheadSeconds !== null && Math.abs(clockAheadSeconds) > CLOCK_SECONDS) {
    const key = clockAheadSeconds > 0 ? 'warning.clockAhead' : 'warning.clockBehind';
    warnings.push(messages.createWarning(key, [durationInWords(Math.abs(clockAheadSeconds))]));
  }
  return warnings;
}

function writingWarnings({ writing }: ConnectorStatus, typed: Typed) {
  const { callsInDay, dailyCalls, budget, pausedUntil } = writing;
  const isScarce = budget !== 'ample' && callsInDay >= API_SHARE * dailyCalls;
  return [
    ...(isScarce ? [messages.createWarning('warning.budget', [callsInDay, dailyCalls].map(countInWords))] : []),
    ...(pausedUntil === null
      ? []
      : [messages.createWarning('warning.paused', [instantInWords(pausedUntil)], [typed('sync')])]),
  ];
}
