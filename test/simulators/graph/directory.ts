import { randomBytes, randomUUID } from 'node:crypto';

import { createMailboxState, type MailboxState } from './mailbox-state.ts';

/** What a bearer token stands for. */
export interface Grant {
  /** Undefined for an application that acts for itself. */
  readonly user: User | undefined;
  readonly permissions: ReadonlySet<string>;
  /** The resource that it opens in place of Graph, such as an Exchange server; ends with a slash. */
  readonly resource?: string | undefined;
  /** Addresses that an application may read (Exchange RBAC for Applications); undefined for every mailbox. */
  readonly scope: ReadonlySet<string> | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface User {
  readonly address: string;
  readonly id: string;
  /** Undefined for a user without Exchange Online. */
  readonly mailbox: MailboxState | undefined;
}

/** Users of one tenant, their mailboxes, and the tokens that open them. */
export interface Directory {
  readonly tenantId: string;
  addUser(address: string, options?: { readonly mailbox?: boolean }): User;
  /** By address or object id. */
  user(name: string): User | undefined;
  mailbox(address: string): MailboxState;
  /** Makes a text a token. */
  grant(
    token: string,
    grant: Omit<Grant, 'user' | 'expiresAt'> & { readonly address?: string; readonly lifeSeconds?: number },
  ): void;
  /** What a token stands for at Graph, or at another resource. */
  grantOf(token: string, resource?: string): Grant | undefined;
  /** Ends every token, or those of one user. */
  revoke(address?: string): void;
}

export function createDirectory(now: () => Date, tenantId: string = randomUUID()): Directory {
  const users = new Map<string, User>();
  const grants = new Map<string, Grant>();
  const find = (name: string): User | undefined =>
    users.get(name.toLowerCase()) ?? [...users.values()].find(({ id }) => id === name);
  return {
    tenantId,
    addUser: (address, { mailbox = true } = {}) => {
      const known = users.get(address.toLowerCase());
      if (known !== undefined) return known;
      const id = randomUUID();
      const user = {
        address: address.toLowerCase(),
        id,
        mailbox: mailbox ? createMailboxState(address.toLowerCase(), id) : undefined,
      };
      users.set(user.address, user);
      return user;
    },
    user: find,
    mailbox: (address) => {
      const mailbox = find(address)?.mailbox;
      if (mailbox === undefined) throw new Error(`The Graph simulator has no mailbox ${address}.`);
      return mailbox;
    },
    grant: (token, { address, lifeSeconds = 3600, ...grant }) => {
      const user = address === undefined ? undefined : find(address);
      grants.set(token, { ...grant, user, expiresAt: now().getTime() + lifeSeconds * 1000 });
    },
    grantOf: (token, resource) => {
      const grant = grants.get(token);
      return grant !== undefined && grant.resource === resource && now().getTime() < grant.expiresAt
        ? grant
        : undefined;
    },
    revoke: (address) => {
      for (const [token, { user }] of grants) {
        if (address === undefined || user?.address === address.toLowerCase()) grants.delete(token);
      }
    },
  };
}

/** A text that nobody guesses. */
export const randomToken = (): string => randomBytes(32).toString('base64url');
