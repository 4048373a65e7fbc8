import type { MailboxCredential } from '../facade.ts';
import { consentAccessToken } from '../mailbox/consent-access-token.ts';
import type { AccessTokenSource } from '../mailbox/keep-token.ts';

export interface ConsentTokensOptions {
  readonly address: string;
  /** Where tokens are issued. */
  readonly tokenUrl: string;
  /** Puts another credential in the place of the one that is stored. */
  readonly save: ((credential: MailboxCredential) => Promise<void>) | undefined;
}

/** Access tokens by a stored refresh token; one that comes in its place is stored before it is relied upon. */
export function consentTokens(
  stored: MailboxCredential & { readonly kind: 'refreshToken' },
  { address, tokenUrl, save }: ConsentTokensOptions,
): AccessTokenSource {
  return consentAccessToken(stored, {
    ...{ address, tokenUrl },
    ...(save && { onRefreshToken: (refreshToken) => save({ ...stored, refreshToken }) }),
  });
}
