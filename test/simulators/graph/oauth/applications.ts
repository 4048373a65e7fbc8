import type { KeyObject } from 'node:crypto';

/** An application of the tenant: who may sign for it, and what was granted to it. */
export interface Application {
  readonly clientId: string;
  /** SHA-256 of each registered certificate, in base64url, and its public key. */
  readonly certificates: ReadonlyMap<string, KeyObject>;
  /** Application permissions that an admin has consented to, for example `Mail.ReadBasic.All`. */
  readonly roles: readonly string[];
  /** Delegated permissions that may be asked for. */
  readonly delegated: readonly string[];
  /** Addresses that the application may read (Exchange RBAC for Applications); undefined for every mailbox. */
  readonly scope?: ReadonlySet<string>;
}

/** What a person has consented to. */
export interface Consent {
  readonly clientId: string;
  readonly address: string;
  readonly scopes: readonly string[];
}

export interface IssuedCode extends Consent {
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly nonce: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Applications, consents and codes of one tenant. */
export interface Applications {
  readonly all: Map<string, Application>;
  /** By refresh token. */
  readonly consents: Map<string, Consent>;
  readonly codes: Map<string, IssuedCode>;
}

export function createApplications(): Applications {
  return { all: new Map(), consents: new Map(), codes: new Map() };
}
