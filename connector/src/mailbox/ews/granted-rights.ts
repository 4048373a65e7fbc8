import type { GrantedScopes } from '../mailbox.ts';
import type { EwsClient } from './ews-client.ts';
import { EwsFailure } from './ews-failure.ts';

/** Every organization with Exchange 2010 or later has it, and it belongs to no rep. */
const SYSTEM_MAILBOX = 'DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}';
const DENIED = ['ErrorImpersonateUserDenied', 'ErrorImpersonationDenied', 'ErrorImpersonationFailed'];

/**
 * What the account may do. Exchange Web Services grant a mailbox as a whole and nothing less. Whether an account that
 * acts for others may do so for everybody is asked of a system mailbox, of which nothing but the id of a folder is read:
 * a role with a management scope is refused there.
 *
 * @param open a client that acts for the owner of an address
 */
export async function grantedRights(
  { address, impersonate }: { readonly address: string; readonly impersonate: boolean },
  open: (address: string) => Pick<EwsClient, 'folderId'>,
): Promise<GrantedScopes> {
  if (!impersonate) return { granted: ['Full access to the mailbox (there is no less)'], wider: [] };
  const granted = ['ApplicationImpersonation'];
  try {
    await open(`${SYSTEM_MAILBOX}@${address.slice(address.indexOf('@') + 1)}`).folderId('msgfolderroot');
  } catch (error) {
    if (error instanceof EwsFailure && DENIED.includes(error.code ?? '')) return { granted, wider: [] };
    return { granted: [...granted, 'for whom could not be found out'], wider: [] };
  }
  return { granted, wider: ['ApplicationImpersonation of every mailbox (give the role a management scope)'] };
}
