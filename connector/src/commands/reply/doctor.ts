import process from 'node:process';
import type { Org } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import type { CheckResult, Examination } from '../../facade.ts';
import { loadMessages } from '../load-messages.ts';
import { printable } from '../printable.ts';
import { ReplyCommand } from '../reply-command.ts';
import { targetOrgFlag } from '../target-org-flag.ts';

const messages = loadMessages('reply.doctor');

/** The longest text of a check: it may hold words of a provider. */
const MOST_CHARACTERS = 600;

export default class Doctor extends ReplyCommand<Examination> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = {
    'target-org': targetOrgFlag,
    strict: Flags.boolean({ summary: messages.getMessage('flags.strict.summary') }),
  };

  async run(): Promise<Examination> {
    const { flags } = await this.parse(Doctor);
    const examination = await this.examine(flags['target-org']);
    this.print(examination.checks);
    process.exitCode = exitCodeOf(examination.checks, flags.strict);
    return examination;
  }

  private async examine(org: Org | undefined): Promise<Examination> {
    const progress = this.showProgress();
    const needs = { org, needsSalesforce: true };
    try {
      return await this.withFacade(needs, (facade) => facade.examine({}, progress.told));
    } catch (error) {
      const { examineUnopened } = await import('../../connector.ts');
      return await examineUnopened(await this.openOptions(needs), error, progress.told);
    } finally {
      progress.end();
    }
  }

  private print(checks: readonly CheckResult[]): void {
    this.table({
      data: checks.map(({ check, mailbox, state, found, actions }) => ({
        check: [messages.getMessage(`check.${check}`), ...(mailbox === null ? [] : [printable(mailbox)])].join('\n'),
        state: messages.getMessage(`state.${state}`),
        found: printable(found, MOST_CHARACTERS),
        actions: actions.map((action) => printable(action, MOST_CHARACTERS)).join('\n'),
      })),
      columns: (['check', 'state', 'found', 'actions'] as const).map((key) => ({
        key,
        name: messages.getMessage(`column.${key}`),
      })),
      overflow: 'wrap',
    });
    const count = (state: CheckResult['state']): number => checks.filter((each) => each.state === state).length;
    const counts = [checks.length, count('failure'), count('warning'), count('skipped')];
    this.log(messages.getMessage('summaryLine', counts));
  }
}

function exitCodeOf(checks: readonly CheckResult[], strict: boolean): number {
  if (checks.some(({ state }) => state === 'failure')) return 1;
  return strict && checks.some(({ state }) => state === 'warning') ? 2 : 0;
}
