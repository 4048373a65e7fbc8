import { Flags } from '@salesforce/sf-plugins-core';
import type { PersonErasure, PersonExport } from '../../../facade.ts';
import { countInWords } from '../../in-words.ts';
import { loadMessages } from '../../load-messages.ts';
import { printable } from '../../printable.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';

const messages = loadMessages('reply.privacy.erase');
const EXIT_USAGE = 2;
const PATIENCE_MS = 60_000;

export default class PrivacyErase extends ReplyCommand<PersonErasure | undefined> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = {
    person: Flags.string({ summary: messages.getMessage('flags.person.summary'), char: 'p', required: true }),
    'no-prompt': Flags.boolean({ summary: messages.getMessage('flags.no-prompt.summary') }),
  };

  async run(): Promise<PersonErasure | undefined> {
    const { flags } = await this.parse(PrivacyErase);
    const { person } = flags;
    return this.withFacade({ needsSalesforce: false }, async (facade) => {
      if (!flags['no-prompt'] && !this.jsonEnabled()) {
        if (!this.interactive()) throw messages.createError('error.confirmationRequired', [person], [], EXIT_USAGE);
        this.show(await facade.exportPerson({ person }, untold));
        if (!(await this.confirm({ message: messages.getMessage('prompt'), ms: PATIENCE_MS }))) {
          this.log(messages.getMessage('declined'));
          return undefined;
        }
      }
      const erased = await facade.erasePerson({ person }, untold);
      this.report(erased);
      return erased;
    });
  }

  private show({ person, mails, replies, enrolments }: PersonExport): void {
    const names = [...person.addresses, ...person.ids].map((name) => printable(name)).join(', ');
    const counts = [mails, replies, enrolments].map(({ length }) => countInWords(length));
    this.log(messages.getMessage('about', [names, ...counts]));
  }

  private report({ person, mails, replies, undelivered, salesforce }: PersonErasure): void {
    const names = [...person.addresses, ...person.ids].map((name) => printable(name)).join(', ');
    this.logSuccess(messages.getMessage('erased', [names, countInWords(mails), countInWords(replies)]));
    if (undelivered > 0) this.warn(messages.getMessage('undelivered', [countInWords(undelivered)]));
    this.log(messages.getMessage('salesforce'));
    for (const { holds, soql } of salesforce) this.log(`  ${holds}:\n    ${printable(soql, 10_000)}`);
  }
}
