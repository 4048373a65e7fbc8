import { Flags } from '@salesforce/sf-plugins-core';
import type { PersonExport } from '../../../facade.ts';
import { loadMessages } from '../../load-messages.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';

const messages = loadMessages('reply.privacy.export');

export default class PrivacyExport extends ReplyCommand<PersonExport> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = {
    person: Flags.string({ summary: messages.getMessage('flags.person.summary'), char: 'p', required: true }),
  };

  async run(): Promise<PersonExport> {
    const { person } = (await this.parse(PrivacyExport)).flags;
    const found = await this.withFacade({ needsSalesforce: false }, (facade) =>
      facade.exportPerson({ person }, untold),
    );
    // For the person who asked, whose data it is: JSON is read by people and programs alike.
    this.log(JSON.stringify(found, undefined, 2));
    return found;
  }
}
