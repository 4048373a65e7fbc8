import { randomBytes } from 'node:crypto';

/** Access tokens and whose they are. */
export interface Sessions {
  /** A new token `<org id>!<random>`, as the platform writes them. */
  readonly open: (userId: string) => string;
  /** The user of a token; undefined for an unknown or expired one. */
  readonly userOf: (token: string | undefined) => string | undefined;
  /** Ends every session, as an administrator can. */
  readonly expireAll: () => void;
}

/** No session is open at first. */
export function createSessions(orgId: string): Sessions {
  const open = new Map<string, string>();
  return {
    open(userId) {
      const token = `${orgId.slice(0, 15)}!${randomBytes(36).toString('base64url')}`;
      open.set(token, userId);
      return token;
    },
    userOf: (token) => (token === undefined ? undefined : open.get(token)),
    expireAll: () => open.clear(),
  };
}
