import { Args } from '@oclif/core';
import { Flags } from '@salesforce/sf-plugins-core';
import type { Explanation, ExplainRequest } from '../../facade.ts';
import { loadMessages } from '../load-messages.ts';
import { printExplanation } from '../print-explanation.ts';
import { readMessage } from '../read-message.ts';
import { ReplyCommand, untold } from '../reply-command.ts';

const messages = loadMessages('reply.explain');
const EXIT_USAGE = 2;

export default class Explain extends ReplyCommand<Explanation> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly args = {
    file: Args.string({ description: messages.getMessage('args.file.description'), ignoreStdin: true }),
  };
  static override readonly flags = {
    'message-id': Flags.string({
      summary: messages.getMessage('flags.message-id.summary'),
      description: messages.getMessage('flags.message-id.description'),
    }),
    mailbox: Flags.string({
      summary: messages.getMessage('flags.mailbox.summary'),
      description: messages.getMessage('flags.mailbox.description'),
      char: 'm',
    }),
  };

  async run(): Promise<Explanation> {
    const { args, flags } = await this.parse(Explain);
    const request = await explainRequest(args.file, flags);
    const explanation = await this.withFacade({ needsSalesforce: false }, (facade) => facade.explain(request, untold));
    printExplanation(this, explanation);
    return explanation;
  }
}

async function explainRequest(
  file: string | undefined,
  {
    mailbox,
    'message-id': messageId,
  }: { readonly mailbox?: string | undefined; readonly 'message-id'?: string | undefined },
): Promise<ExplainRequest> {
  const where = mailbox === undefined ? {} : { mailbox };
  if (file !== undefined && messageId !== undefined)
    throw messages.createError('error.incompatibleInput', [], [], EXIT_USAGE);
  if (messageId !== undefined) return { messageId, ...where };
  if (file === undefined) throw messages.createError('error.nothingToExplain', [], [], EXIT_USAGE);
  return { headers: await readMessage(file), ...where };
}
