import type { GrantedScopes } from '../mailbox.ts';

/** Permissions without which a mailbox cannot be read, or that show nothing of one. */
const NEEDED = ['mail.readbasic', 'mail.readbasic.all', 'openid', 'profile', 'email', 'offline_access', 'user.read'];

/**
 * The permissions that an access token holds: `roles` of an application, `scp` of a user ("Access token claims
 * reference"). Tokens of Graph are not meant for clients and their signature is not checked: what is found is shown to
 * the person who connects the mailbox, and decides about nothing. A token that cannot be read shows none.
 */
export function grantedPermissions(accessToken: string): GrantedScopes {
  const { roles, scp } = claimsOf(accessToken);
  const names: unknown[] = [
    ...(Array.isArray(roles) ? (roles as unknown[]) : []),
    ...(typeof scp === 'string' ? scp.split(' ') : []),
  ];
  const granted = names.filter((name): name is string => typeof name === 'string' && /^[\w.-]{1,100}$/.test(name));
  return { granted, wider: granted.filter((name) => !NEEDED.includes(name.toLowerCase())) };
}

/** The claims of a JSON Web Token, unchecked; none of a text that is no such token. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
