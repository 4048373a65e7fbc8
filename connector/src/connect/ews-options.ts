import type { EwsSettings, MailboxCredential } from '../facade.ts';
import type { EwsCredential, EwsOptions } from '../mailbox/ews/ews-options.ts';
import { unfitCredential } from './unfit-credential.ts';

/** What a mailbox on Exchange Server is opened with: its settings as they are stored, and its credential. */
export function ewsOptions(
  settings: EwsSettings,
  credential: () => Promise<MailboxCredential>,
  shared: Pick<EwsOptions, 'slots' | 'log'>,
): EwsOptions {
  const { provider: _provider, aliases: _aliases, authentication, user = settings.address, ...place } = settings;
  return {
    ...{ ...place, ...shared },
    credential: async () => ewsCredential(await credential(), settings.address, { authentication, user }),
  };
}

function ewsCredential(
  credential: MailboxCredential,
  address: string,
  { authentication, user }: { readonly authentication: 'basic' | 'ntlm'; readonly user: string },
): EwsCredential {
  if (credential.kind === 'password') return { kind: authentication, user, password: credential.password };
  if (credential.kind === 'accessToken') {
    return { kind: 'bearer', accessToken: () => Promise.resolve(credential.accessToken) };
  }
  throw unfitCredential(address, 'a mailbox on Exchange Server');
}
