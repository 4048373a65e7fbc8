import process from 'node:process';
import type { OpenOptions } from '../../connector.ts';
import { loadMessages } from '../load-messages.ts';
import { ReplyCommand } from '../reply-command.ts';
import { stopSignal } from '../stop-signal.ts';
import { targetOrgFlag } from '../target-org-flag.ts';

const messages = loadMessages('reply.serve');

/** From the end of the service until the process ends whatever is still open. */
const LEAVE_MS = 1_000;

/** How the service ended. */
export interface ServeResult {
  readonly startedAt: string;
  readonly stoppedAt: string;
  /** The signal that asked for the end. */
  readonly signal: string;
}

export default class Serve extends ReplyCommand<ServeResult> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = { 'target-org': targetOrgFlag };

  async run(): Promise<ServeResult> {
    const { flags } = await this.parse(Serve);
    const options = await this.openOptions({ org: flags['target-org'], needsSalesforce: true });
    const startedAt = new Date().toISOString();
    const signal = this.stopSignal();
    signal.addEventListener('abort', () => this.logToStderr(messages.getMessage('stopping')));
    this.logToStderr(messages.getMessage('starting'));
    await this.runService(options, signal);
    this.logToStderr(messages.getMessage('stopped'));
    return { startedAt, stoppedAt: new Date().toISOString(), signal: String(signal.reason) };
  }

  /** Seam: the service, which works until the signal aborts. */
  protected async runService(options: OpenOptions, signal: AbortSignal): Promise<void> {
    const { runService } = await import('../../connector.ts');
    await runService(options, signal);
    // A call that never answers must not keep the process once all is closed; what is written of it comes out before.
    setTimeout(() => process.exit(), LEAVE_MS).unref();
  }

  /** Seam: what asks the service to stop. */
  protected stopSignal(): AbortSignal {
    return stopSignal();
  }
}
