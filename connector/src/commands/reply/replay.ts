import process from 'node:process';
import { Args } from '@oclif/core';
import { Flags } from '@salesforce/sf-plugins-core';
import type { Replay as ReplayResult } from '../../facade.ts';
import { countInWords } from '../in-words.ts';
import { loadMessages } from '../load-messages.ts';
import { printExplanation } from '../print-explanation.ts';
import { readMessage } from '../read-message.ts';
import { ReplyCommand } from '../reply-command.ts';
import { deliveryFailures } from '../sync-failures.ts';
import { targetOrgFlag } from '../target-org-flag.ts';

const messages = loadMessages('reply.replay');

export default class Replay extends ReplyCommand<ReplayResult> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly args = {
    file: Args.string({
      description: messages.getMessage('args.file.description'),
      ...{ required: true, ignoreStdin: true },
    }),
  };
  static override readonly flags = {
    'target-org': targetOrgFlag,
    mailbox: Flags.string({ summary: messages.getMessage('flags.mailbox.summary'), char: 'm' }),
    commit: Flags.boolean({ summary: messages.getMessage('flags.commit.summary') }),
  };

  async run(): Promise<ReplayResult> {
    const { args, flags } = await this.parse(Replay);
    const { mailbox, commit } = flags;
    const message = await readMessage(args.file);
    const progress = this.showProgress();
    const request = { message, ...(mailbox !== undefined && { mailbox }), ...(commit && { commit }) };
    const replay = await this.withFacade({ org: flags['target-org'], needsSalesforce: Boolean(commit) }, (facade) =>
      facade.replay(request, progress.told),
    ).finally(() => progress.end());
    this.report(replay);
    return replay;
  }

  private report({ committed, explanation, newReplies, delivery }: ReplayResult): void {
    printExplanation(this, explanation);
    const count = countInWords(newReplies);
    if (!committed) this.log(messages.getMessage('dryRun', [count]));
    else if (newReplies === 0) this.log(messages.getMessage('nothingNew'));
    else this.logSuccess(messages.getMessage('committed', [count, countInWords(delivery?.delivered ?? 0)]));
    const failures = deliveryFailures(delivery);
    this.warnAll(failures);
    if (failures.length > 0) process.exitCode = 1;
  }
}
