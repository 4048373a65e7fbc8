import { createPrivateKey, type KeyObject } from 'node:crypto';

import { MailboxError } from '../mailbox-error.ts';
import { GOOGLE_TOKEN_URL, type ServiceAccount } from './google-access-token.ts';

/** Endpoints that Google has written into key files over the years; the one in use today is asked for all of them. */
const TOKEN_URIS = [
  GOOGLE_TOKEN_URL,
  'https://accounts.google.com/o/oauth2/token',
  'https://www.googleapis.com/oauth2/v4/token',
];
/** A key file has about 2,400 bytes. */
const LONGEST_FILE = 64 * 1024;
const CREATE_KEY =
  'In the Google Cloud console, under IAM & Admin > Service Accounts > Keys, create a key of the type JSON.';

/**
 * Reads the key file of a service account as Google writes it. The file may have been handed over by anybody: it never
 * decides where an assertion is sent. One that names another token endpoint than Google's is refused, unless the
 * caller itself has another one in use.
 *
 * @throws MailboxError `reconnect`; names the field and the fix, and quotes no value of the file
 */
export function parseServiceAccountKey(file: string, options: { readonly tokenUrl?: string } = {}): ServiceAccount {
  const fields = parseFields(file);
  refuseOtherKind(fields);
  refuseOtherUniverse(fields);
  const tokenUri = fields.get('token_uri') ?? GOOGLE_TOKEN_URL;
  if (options.tokenUrl === undefined && !TOKEN_URIS.some((known) => known === tokenUri)) {
    throw wrong('its token_uri is not an address of Google, so it may be forged');
  }
  const privateKeyId = optional(fields, 'private_key_id');
  const clientId = optional(fields, 'client_id');
  return {
    kind: 'serviceAccount',
    clientEmail: required(fields, 'client_email', /^[^\s@]+@[^\s@]+$/),
    privateKey: privateKeyOf(fields),
    ...(privateKeyId !== undefined && { privateKeyId }),
    ...(clientId !== undefined && { clientId }),
  };
}

type Fields = ReadonlyMap<string, unknown>;

/** The parser's own message would quote the file, and with it the key. */
function parseFields(file: string): Fields {
  if (file.length > LONGEST_FILE) throw wrong('it is longer than any key file');
  const value = parseJson(file.replace(/^\uFEFF/, ''));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('it is not a JSON object');
  return new Map(Object.entries(value));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong('it is not JSON; a key of the type P12 or a bare PEM file cannot be used');
  }
}

/** What else Google hands out as JSON, each with the way to what is needed. */
const OTHER_KINDS: ReadonlyMap<string, string> = new Map([
  ['authorized_user', 'it is a credential of a user (gcloud wrote it)'],
  ['external_account', 'it is a configuration of workload identity federation, which cannot sign for a user'],
  ['impersonated_service_account', 'it impersonates a service account and has no key of its own'],
  ['gdch_service_account', 'it is a key of Google Distributed Cloud, where there is no Gmail'],
]);

function refuseOtherKind(fields: Fields): void {
  if (fields.has('installed') || fields.has('web')) {
    const name = fields.has('web') ? 'web' : 'installed';
    throw wrong(`it is an OAuth client ("${name}"), which is for connecting one mailbox by the consent of its owner`);
  }
  const type = fields.get('type');
  if (type === 'service_account') return;
  if (type === undefined) throw wrong('its field "type" is missing; it has to be "service_account"');
  throw wrong((typeof type === 'string' && OTHER_KINDS.get(type)) || 'its field "type" has to be "service_account"');
}

function refuseOtherUniverse(fields: Fields): void {
  if ((fields.get('universe_domain') ?? 'googleapis.com') !== 'googleapis.com') {
    throw wrong('its universe_domain is not googleapis.com, and Gmail exists nowhere else');
  }
}

function required(fields: Fields, name: string, pattern: RegExp): string {
  const value = fields.get(name);
  if (value === undefined) throw wrong(`its field "${name}" is missing`);
  if (typeof value !== 'string' || !pattern.test(value)) throw wrong(`its field "${name}" is not what Google writes`);
  return value;
}

function optional(fields: Fields, name: string): string | undefined {
  return fields.has(name) ? required(fields, name, /^[0-9A-Za-z]{1,64}$/) : undefined;
}

/** Google signs with RS256, so nothing but an RSA key can be one of its keys. */
function privateKeyOf(fields: Fields): string {
  const text = required(fields, 'private_key', /^-----BEGIN (?:RSA )?PRIVATE KEY-----/);
  const key = readKey(text);
  if (key?.asymmetricKeyType !== 'rsa') {
    throw wrong('its field "private_key" holds no RSA key; were its line breaks (\\n) lost on the way?');
  }
  return text;
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function wrong(what: string): MailboxError {
  return new MailboxError('reconnect', `This is not the key file of a service account: ${what}. ${CREATE_KEY}`);
}
