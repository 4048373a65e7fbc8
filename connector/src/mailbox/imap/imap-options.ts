import type { ConnectionSlots } from '../connection-slots.ts';

/** What opens an IMAP account: a password, or an OAuth access token (SASL XOAUTH2 or OAUTHBEARER). */
export type ImapCredential = { readonly password: string } | { readonly accessToken: string };

export interface ImapOptions {
  readonly host: string;
  readonly port: number;
  /** True for TLS from the first byte; false for STARTTLS, which is required unless the host is this machine. */
  readonly secure: boolean;
  readonly user: string;
  /** Asked at each connect, so that a token is fresh; given the token that the server has just refused, for a newer one. */
  readonly credential: (refused?: string) => Promise<ImapCredential>;
  /** The mailbox's address for messages and logs; default: the user name. */
  readonly address?: string;
  /**
   * Paths of folders that are not read, nor what lies below them, or special uses such as `\\Junk`. The inbox cannot be one of them: it is where answers
   * arrive, and every call is refused. That a Sent folder is one of them, or that there is none of the name, is told
   * to `log`.
   */
  readonly excludedFolders?: readonly string[];
  /** PEM text of certificate authorities that are trusted besides the public ones that Node brings along. */
  readonly certificateAuthorities?: string;
  /** The connections of all mailboxes of the process; without it this mailbox minds no other. */
  readonly slots?: ConnectionSlots;
  /** Told what an operator may want to know: connections, folders that are read again. No header text. */
  readonly log?: (message: string) => void;
  /** Milliseconds; the defaults suit real servers. */
  readonly timeouts?: ImapTimeouts;
}

export interface ImapTimeouts {
  /** Until the transport stands and the server has greeted; default 30,000. */
  readonly connectMs?: number;
  /** Silence after which a server counts as gone, an idle one after it left a NOOP unanswered; default 120,000. */
  readonly silenceMs?: number;
  /** After which IDLE is begun anew; RFC 2177 asks for 29 minutes at most; default 28 minutes. */
  readonly idleMs?: number;
  /** Between two looks at the other folders at least, while what comes into one folder is waited for; default 15,000. */
  readonly lookMs?: number;
}
