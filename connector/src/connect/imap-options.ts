import type { ImapSettings, MailboxCredential } from '../facade.ts';
import type { ImapCredential, ImapOptions } from '../mailbox/imap/imap-options.ts';
import type { AccessTokenSource } from '../mailbox/keep-token.ts';
import { consentTokens } from './consent-tokens.ts';
import { unfitCredential } from './unfit-credential.ts';

export interface ImapSurroundings extends Pick<ImapOptions, 'slots' | 'log'> {
  /** Puts another credential in the place of the one that is stored. */
  readonly save: ((credential: MailboxCredential) => Promise<void>) | undefined;
}

/** What an IMAP mailbox is opened with: its settings as they are stored, and a credential that renews itself. */
export function imapOptions(
  settings: ImapSettings,
  credential: () => Promise<MailboxCredential>,
  { save, ...shared }: ImapSurroundings,
): ImapOptions {
  const { provider: _provider, aliases: _aliases, tokenUrl, user = settings.address, ...place } = settings;
  let tokens: AccessTokenSource | undefined;
  return {
    ...{ ...place, ...shared, user },
    credential: async (refused) => {
      const opened = await credential();
      if (opened.kind !== 'refreshToken' || tokenUrl === undefined) return imapCredential(opened, settings.address);
      tokens ??= consentTokens(opened, { address: settings.address, tokenUrl, save });
      return { accessToken: await tokens(refused) };
    },
  };
}

function imapCredential(credential: MailboxCredential, address: string): ImapCredential {
  if (credential.kind === 'password' || credential.kind === 'accessToken') return credential;
  throw unfitCredential(address, 'an IMAP mailbox');
}
