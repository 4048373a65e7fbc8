import type { GraphSettings, MailboxCredential } from '../facade.ts';
import type { GraphMailboxOptions } from '../mailbox/graph/graph-mailbox.ts';
import { adminConsentUrl } from '../mailbox/graph/microsoft-token-failure.ts';
import type { GraphPush } from '../mailbox/graph/renew-subscription.ts';
import type { SharedTenants } from '../mailbox/graph/share-tenants.ts';
import type { AccessTokenSource } from '../mailbox/keep-token.ts';
import type { Store } from '../store/store.ts';
import { unfitCredential } from './unfit-credential.ts';

export interface GraphSurroundings {
  readonly tenants: SharedTenants;
  /** Puts another credential in the place of the one that is stored. */
  readonly save: ((credential: MailboxCredential) => Promise<void>) | undefined;
  readonly push: GraphPush | undefined;
  readonly log: (message: string) => void;
}

/** What a mailbox of Microsoft 365 is opened with: its settings as they are stored, and tokens of its tenant. */
export function graphOptions(
  { address, tenantId, rootUrl, loginUrl, pollSeconds, excludedFolders }: GraphSettings,
  credential: () => Promise<MailboxCredential>,
  { tenants, save, push, log }: GraphSurroundings,
): GraphMailboxOptions {
  let tokens: AccessTokenSource | undefined;
  let clientId: string | undefined;
  return {
    ...{ address, coolDown: tenants.coolDown(tenantId), log },
    consentUrl: () => clientId && adminConsentUrl(tenantId, clientId),
    accessToken: async (refused) => {
      tokens ??= await openTokens();
      return tokens(refused);
    },
    ...(rootUrl !== undefined && { rootUrl }),
    ...(excludedFolders && { excludedFolders }),
    ...(pollSeconds !== undefined && { pollIntervalMs: pollSeconds * 1000 }),
    ...(push && { push }),
  };

  async function openTokens(): Promise<AccessTokenSource> {
    const opened = microsoftCredential(await credential(), address);
    if (opened.kind === 'certificate') clientId = opened.clientId;
    return tenants.tokens(opened, {
      ...{ address, tenantId },
      ...(loginUrl !== undefined && { loginUrl }),
      ...(save && { onRefreshToken: (refreshToken) => save({ ...opened, refreshToken } as MailboxCredential) }),
    });
  }
}

/** How Graph tells of changes in a mailbox that is stored. */
export function graphPush(
  mailboxId: string,
  notificationUrl: string,
  store: Pick<Store, 'pushSubscription' | 'savePushSubscription'>,
): GraphPush {
  return {
    notificationUrl,
    subscriptionId: async () => (await store.pushSubscription(mailboxId))?.subscriptionId,
    save: ({ id: subscriptionId, secretHash, expiresAt }) =>
      store.savePushSubscription({ mailboxId, subscriptionId: subscriptionId.toLowerCase(), secretHash, expiresAt }),
  };
}

function microsoftCredential(credential: MailboxCredential, address: string) {
  if (credential.kind !== 'password' && credential.kind !== 'serviceAccount') return credential;
  throw unfitCredential(address, 'a mailbox of Microsoft 365');
}
