import type { MailboxCredential, ProviderName } from '../facade.ts';
import { parseServiceAccountKey } from '../mailbox/gmail/parse-service-account-key.ts';
import { parseApplicationCertificate } from '../mailbox/graph/parse-application-certificate.ts';
import { parseOAuthConsent } from '../mailbox/parse-oauth-consent.ts';
import { MailboxError } from '../mailbox/mailbox-error.ts';
import { loadMessages } from './load-messages.ts';
import { readClientSecret } from './read-client-secret.ts';
import { readPassword, withoutLineEnd, type SecretSources } from './read-secret.ts';

const messages = loadMessages('reply.mailbox.connect');
const EXIT_USAGE = 2;

/** The flags that say what opens a mailbox, as they were parsed. */
export interface CredentialFlags {
  readonly address: string;
  readonly 'password-stdin'?: boolean | undefined;
  readonly 'access-token-stdin'?: boolean | undefined;
  readonly 'service-account-file'?: string | undefined;
  readonly 'client-id'?: string | undefined;
  readonly 'client-secret-file'?: string | undefined;
  readonly 'certificate-file'?: string | undefined;
  readonly 'token-url'?: URL | undefined;
}

/** An OAuth client with which the owner of a mailbox is asked for consent. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret?: string;
}

export interface CredentialSources extends SecretSources {
  /** The beginning of a file, or of standard input for `-`. */
  readonly file: (path: string) => Promise<string>;
  /** Asks the owner of the mailbox, in a browser, and gives the refresh token. */
  readonly consent: (client: OAuthClient) => Promise<string>;
}

/**
 * What opens the mailbox, from where the flags say it is.
 *
 * @throws SfError that says which source is missing or wrong; it quotes no secret
 */
export async function readCredential(
  provider: ProviderName,
  flags: CredentialFlags,
  sources: CredentialSources,
): Promise<MailboxCredential> {
  if (flags['access-token-stdin']) {
    return { kind: 'accessToken', accessToken: withoutLineEnd(await sources.standardInput()) };
  }
  const { 'client-id': clientId, 'certificate-file': certificateFile } = flags;
  if (provider === 'imap' || (provider === 'ews' && clientId === undefined)) {
    return { kind: 'password', password: await readPassword(flags.address, flags['password-stdin'] ?? false, sources) };
  }
  if (flags['service-account-file'] !== undefined) {
    return serviceAccount(flags['service-account-file'], flags['token-url'], sources);
  }
  if (clientId !== undefined && certificateFile !== undefined) {
    return applicationCertificate(clientId, certificateFile, sources);
  }
  if (clientId !== undefined && provider !== 'ews') return consent(clientId, flags['client-secret-file'], sources);
  throw messages.createError(`error.missingCredential.${provider}`, [], [], EXIT_USAGE);
}

/**
 * What the owner of a mailbox on an IMAP or an Exchange server consented to, and where it is exchanged for access tokens.
 *
 * @throws SfError that names what is wrong with the file, and quotes nothing of it
 */
export async function readOauthFile(
  path: string,
  { file }: Pick<CredentialSources, 'file'>,
): Promise<{ readonly credential: MailboxCredential; readonly tokenUrl: string }> {
  const text = await file(path);
  try {
    const { consent: given, tokenUrl } = parseOAuthConsent(text);
    return { credential: { kind: 'refreshToken', ...given }, tokenUrl };
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error;
    throw messages.createError('error.invalidOauthFile', [path, error.message]);
  }
}

async function serviceAccount(
  path: string,
  tokenUrl: URL | undefined,
  { file }: CredentialSources,
): Promise<MailboxCredential> {
  const text = await file(path);
  try {
    const key = parseServiceAccountKey(text, tokenUrl ? { tokenUrl: tokenUrl.href } : {});
    const { kind, clientEmail, privateKey, privateKeyId } = key;
    return { kind, clientEmail, privateKey, ...(privateKeyId !== undefined && { privateKeyId }) };
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error;
    throw messages.createError('error.invalidServiceAccountFile', [path, error.message]);
  }
}

async function applicationCertificate(
  clientId: string,
  path: string,
  { file }: CredentialSources,
): Promise<MailboxCredential> {
  const text = await file(path);
  try {
    return { kind: 'certificate', clientId, ...parseApplicationCertificate(text, new Date()) };
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error;
    throw messages.createError('error.invalidServiceAccountFile', [path, error.message]);
  }
}

async function consent(
  clientId: string,
  secretFile: string | undefined,
  { file, consent: askOwner }: CredentialSources,
): Promise<MailboxCredential> {
  const client = {
    clientId,
    ...(secretFile !== undefined && { clientSecret: readClientSecret(await file(secretFile)) }),
  };
  return { kind: 'refreshToken', ...client, refreshToken: await askOwner(client) };
}
