import process from 'node:process';
import type { Org } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import type { SyncRequest, SyncResult } from '../../facade.ts';
import { loadMessages } from '../load-messages.ts';
import { printSyncResult } from '../print-sync-result.ts';
import { readSince } from '../read-since.ts';
import { ReplyCommand } from '../reply-command.ts';
import { syncFailures } from '../sync-failures.ts';
import { targetOrgFlag } from '../target-org-flag.ts';

const messages = loadMessages('reply.sync');

export default class Sync extends ReplyCommand<SyncResult> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = {
    'target-org': targetOrgFlag,
    mailbox: Flags.string({ summary: messages.getMessage('flags.mailbox.summary'), char: 'm' }),
    since: Flags.string({
      summary: messages.getMessage('flags.since.summary'),
      description: messages.getMessage('flags.since.description'),
      ...{ helpValue: '<date>', exclusive: ['days'] },
    }),
    days: Flags.integer({ summary: messages.getMessage('flags.days.summary'), min: 1, max: 3650 }),
    'dry-run': Flags.boolean({
      summary: messages.getMessage('flags.dry-run.summary'),
      description: messages.getMessage('flags.dry-run.description'),
    }),
  };

  async run(): Promise<SyncResult> {
    const { flags } = await this.parse(Sync);
    const since = readSince(flags, new Date());
    const result = await this.sync(flags['target-org'], {
      ...(flags.mailbox !== undefined && { mailbox: flags.mailbox }),
      ...(since !== undefined && { since }),
      ...(flags['dry-run'] && { dryRun: true }),
    });
    printSyncResult(this, result);
    const failures = syncFailures(result);
    this.warnAll(failures);
    // The answer is whole although a part of the work failed, so it is returned, and the exit code tells.
    if (failures.length > 0) process.exitCode = 1;
    return result;
  }

  private async sync(org: Org | undefined, request: SyncRequest): Promise<SyncResult> {
    const progress = this.showProgress();
    try {
      return await this.withFacade({ org, needsSalesforce: true }, (facade) => facade.sync(request, progress.told));
    } finally {
      progress.end();
    }
  }
}
