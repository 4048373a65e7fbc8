import { loadMessages } from './load-messages.ts';
import type { EwsSettings, GmailSettings, GraphSettings, ImapSettings } from '../facade.ts';

const messages = loadMessages('reply.mailbox.connect');
const EXIT_USAGE = 2;
/** RFC 8314, section 3.2: TLS from the first byte; RFC 9051, section 2.1: STARTTLS. */
const PORT = { tls: 993, starttls: 143 };

/** The flags that say where a mailbox is, as they were parsed. */
export interface SettingsFlags {
  readonly address: string;
  readonly alias?: readonly string[] | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly starttls?: boolean | undefined;
  readonly 'exclude-folder'?: readonly string[] | undefined;
  readonly 'poll-seconds'?: number | undefined;
  readonly 'root-url'?: URL | undefined;
  readonly 'token-url'?: URL | undefined;
  readonly authentication?: 'basic' | 'ntlm' | undefined;
  readonly impersonate?: boolean | undefined;
  readonly tenant?: string | undefined;
  readonly 'login-url'?: URL | undefined;
}

/**
 * How an IMAP mailbox is reached, from flags.
 *
 * @param certificateAuthorities PEM, from the file of `--ca-file`
 * @param tokenUrl where access tokens are issued, from the file of `--oauth-file`
 */
export function imapSettings(
  flags: SettingsFlags,
  certificateAuthorities: string | undefined,
  tokenUrl?: string,
): ImapSettings {
  const { address, host, user, starttls = false, alias, 'exclude-folder': excludedFolders } = flags;
  if (host === undefined) throw messages.createError('error.missingHost', [], [], EXIT_USAGE);
  requireCertificate(certificateAuthorities);
  return {
    ...{ provider: 'imap', address, host, secure: !starttls },
    port: flags.port ?? (starttls ? PORT.starttls : PORT.tls),
    ...(user !== undefined && { user }),
    ...(tokenUrl !== undefined && { tokenUrl }),
    ...(certificateAuthorities !== undefined && { certificateAuthorities }),
    ...(excludedFolders && { excludedFolders }),
    ...(alias && { aliases: alias }),
  };
}

function requireCertificate(certificateAuthorities: string | undefined): void {
  if (certificateAuthorities !== undefined && !certificateAuthorities.includes('-----BEGIN CERTIFICATE-----')) {
    throw messages.createError('error.invalidCertificateFile', [], [], EXIT_USAGE);
  }
}

/**
 * How a mailbox on Exchange Server is reached, from flags.
 *
 * @param url where its web services are
 * @param certificateAuthorities PEM, from the file of `--ca-file`
 * @param credential where tokens come from, for a refresh token, or when the certificate of an application ends
 */
export function ewsSettings(
  flags: SettingsFlags,
  url: string,
  certificateAuthorities: string | undefined,
  credential: { readonly tokenUrl?: string | undefined; readonly endsAt?: Date | undefined } = {},
): EwsSettings {
  const { tokenUrl, endsAt } = credential;
  const { address, user, authentication = 'ntlm', impersonate, alias, 'exclude-folder': excludedFolders } = flags;
  requireCertificate(certificateAuthorities);
  return {
    ...{ provider: 'ews', address, url, authentication },
    ...(user !== undefined && { user }),
    ...((impersonate || endsAt) && { impersonate: true }),
    ...(tokenUrl !== undefined && { tokenUrl }),
    ...(endsAt && { ...tenantOf(flags), credentialEndsAt: endsAt.toISOString() }),
    ...(certificateAuthorities !== undefined && { certificateAuthorities }),
    ...(excludedFolders && { excludedFolders }),
    ...(alias && { aliases: alias }),
  };
}

/** How a Gmail mailbox is reached, from flags. */
export function gmailSettings(flags: SettingsFlags): GmailSettings {
  const { address, alias, 'poll-seconds': pollSeconds, 'root-url': rootUrl, 'token-url': tokenUrl } = flags;
  const { 'exclude-folder': excludedFolders } = flags;
  return {
    ...{ provider: 'gmail', address },
    ...(rootUrl && { rootUrl: rootUrl.href }),
    ...(tokenUrl && { tokenUrl: tokenUrl.href }),
    ...(pollSeconds !== undefined && { pollSeconds }),
    ...(excludedFolders && { excludedFolders }),
    ...(alias && { aliases: alias }),
  };
}

/** How a mailbox of Microsoft 365 is reached, from flags. */
export function graphSettings(flags: SettingsFlags, credentialEndsAt?: Date): GraphSettings {
  const { address, alias, 'poll-seconds': pollSeconds, 'root-url': rootUrl } = flags;
  const { 'exclude-folder': excludedFolders } = flags;
  return {
    ...{ provider: 'graph', address, ...tenantOf(flags) },
    ...(rootUrl && { rootUrl: rootUrl.href }),
    ...(credentialEndsAt && { credentialEndsAt: credentialEndsAt.toISOString() }),
    ...(pollSeconds !== undefined && { pollSeconds }),
    ...(excludedFolders && { excludedFolders }),
    ...(alias && { aliases: alias }),
  };
}

/** The tenant that issues tokens; that of the address's domain when none is named. */
function tenantOf({
  address,
  tenant,
  'login-url': loginUrl,
}: SettingsFlags): Pick<GraphSettings, 'tenantId' | 'loginUrl'> {
  return {
    tenantId: tenant ?? address.slice(address.lastIndexOf('@') + 1),
    ...(loginUrl && { loginUrl: loginUrl.href }),
  };
}
