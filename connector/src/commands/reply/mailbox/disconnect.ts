import { Flags } from '@salesforce/sf-plugins-core';
import { PROVIDER_NAMES, type DisconnectedMailbox } from '../../../facade.ts';
import { countInWords } from '../../in-words.ts';
import { loadMessages } from '../../load-messages.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';

const messages = loadMessages('reply.mailbox.disconnect');
const EXIT_USAGE = 2;
const PATIENCE_MS = 60_000;

export default class MailboxDisconnect extends ReplyCommand<DisconnectedMailbox | undefined> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = {
    address: Flags.string({ summary: messages.getMessage('flags.address.summary'), char: 'a', required: true }),
    provider: Flags.option({
      summary: messages.getMessage('flags.provider.summary'),
      options: PROVIDER_NAMES,
    })(),
    'no-prompt': Flags.boolean({ summary: messages.getMessage('flags.no-prompt.summary') }),
  };

  async run(): Promise<DisconnectedMailbox | undefined> {
    const { flags } = await this.parse(MailboxDisconnect);
    const { address, provider } = flags;
    if (!(await this.isAgreed(address, flags['no-prompt']))) {
      this.log(messages.getMessage('declined', [address]));
      return undefined;
    }
    const disconnected = await this.withFacade({ needsSalesforce: false }, (facade) =>
      facade.disconnectMailbox({ address, ...(provider && { provider }) }, untold),
    );
    this.logSuccess(messages.getMessage('disconnected', [disconnected.address]));
    if (disconnected.forgotten > 0) {
      this.log(messages.getMessage('forgotten', [countInWords(disconnected.forgotten)]));
    }
    return disconnected;
  }

  private async isAgreed(address: string, noPrompt: boolean): Promise<boolean> {
    if (noPrompt || this.jsonEnabled()) return true;
    if (!this.interactive()) throw messages.createError('error.confirmationRequired', [address], [], EXIT_USAGE);
    return this.confirm({ message: messages.getMessage('prompt', [address]), ms: PATIENCE_MS });
  }
}
