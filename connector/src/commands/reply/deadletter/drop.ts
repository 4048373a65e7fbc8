import { Flags } from '@salesforce/sf-plugins-core';
import type { DroppedDeadLetters } from '../../../facade.ts';
import { deadLetterFlags, selectionOf } from '../../dead-letter-flags.ts';
import { countInWords } from '../../in-words.ts';
import { loadMessages } from '../../load-messages.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';

const messages = loadMessages('reply.deadletter.drop');

export default class DeadletterDrop extends ReplyCommand<DroppedDeadLetters> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = {
    ...deadLetterFlags,
    because: Flags.string({ summary: messages.getMessage('flags.because.summary'), char: 'b', required: true }),
  };

  async run(): Promise<DroppedDeadLetters> {
    const { flags } = await this.parse(DeadletterDrop);
    const request = { ...selectionOf(flags), because: flags.because };
    const result = await this.withFacade({ needsSalesforce: false }, (facade) =>
      facade.dropDeadLetters(request, untold),
    );
    if (result.dropped === 0) this.log(messages.getMessage('none'));
    else this.logSuccess(messages.getMessage('dropped', [countInWords(result.dropped)]));
    return result;
  }
}
