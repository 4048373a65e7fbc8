import type { MailboxStatus } from '../../../facade.ts';
import { expiryWarnings } from '../../expiry-warnings.ts';
import { loadMessages } from '../../load-messages.ts';
import { printExpiries, printMailboxes } from '../../print-mailboxes.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';

const messages = loadMessages('reply.mailbox.list');

export default class MailboxList extends ReplyCommand<readonly MailboxStatus[]> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');

  async run(): Promise<readonly MailboxStatus[]> {
    await this.parse(MailboxList);
    const mailboxes = await this.withFacade({ needsSalesforce: false }, (facade) => facade.mailboxes({}, untold));
    if (mailboxes.length === 0) this.log(messages.getMessage('none', [this.typed('mailbox connect')]));
    else printMailboxes(this, mailboxes, ['address', 'provider', 'state', 'changes', 'lastReply']);
    printExpiries(this, mailboxes);
    this.warnAll(expiryWarnings(mailboxes, new Date()));
    return mailboxes;
  }
}
