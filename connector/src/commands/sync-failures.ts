import type { SfCommand } from '@salesforce/sf-plugins-core';
import type { DeliveryResult, FailureReport, SyncResult } from '../facade.ts';
import { countInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply.sync');

/** Whatever part of a sync did not succeed, each with what to do. */
export function syncFailures({ pulled, mailboxes, delivery }: SyncResult): SfCommand.Warning[] {
  return [
    ...asWarning('PullFailed', pulled.failure),
    ...mailboxes.flatMap(({ failure }) => asWarning('MailboxFailed', failure)),
    ...deliveryFailures(delivery),
  ];
}

/** What could not be written into Salesforce, each with what to do. */
export function deliveryFailures(delivery: DeliveryResult | null): SfCommand.Warning[] {
  if (delivery === null) return [];
  return [...asWarning('DeliveryFailed', delivery.failure), ...refused(delivery.dead)];
}

function asWarning(name: string, failure: FailureReport | null): SfCommand.Warning[] {
  return failure === null ? [] : [{ name, message: failure.message, actions: [...failure.actions] }];
}

function refused(count: number): SfCommand.Warning[] {
  return count === 0 ? [] : [messages.createWarning('warning.dead', [countInWords(count)])];
}
