import { randomBytes, type KeyObject } from 'node:crypto';

/** An OAuth client of the type "Desktop app": any port and path of the loopback interface may be its redirect. */
export interface DesktopClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A service account, and what an admin has delegated to it for every user of the organisation. */
export interface ServiceAccount {
  readonly clientEmail: string;
  /** The unique id that the admin delegates to. */
  readonly clientId: string;
  /** By key id. */
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
  /** Full addresses of the delegated scopes. */
  readonly delegatedScopes: readonly string[];
}

/** What a user has granted to a client. */
export interface Consent {
  readonly address: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** A code of the authorization endpoint, good for one exchange. */
export interface IssuedCode extends Consent {
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly offline: boolean;
  readonly expiresAt: number;
}

/** Everything that Google's authorization server remembers. */
export interface GoogleAccounts {
  readonly clients: Map<string, DesktopClient>;
  /** By their mail address. */
  readonly serviceAccounts: Map<string, ServiceAccount>;
  readonly codes: Map<string, IssuedCode>;
  /** By refresh token. */
  readonly consents: Map<string, Consent>;
  issueCode(code: IssuedCode): string;
  issueRefreshToken(consent: Consent): string;
  /** The user withdraws every consent. */
  withdraw(address: string): void;
}

export function createGoogleAccounts(): GoogleAccounts {
  const codes = new Map<string, IssuedCode>();
  const consents = new Map<string, Consent>();
  return {
    clients: new Map(),
    serviceAccounts: new Map(),
    codes,
    consents,
    issueCode: (issued) => {
      const code = `4/0A${randomBytes(32).toString('base64url')}`;
      codes.set(code, issued);
      return code;
    },
    issueRefreshToken: (consent) => {
      const token = `1//0${randomBytes(48).toString('base64url')}`;
      consents.set(token, consent);
      return token;
    },
    withdraw: (address) => {
      for (const [token, consent] of consents) if (consent.address === address.toLowerCase()) consents.delete(token);
    },
  };
}
