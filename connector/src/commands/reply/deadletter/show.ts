import { Flags } from '@salesforce/sf-plugins-core';
import type { DeadLetterDetail } from '../../../facade.ts';
import { countInWords, instantInWords } from '../../in-words.ts';
import { loadMessages } from '../../load-messages.ts';
import { printable } from '../../printable.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';

const messages = loadMessages('reply.deadletter.show');

export default class DeadletterShow extends ReplyCommand<DeadLetterDetail> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = {
    id: Flags.string({ summary: messages.getMessage('flags.id.summary'), char: 'i', required: true }),
  };

  async run(): Promise<DeadLetterDetail> {
    const { flags } = await this.parse(DeadletterShow);
    const letter = await this.withFacade({ needsSalesforce: false }, (facade) =>
      facade.deadLetter({ id: flags.id }, untold),
    );
    const shown = Object.entries(fieldsOf(letter)).filter(([, value]) => value !== null);
    this.styledObject(
      Object.fromEntries(shown.map(([key, value]) => [messages.getMessage(`field.${key}`), printable(value ?? '')])),
    );
    return letter;
  }
}

function fieldsOf({ id, type, reason, key, attempts, foundAt, diedAt, reply, droppedReason }: DeadLetterDetail) {
  return {
    ...{ id, type, key, reason },
    attempts: countInWords(attempts),
    foundAt: instantInWords(foundAt),
    diedAt: instantInWords(diedAt),
    kind: reply?.kind ?? null,
    from: reply?.from ?? null,
    receivedAt: reply === null ? null : instantInWords(reply.receivedAt),
    messageKey: reply?.messageKey ?? null,
    personId: reply?.personId ?? null,
    droppedReason,
  };
}
