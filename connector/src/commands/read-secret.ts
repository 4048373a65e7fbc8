import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply.mailbox.connect');
const EXIT_USAGE = 2;
/** A mailbox password for `reply mailbox connect`. */
export const PASSWORD_VARIABLE = 'REPLY_TRACKING_MAILBOX_PASSWORD';
/** No password, token or client secret is longer. */
export const LONGEST_SECRET_BYTES = 16_384;

/** The places that a secret may come from. A value of a flag is none: it would stand in the list of processes. */
export interface SecretSources {
  /** The whole of standard input. */
  readonly standardInput: () => Promise<string>;
  readonly variables: NodeJS.ProcessEnv;
  /** Asks a person without showing what is typed; absent where nobody can be asked. */
  readonly ask?: (question: string) => Promise<string>;
}

/**
 * The password of an IMAP mailbox: from standard input if a flag says so, else from the environment, else asked for.
 *
 * @throws SfError when there is no place to take it from
 */
export async function readPassword(
  address: string,
  fromStandardInput: boolean,
  { standardInput, variables, ask }: SecretSources,
): Promise<string> {
  if (fromStandardInput) return withoutLineEnd(await standardInput());
  const variable = variables[PASSWORD_VARIABLE];
  if (variable !== undefined && variable !== '') return variable;
  if (ask === undefined)
    throw messages.createError('error.missingPassword', [address], [PASSWORD_VARIABLE], EXIT_USAGE);
  const typed = await ask(messages.getMessage('prompt.password', [address]));
  if (typed === '') throw messages.createError('error.emptyPassword', [], [], EXIT_USAGE);
  return typed;
}

/** `echo` ends what it prints with a line end that belongs to no secret. */
export function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
