/**
 * An error that a person can act on. `message` names the thing that is wrong; `actions` say what to do next. No secret
 * and no header text of a stranger belongs into either.
 */
export class ActionableError extends Error {
  override readonly name: string = 'ActionableError';
  readonly actions: readonly string[];
  /** The exit code of a command that ends with this error; 78 is EX_CONFIG of sysexits(3). */
  readonly exitCode: number;

  constructor(message: string, actions: readonly string[], options: { cause?: unknown; exitCode?: number } = {}) {
    super(message, { cause: options.cause });
    this.actions = actions;
    this.exitCode = options.exitCode ?? 1;
  }
}
