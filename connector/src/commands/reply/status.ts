import type { ConnectorStatus } from '../../facade.ts';
import { loadMessages } from '../load-messages.ts';
import { printStatus } from '../print-status.ts';
import { ReplyCommand, untold } from '../reply-command.ts';
import { expiryWarnings } from '../expiry-warnings.ts';
import { statusWarnings } from '../status-warnings.ts';

const messages = loadMessages('reply.status');

export default class Status extends ReplyCommand<ConnectorStatus> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');

  async run(): Promise<ConnectorStatus> {
    await this.parse(Status);
    const status = await this.withFacade({ needsSalesforce: false }, (facade) => facade.status({}, untold));
    printStatus(this, status, this.typed('mailbox connect'));
    this.warnAll(statusWarnings(status, (command) => this.typed(command)));
    this.warnAll(expiryWarnings(status.mailboxes, new Date()));
    return status;
  }
}
