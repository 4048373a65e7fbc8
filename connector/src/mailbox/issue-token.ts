import { mayLeaveAdapter, MailboxError } from './mailbox-error.ts';
import type { AccessTokenSource } from './keep-token.ts';

/**
 * A bearer token for a mailbox. When the provider no longer gives one (RFC 6749 section 5.2, `invalid_grant`: consent
 * withdrawn, password changed, half a year idle), that is for a person to repair. The reason of a refusal is not kept:
 * it may carry the refresh token. Why a stored credential does not open is handed on as it is.
 *
 * @param refused the token in place of which another one is wanted
 */
export async function issueToken(accessToken: AccessTokenSource, address: string, refused?: string): Promise<string> {
  try {
    return await accessToken(refused);
  } catch (error) {
    if (mayLeaveAdapter(error)) throw error;
    if (saysInvalidGrant(error)) {
      throw new MailboxError('reconnect', `${address} no longer grants access. Connect the mailbox again.`);
    }
    throw new MailboxError('retry', `${address} cannot be read now: no access token was issued.`);
  }
}

function saysInvalidGrant(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { response } = error as { readonly response?: { readonly data?: { readonly error?: unknown } } };
  return response?.data?.error === 'invalid_grant' || error.message.includes('invalid_grant');
}
