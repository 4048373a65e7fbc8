import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply.mailbox.connect');

/**
 * The secret of an OAuth client, from a file that holds nothing else or from the JSON file that Google offers for
 * download (its `installed` or `web` object).
 *
 * @throws SfError when it is JSON and holds no client secret; it quotes nothing of the file
 */
export function readClientSecret(text: string): string {
  if (!text.trimStart().startsWith('{')) return text.trim();
  const secret = secretIn(text);
  if (typeof secret !== 'string' || secret === '') throw messages.createError('error.invalidClientSecretFile');
  return secret;
}

function secretIn(text: string): unknown {
  try {
    const file = JSON.parse(text) as { readonly installed?: Client; readonly web?: Client };
    return (file.installed ?? file.web)?.client_secret;
  } catch {
    return undefined;
  }
}

interface Client {
  readonly client_secret?: unknown;
}
