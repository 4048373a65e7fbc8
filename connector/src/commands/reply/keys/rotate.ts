import type { KeyRotation, Told } from '../../../facade.ts';
import { countInWords } from '../../in-words.ts';
import { loadMessages } from '../../load-messages.ts';
import { ReplyCommand } from '../../reply-command.ts';

const messages = loadMessages('reply.keys.rotate');

export default class KeysRotate extends ReplyCommand<KeyRotation> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');

  async run(): Promise<KeyRotation> {
    await this.parse(KeysRotate);
    this.spinner.start(messages.getMessage('spinner'));
    const told: Told = (event) => {
      if (event.type === 'count') this.spinner.status = messages.getMessage('count', [event.done, event.total]);
    };
    const rotation = await this.withFacade({ needsSalesforce: false }, (facade) => facade.rotateKeys({}, told));
    this.spinner.stop();
    this.report(rotation);
    return rotation;
  }

  private report({ keyId, previousKeyIds, credentials, resumed, nextSteps }: KeyRotation): void {
    if (resumed) this.log(messages.getMessage('resumed'));
    this.logSuccess(messages.getMessage('rotated', [keyId, countInWords(credentials)]));
    if (previousKeyIds.length > 0) this.log(messages.getMessage('previous', [previousKeyIds.join(', ')]));
    for (const step of nextSteps) this.log(step);
  }
}
