import type { GmailSettings, MailboxCredential } from '../facade.ts';
import type { GmailMailboxOptions } from '../mailbox/gmail/gmail-mailbox.ts';
import { googleAccessToken } from '../mailbox/gmail/google-access-token.ts';
import type { AccessTokenSource } from '../mailbox/keep-token.ts';
import { unfitCredential } from './unfit-credential.ts';

/** What a Gmail mailbox is opened with: its settings as they are stored, and tokens that its credential gets. */
export function gmailOptions(
  { address, rootUrl, tokenUrl, pollSeconds, excludedFolders }: GmailSettings,
  credential: () => Promise<MailboxCredential>,
  shared: Pick<GmailMailboxOptions, 'costs' | 'unitsPerMinute' | 'projectBudget' | 'topic' | 'log'>,
): GmailMailboxOptions {
  let tokens: AccessTokenSource | undefined;
  return {
    ...{ ...shared, address },
    accessToken: async (refused) => {
      tokens ??= googleAccessToken(googleCredential(await credential(), address), {
        address,
        ...(tokenUrl !== undefined && { tokenUrl }),
      });
      return tokens(refused);
    },
    ...(rootUrl !== undefined && { rootUrl }),
    ...(excludedFolders && { excludedFolders }),
    ...(pollSeconds !== undefined && { pollIntervalMs: pollSeconds * 1000 }),
  };
}

function googleCredential(credential: MailboxCredential, address: string) {
  if (credential.kind !== 'password' && credential.kind !== 'certificate') return credential;
  throw unfitCredential(address, 'a Gmail mailbox');
}
