import type { MailboxErrorCode } from '../mailbox-error.ts';

/** Why a server could not be read, and who has to do what about it. */
export interface ConnectionFault {
  /** `reconnect` for what only a person can repair: trying again would fail alike. */
  readonly code: Exclude<MailboxErrorCode, 'cursor_expired'>;
  /** Part of a sentence. */
  readonly reason: string;
  /** A sentence. */
  readonly fix: string;
}

const passing = (reason: string, fix = PASSES): ConnectionFault => ({ code: 'retry', reason, fix });
const lasting = (reason: string, fix: string): ConnectionFault => ({ code: 'reconnect', reason, fix });

const PASSES = 'Reading goes on where it stopped once the server answers; check host, port and network if this lasts.';

const UNTRUSTED = lasting(
  'its certificate was issued by no authority that is trusted here',
  'If this is the right server and it has an authority of its own, connect the mailbox again with "--ca-file" and the certificate of that authority (PEM).',
);
const OTHER_NAME = lasting(
  'its certificate is made out for another name',
  'Connect the mailbox again with the host name that stands in the certificate, or have the server use a certificate for this name.',
);
const NOT_VALID_NOW = lasting(
  'its certificate has expired or is not valid yet',
  'Have the certificate renewed on the server, and see that the clock of this machine is right; a private authority is named with "--ca-file".',
);
const NO_STARTTLS = lasting(
  'it offers no TLS (STARTTLS), without which no credential is sent',
  'Connect the mailbox again with the port on which the server speaks TLS from the first byte (mostly 993), without "--starttls".',
);
const NO_TLS = lasting(
  'it does not speak TLS from the first byte on this port',
  'Connect the mailbox again with the port for TLS (mostly 993), or with "--starttls" if this port expects it (mostly 143).',
);
const UNREADABLE_AUTHORITY = lasting(
  'the private certificate authorities cannot be read',
  'Connect the mailbox again with "--ca-file" and a file of PEM certificates.',
);

/** By the codes of Node, OpenSSL and the IMAP client. */
const FAULTS: ReadonlyMap<string, ConnectionFault> = new Map([
  ['ENOTFOUND', passing('the host name is unknown', 'Check the host name; reading goes on once the name is known.')],
  ['EAI_AGAIN', passing('the host name could not be looked up')],
  ['ECONNREFUSED', passing('nothing listens there')],
  ['ECONNRESET', passing('the connection was reset')],
  ['CONNECT_TIMEOUT', passing('no connection in time')],
  ['ETIMEOUT', passing('no answer in time')],
  ['ETIMEDOUT', passing('no answer in time')],
  ['ETHROTTLE', passing('it asks for a pause', 'Reading goes on where it stopped after the time that it asked for.')],
  ['NoConnection', passing('the connection was lost')],
  ['EConnectionClosed', passing('the connection was lost')],
  ['ClosedAfterConnectTLS', passing('the server closed the connection before it greeted')],
  ['ClosedAfterConnectText', passing('the server closed the connection before it greeted')],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['CERT_UNTRUSTED', UNTRUSTED],
  ['CERT_HAS_EXPIRED', NOT_VALID_NOW],
  ['CERT_NOT_YET_VALID', NOT_VALID_NOW],
  ['ERR_TLS_CERT_ALTNAME_INVALID', OTHER_NAME],
  ['HOSTNAME_MISMATCH', OTHER_NAME],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS],
]);

const NO_IMAP = 'Check that host and port are those of an IMAP server.';
/** A server that expects TLS from the first byte says nothing to a client that does not begin it. */
const PERHAPS_TLS = ' If it speaks TLS from the first byte there, leave "--starttls" out.';

/** What an error of the client or the network means. `secure`: TLS was spoken from the first byte. */
export function connectionFault(error: unknown, secure: boolean): ConnectionFault {
  const { code, tlsFailed } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const name = typeof code === 'string' ? code : '';
  const known = FAULTS.get(name);
  if (known) return known;
  if (name === 'GREETING_TIMEOUT') return passing('no IMAP greeting in time', NO_IMAP + (secure ? '' : PERHAPS_TLS));
  if (name.startsWith('ERR_OSSL_PEM')) return UNREADABLE_AUTHORITY;
  if (name.startsWith('CERT_')) return lasting(`its certificate does not verify (${name})`, UNTRUSTED.fix);
  if (tlsFailed === true && name === '') return NO_STARTTLS;
  if (/^Parser|^Unexpected|^Missing|^Invalid|NESTING/.test(name)) {
    return passing('its answer is not IMAP', NO_IMAP);
  }
  return passing(name === '' ? 'the server refused a command' : `the client reports ${name}`);
}
