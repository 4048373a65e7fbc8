import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { ConnectorStatus, ServiceStatus } from '../facade.ts';
import { countInWords, instantInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';
import { printMailboxes } from './print-mailboxes.ts';
import { printable } from './printable.ts';

const messages = loadMessages('reply.status');

/**
 * Prints how the connector stands: service, database, org and outbox as a list, the mailboxes as a table.
 *
 * @param connectCommand what to type when no mailbox is connected
 */
export function printStatus(command: SfCommand<unknown>, status: ConnectorStatus, connectCommand: string): void {
  const fields: readonly (readonly [key: string, words: string])[] = [
    ['service', serviceInWords(status)],
    ['database', `${status.database.engine}, ${status.database.place}`],
    ['org', orgInWords(status)],
    ['messages', messagesInWords(status)],
    ['outbox', outboxInWords(status)],
    ['apiUsage', apiUsageInWords(status)],
    ['writing', writingInWords(status)],
  ];
  command.styledHeader(messages.getMessage('header', [status.version]));
  const labels = fields.map(([key, words]) => [messages.getMessage(`field.${key}`), words] as const);
  command.styledObject(Object.fromEntries(labels));
  command.log();
  command.styledHeader(messages.getMessage('header.mailboxes'));
  if (status.mailboxes.length === 0) command.log(messages.getMessage('noMailbox', [connectCommand]));
  else printMailboxes(command, status.mailboxes, ['address', 'state', 'lag', 'lastReply']);
}

function serviceInWords({ service, services }: ConnectorStatus): string {
  if (service === null) return messages.getMessage('service.stopped');
  if (services.length > 1) return services.map(processInWords).join('\n');
  return messages.getMessage('service.running', [instantInWords(service.startedAt), service.pid]);
}

function processInWords({ host, pid, startedAt, mailboxes }: ServiceStatus): string {
  const words = [printable(host), pid, instantInWords(startedAt), countInWords(mailboxes)];
  return messages.getMessage('service.process', words);
}

function orgInWords({ org }: ConnectorStatus): string {
  if (org === null) return messages.getMessage('org.none');
  return org.name === null ? org.id : `${printable(org.name)} (${org.id})`;
}

function messagesInWords({ messages: { seen, matched, waiting } }: ConnectorStatus): string {
  return messages.getMessage('messages', [seen, matched, waiting].map(countInWords));
}

function outboxInWords({ outbox: { pending, dead, oldestPendingAt } }: ConnectorStatus): string {
  const counts = [pending, dead].map(countInWords);
  if (oldestPendingAt === null) return messages.getMessage('outbox', counts);
  return messages.getMessage('outbox.since', [...counts, instantInWords(oldestPendingAt)]);
}

function apiUsageInWords({ salesforce: { apiUsage, apiCalls } }: ConnectorStatus): string {
  const own = countInWords(apiCalls);
  if (apiUsage === null) return messages.getMessage('apiUsage.unknown', [own]);
  const percent = apiUsage.limit === 0 ? 100 : Math.round((100 * apiUsage.used) / apiUsage.limit);
  return messages.getMessage('apiUsage', [countInWords(apiUsage.used), countInWords(apiUsage.limit), percent, own]);
}

function writingInWords({ writing: { callsInDay, dailyCalls } }: ConnectorStatus): string {
  return messages.getMessage('writing', [callsInDay, dailyCalls].map(countInWords));
}
