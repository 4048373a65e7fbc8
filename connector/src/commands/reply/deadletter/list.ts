import { Flags } from '@salesforce/sf-plugins-core';
import type { DeadLetterList } from '../../../facade.ts';
import { countInWords, instantInColumn } from '../../in-words.ts';
import { loadMessages } from '../../load-messages.ts';
import { printable } from '../../printable.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';

const messages = loadMessages('reply.deadletter.list');

export default class DeadletterList extends ReplyCommand<DeadLetterList> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = {
    reason: Flags.string({ summary: messages.getMessage('flags.reason.summary'), char: 'r' }),
  };

  async run(): Promise<DeadLetterList> {
    const { flags } = await this.parse(DeadletterList);
    const request = flags.reason === undefined ? {} : { code: flags.reason };
    const list = await this.withFacade({ needsSalesforce: false }, (facade) => facade.deadLetters(request, untold));
    if (list.letters.length === 0) this.log(messages.getMessage('none'));
    else this.print(list);
    return list;
  }

  private print({ letters, total }: DeadLetterList): void {
    this.table({
      data: letters.map(({ id, type, diedAt, reason }) => ({
        ...{ id, type, diedAt: instantInColumn(diedAt), reason: printable(reason) },
      })),
      columns: (['id', 'type', 'diedAt', 'reason'] as const).map((key) => ({
        ...{ key, name: messages.getMessage(`column.${key}`) },
      })),
      overflow: 'wrap',
    });
    if (letters.length < total) {
      this.log(messages.getMessage('shown', [countInWords(letters.length), countInWords(total)]));
    }
    this.log(messages.getMessage('next', [this.typed('deadletter retry'), this.typed('deadletter drop')]));
  }
}
