import type { RetriedDeadLetters } from '../../../facade.ts';
import { deadLetterFlags, selectionOf } from '../../dead-letter-flags.ts';
import { countInWords } from '../../in-words.ts';
import { loadMessages } from '../../load-messages.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';
import { targetOrgFlag } from '../../target-org-flag.ts';

const messages = loadMessages('reply.deadletter.retry');

export default class DeadletterRetry extends ReplyCommand<RetriedDeadLetters> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = { ...deadLetterFlags, 'target-org': targetOrgFlag };

  async run(): Promise<RetriedDeadLetters> {
    const { flags } = await this.parse(DeadletterRetry);
    const result = await this.withFacade({ org: flags['target-org'], needsSalesforce: true }, (facade) =>
      facade.retryDeadLetters(selectionOf(flags), untold),
    );
    this.report(result);
    return result;
  }

  private report({ retried, delivery }: RetriedDeadLetters): void {
    if (delivery === null) {
      this.log(messages.getMessage('none'));
      return;
    }
    const { delivered, retried: waiting, dead, failure } = delivery;
    this.logSuccess(messages.getMessage('retried', [countInWords(retried)]));
    this.log(messages.getMessage('delivery', [delivered, waiting, dead].map(countInWords)));
    if (failure !== null) this.warn({ name: 'DeliveryFailed', ...failure, actions: [...failure.actions] });
  }
}
