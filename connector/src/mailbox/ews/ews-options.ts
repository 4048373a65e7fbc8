import type { ConnectionSlots } from '../connection-slots.ts';

/**
 * What opens an Exchange account:
 * - `basic`: HTTP Basic (RFC 7617), only ever sent over TLS;
 * - `ntlm`: NTLMv2, by which the password itself does not leave this machine;
 * - `bearer`: an OAuth access token (RFC 6750); asked for again with the one that was refused.
 */
export type EwsCredential =
  | { readonly kind: 'basic' | 'ntlm'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly accessToken: (refused?: string) => Promise<string> };

export interface EwsOptions {
  /** The mailbox that is read. */
  readonly address: string;
  /** `https://mail.example.com/EWS/Exchange.asmx` */
  readonly url: string;
  /** Asked at each login. */
  readonly credential: () => Promise<EwsCredential>;
  /** True when the account is not the owner of the mailbox and acts for its owner (ApplicationImpersonation). */
  readonly impersonate?: boolean;
  /** Folders that are not read, nor what lies below them: paths, as `Inbox/Private`, or distinguished ids, as `junkemail`. */
  readonly excludedFolders?: readonly string[];
  /** PEM of certificate authorities that are trusted besides the well-known ones. */
  readonly certificateAuthorities?: string;
  /** The hanging connections of all mailboxes of the process; without it this mailbox minds no other. */
  readonly slots?: ConnectionSlots;
  /** Told what an operator may want to know. No header text. */
  readonly log?: (message: string) => void;
  readonly timeouts?: EwsTimeouts;
}

/** Milliseconds; the defaults suit real servers. */
export interface EwsTimeouts {
  /** The longest time of one call; default 60,000. */
  readonly deadlineMs?: number;
  /** Silence after which a stream of events counts as broken; default 120,000, a server shows life every 45,000. */
  readonly silenceMs?: number;
  /** Between two looks where there is no stream of events; without it none is taken: whoever sweeps finds what comes. */
  readonly pollMs?: number;
}
