import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

import { MailboxError } from '../mailbox-error.ts';

/** What signs for an application: PEM of a certificate and of its private key (PKCS #8). */
export interface ApplicationCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

const LONGEST_FILE = 64 * 1024;
const BLOCK = /-----BEGIN ([A-Z ]{1,40})-----[A-Za-z0-9+/=\s]{1,65536}?-----END \1-----/g;
const MAKE_ONE =
  'Make one: openssl req -x509 -newkey rsa:2048 -nodes -days 730 -subj "/CN=Reply Tracking" -keyout key.pem -out ' +
  'certificate.pem; upload certificate.pem to the app registration, and give both files here, one behind the other.';

/**
 * Reads a PEM file that holds a certificate and its private key, in any order.
 *
 * @throws MailboxError `reconnect`; says what is wrong and quotes nothing of the file
 */
export function parseApplicationCertificate(file: string, now: Date): ApplicationCertificate {
  if (file.length > LONGEST_FILE) throw wrong('it is longer than any certificate with its key');
  const blocks = [...file.matchAll(BLOCK)].map(([block, label = '']) => ({ block, label }));
  const certificate = blocks.find(({ label }) => label === 'CERTIFICATE')?.block;
  const key = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (certificate === undefined) throw wrong('it holds no certificate (BEGIN CERTIFICATE)');
  if (key === undefined) throw wrong('it holds no private key (BEGIN PRIVATE KEY)');
  if (key.label === 'ENCRYPTED PRIVATE KEY')
    throw wrong('its private key is encrypted. Decrypt it: openssl pkcs8 -in key.pem');
  const privateKey = readKey(key.block);
  checkCertificate(certificate, privateKey, now);
  return { certificate: `${certificate}\n`, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // What the library says may quote the key.
  }
  throw wrong('its private key is no RSA key, which alone Microsoft takes');
}

function checkCertificate(pem: string, key: KeyObject, now: Date): void {
  const certificate = parsedCertificate(pem);
  if (!certificate.checkPrivateKey(key)) throw wrong('its private key does not belong to its certificate');
  if (new Date(certificate.validTo) <= now) throw wrong(`its certificate expired on ${certificate.validTo}`);
}

function parsedCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw wrong('its certificate cannot be read');
  }
}

/** When a certificate ends; undefined for what is none. */
export function certificateEnd(pem: string): Date | undefined {
  try {
    return new Date(new X509Certificate(pem).validTo);
  } catch {
    return undefined;
  }
}

function wrong(what: string): MailboxError {
  return new MailboxError('reconnect', `This is not the certificate of an application: ${what}. ${MAKE_ONE}`);
}
