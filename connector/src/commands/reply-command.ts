import process from 'node:process';
import { SfError, type Org } from '@salesforce/core';
import { SfCommand } from '@salesforce/sf-plugins-core';
import { ActionableError } from '../errors.ts';
import type { Facade, Told } from '../facade.ts';
import type { OpenedFacade, OpenOptions } from '../connector.ts';
import { showAsLines, showOnTerminal, type ShownProgress } from './show-progress.ts';
import { defaultOrg, logsInByEnvironment, targetOrg } from './target-org.ts';

/**
 * What the commands have in common: each asks the connector's facade one thing and prints the answer. Methods that
 * reach outside the command are its seams: a test overrides them.
 */
export abstract class ReplyCommand<Result> extends SfCommand<Result> {
  /**
   * Opens the facade, does the work and closes it again, also after a failure. The org is the one of the flag; else the
   * connector logs in as the environment says; else the CLI's default org, asked for only by a command that needs one.
   */
  protected async withFacade<T>(
    options: { readonly org?: Org | undefined; readonly needsSalesforce: boolean },
    work: (facade: Facade) => Promise<T>,
  ): Promise<T> {
    const opened = await this.openFacade(await this.openOptions(options));
    try {
      return await work(opened.facade);
    } finally {
      await opened.close();
    }
  }

  protected async openOptions(options: {
    readonly org?: Org | undefined;
    readonly needsSalesforce: boolean;
  }): Promise<OpenOptions> {
    const { org, needsSalesforce } = options;
    const byDefault = org === undefined && needsSalesforce && !logsInByEnvironment(process.env);
    const chosen = byDefault ? await defaultOrg() : org;
    return { variables: process.env, needsSalesforce, ...(chosen && { salesforce: targetOrg(chosen) }) };
  }

  /** Seam: the connector, loaded only when it is needed, so that help is quick. */
  protected async openFacade(options: OpenOptions): Promise<OpenedFacade> {
    const { openFacade } = await import('../connector.ts');
    return openFacade(options);
  }

  /** Seam: true when a person sits at the terminal and can be asked. */
  protected interactive(): boolean {
    return !this.jsonEnabled() && process.stdin.isTTY && process.stdout.isTTY;
  }

  /** Shows how far the work has got: moving for a person at a terminal, as lines in a log, not at all with `--json`. */
  protected showProgress(): ShownProgress {
    const screen = { spinner: this.spinner, line: (text: string) => this.logToStderr(text) };
    return this.interactive() ? showOnTerminal(screen) : showAsLines(screen);
  }

  /** Prints warnings with a line between them. */
  protected warnAll(warnings: readonly SfCommand.Warning[]): void {
    for (const warning of warnings) {
      this.logToStderr();
      this.warn(warning);
    }
  }

  /** How a command of this plugin is typed here, for example `sf reply sync`, or `sf-reply sync` without the CLI. */
  protected typed(command: string): string {
    const topic = this.id?.startsWith('reply:') ? 'reply ' : '';
    return `${this.config.bin} ${topic}${command}`;
  }

  /** Turns what the connector says is wrong into the CLI's own kind of error. */
  protected override catch(error: Error | SfError): Promise<never> {
    return super.catch(error instanceof ActionableError ? toSfError(error) : error);
  }
}

/** For verbs whose progress is of no interest. */
export const untold: Told = () => undefined;

/** Without its cause: `--json` prints causes whole, and nobody has checked those for what a person may see. */
function toSfError({ message, actions, exitCode }: ActionableError): SfError {
  return SfError.create({ name: 'ReplyTrackingError', message, actions: [...actions], exitCode });
}
