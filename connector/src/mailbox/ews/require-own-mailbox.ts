import { ActionableError } from '../../errors.ts';
import type { EwsClient } from './ews-client.ts';
import { EwsFailure } from './ews-failure.ts';
import type { EwsCredential } from './ews-options.ts';

/** What a server may answer, beside that there is no such folder, to an account that a mailbox is not open to. */
const REFUSED = ['ErrorAccessDenied', 'ErrorNonExistentMailbox', 'ErrorMailboxStoreUnavailable'];

/**
 * An account that does not act for others reads its own mailbox, whatever address was meant: the inbox that it reads has
 * to be the inbox of that address ([MS-OXWSCDATA] section 2.2.4.27).
 *
 * @param client one that acts for nobody
 * @throws ActionableError that names the account and the address, when the account reads another mailbox
 */
export async function requireOwnMailbox(
  client: Pick<EwsClient, 'folderId'>,
  { address, credential }: { readonly address: string; readonly credential: () => Promise<EwsCredential> },
): Promise<void> {
  const read = await client.folderId('inbox');
  // A mailbox that shows no inbox is told by whoever lists its folders.
  if (read === undefined) return;
  const meant = await client.folderId('inbox', address).catch((error: unknown) => {
    if (error instanceof EwsFailure && REFUSED.includes(error.code ?? '')) return undefined;
    throw error;
  });
  if (meant === read) return;
  const why = meant === undefined ? 'it may not open' : 'it is a mere delegate of';
  throw new ActionableError(
    `${accountOf(await credential())} would have its own mailbox read: ${why} the mailbox of ${address}.`,
    [
      `Log in, or give the consent, as the owner of ${address}.`,
      'Or connect with --impersonate, by an account that has the role ApplicationImpersonation.',
    ],
  );
}

/** A token is for the server alone to read. */
function accountOf(credential: EwsCredential): string {
  return credential.kind === 'bearer' ? 'The account that the token was given for' : `The account ${credential.user}`;
}
