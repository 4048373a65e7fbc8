import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** The address to which every assertion for Google is addressed. */
export const AUDIENCE = 'https://oauth2.googleapis.com/token';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export function rsaKeyPair(): KeyPair {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** A JWT in compact form, signed with RS256 whatever its header says. */
export function signedAssertion(header: object, claims: object, privateKey: KeyObject): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
}
