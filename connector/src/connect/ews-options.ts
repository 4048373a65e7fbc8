import type { EwsSettings, MailboxCredential } from '../facade.ts';
import type { EwsCredential, EwsOptions } from '../mailbox/ews/ews-options.ts';
import type { SharedTenants } from '../mailbox/graph/share-tenants.ts';
import type { AccessTokenSource } from '../mailbox/keep-token.ts';
import { consentTokens } from './consent-tokens.ts';
import { unfitCredential } from './unfit-credential.ts';

export interface EwsSurroundings extends Pick<EwsOptions, 'slots' | 'log'> {
  readonly tenants: Pick<SharedTenants, 'tokens'>;
  /** Puts another credential in the place of the one that is stored. */
  readonly save: ((credential: MailboxCredential) => Promise<void>) | undefined;
}

/**
 * What a mailbox on Exchange Server is opened with: its settings as they are stored, and a credential that renews
 * itself. An application acts for the owner of the mailbox, having none of its own.
 */
export function ewsOptions(
  settings: EwsSettings,
  credential: () => Promise<MailboxCredential>,
  { tenants, save, ...shared }: EwsSurroundings,
): EwsOptions {
  const { address, authentication, user = address } = settings;
  const { url, impersonate, certificateAuthorities, excludedFolders } = settings;
  let tokens: AccessTokenSource | undefined;
  return {
    ...{ ...shared, address, url },
    ...(impersonate !== undefined && { impersonate }),
    ...(certificateAuthorities !== undefined && { certificateAuthorities }),
    ...(excludedFolders && { excludedFolders }),
    credential: async (): Promise<EwsCredential> => {
      const opened = await credential();
      if (opened.kind === 'password') return { kind: authentication, user, password: opened.password };
      tokens ??= tokensOf(opened);
      return { kind: 'bearer', accessToken: tokens };
    },
  };

  function tokensOf(opened: MailboxCredential): AccessTokenSource {
    const { tokenUrl, tenantId, loginUrl } = settings;
    if (opened.kind === 'accessToken') return () => Promise.resolve(opened.accessToken);
    if (opened.kind === 'refreshToken' && tokenUrl !== undefined) {
      return consentTokens(opened, { address, tokenUrl, save });
    }
    if (opened.kind === 'certificate' && tenantId !== undefined) {
      const resource = `${new URL(url).origin}/`;
      return tenants.tokens(opened, { address, tenantId, resource, ...(loginUrl !== undefined && { loginUrl }) });
    }
    throw unfitCredential(address, 'a mailbox on Exchange Server');
  }
}
