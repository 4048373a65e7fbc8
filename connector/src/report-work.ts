import type { Logger } from './logger.ts';
import type { Metrics } from './observe/metrics.ts';
import type { WorkParts } from './work.ts';

/** The log of what was read and written; `trace` leads from a page to the Tasks of its replies. */
export function reportTo(logger: Logger, metrics: Pick<Metrics, 'delivered'>): WorkParts['report'] {
  return {
    onPage: ({ mailbox, messages, newReplies, trace }) => {
      const line = { mailboxId: mailbox.id, mailbox: mailbox.address, messages, newReplies, trace };
      if (messages > 0) logger.info(line, 'Read a page.');
    },
    onDelivered: (replies) => {
      metrics.delivered(replies);
      for (const { replyKey, recordId, trace, seconds } of replies) {
        logger.info({ reply: replyKey.slice(0, 12), taskId: recordId, trace, seconds }, 'A reply is in Salesforce.');
      }
    },
    onUnhalted: (campaignStatusIds) => {
      const actions = ['Ask sf reply doctor what to do about them.'];
      logger.error(
        { campaignStatusIds, actions },
        'A person has answered, the Task is in Salesforce, and the sequence goes on.',
      );
    },
    onUndecided: ({ mailbox, reference, fault }) => {
      const reason = fault instanceof Error ? fault.message : String(fault);
      const words = 'A defect kept a message from being understood. It waits for the mail it cites; report the reason.';
      logger.error({ mailbox: mailbox.address, reference, reason }, words);
    },
  };
}
