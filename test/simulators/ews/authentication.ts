import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import { md4 } from './md4.ts';

export type Scheme = 'Basic' | 'NTLM' | 'Bearer';

/** An account of the server. */
export interface Account {
  /** `DOMAIN\user`, or an address. */
  readonly user: string;
  readonly password?: string;
  /** The token that opens it, or what tells one from others. */
  readonly token?: string | ((token: string) => boolean);
  /** The mailbox that it reads without impersonation. */
  readonly address: string;
  /** Whose mailboxes it may impersonate; `all` is the role without a scope. */
  readonly impersonates: readonly string[] | 'all';
  /** Whose mailboxes it may open beside its own, as their delegate. */
  readonly delegateOf?: readonly string[];
}

/** Who calls, or what a caller is told who does not say. */
export type Admission = { readonly account: Account } | { readonly challenges: readonly string[] };

/**
 * Lets accounts in by HTTP authentication: Basic (RFC 7617), Bearer (RFC 6750), and NTLM ([MS-NTHT], [MS-NLMP]), which
 * admits the connection and not the request, and only in its second version.
 */
export function createAuthentication(accounts: () => readonly Account[], schemes: readonly Scheme[]) {
  const negotiations = new WeakMap<Socket, Buffer>();
  const admitted = new WeakMap<Socket, Account>();
  const refused: Admission = { challenges: schemes.map(challengeOf) };

  return (request: IncomingMessage): Admission => {
    const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
    const connection = admitted.get(request.socket);
    if (scheme === '' && connection !== undefined && accounts().includes(connection)) return { account: connection };
    if (!schemes.some((known) => known === scheme)) return refused;
    if (scheme === 'NTLM') return negotiate(request.socket, Buffer.from(value, 'base64'));
    const account = accounts().find((known) => opens(known, scheme, value));
    return account === undefined ? refused : { account };
  };

  function negotiate(socket: Socket, message: Buffer): Admission {
    if (message.toString('latin1', 0, 8) !== 'NTLMSSP\0') return refused;
    if (message.readUInt32LE(8) === 1) {
      const challenge = randomBytes(8);
      negotiations.set(socket, challenge);
      return { challenges: [`NTLM ${challengeMessage(challenge).toString('base64')}`] };
    }
    const challenge = negotiations.get(socket);
    negotiations.delete(socket);
    if (challenge === undefined) return refused;
    const account = accounts().find((known) => answersChallenge(known, message, challenge));
    if (account === undefined) return refused;
    admitted.set(socket, account);
    return { account };
  }
}

function challengeOf(scheme: Scheme): string {
  if (scheme === 'NTLM') return 'NTLM';
  return scheme === 'Basic' ? 'Basic realm="mail.example.test"' : 'Bearer';
}

function opens({ user, password, token }: Account, scheme: string, value: string): boolean {
  if (scheme === 'Bearer') return typeof token === 'function' ? token(value) : token !== undefined && value === token;
  return password !== undefined && Buffer.from(value, 'base64').toString() === `${user}:${password}`;
}

const NEGOTIATED = 0x00888205; // Unicode, NTLM, sign, target type domain, extended session security, target info

/** CHALLENGE_MESSAGE ([MS-NLMP] section 2.2.1.2). */
function challengeMessage(challenge: Buffer): Buffer {
  const target = Buffer.from('EXAMPLE', 'utf16le');
  const pair = (id: number, value: Buffer): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  };
  const info = Buffer.concat([pair(2, target), pair(1, Buffer.from('MAIL', 'utf16le')), pair(0, Buffer.alloc(0))]);
  const head = Buffer.alloc(48);
  head.write('NTLMSSP\0', 0, 'latin1');
  head.writeUInt32LE(2, 8);
  head.writeUInt16LE(target.length, 12);
  head.writeUInt16LE(target.length, 14);
  head.writeUInt32LE(48, 16);
  head.writeUInt32LE(NEGOTIATED | 0x00080000, 20);
  challenge.copy(head, 24);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt16LE(info.length, 42);
  head.writeUInt32LE(48 + target.length, 44);
  return Buffer.concat([head, target, info]);
}

/** Verifies an AUTHENTICATE_MESSAGE by NTLMv2 ([MS-NLMP] sections 2.2.1.3 and 3.3.2). */
function answersChallenge({ user, password }: Account, message: Buffer, challenge: Buffer): boolean {
  if (password === undefined || message.length < 64 || message.readUInt32LE(8) !== 3) return false;
  const part = (at: number): Buffer => {
    const offset = message.readUInt32LE(at + 4);
    return message.subarray(offset, offset + message.readUInt16LE(at));
  };
  const [response, domain, name] = [part(20), part(28).toString('utf16le'), part(36).toString('utf16le')];
  const given = domain === '' || user.includes('@') ? name : `${domain}\\${name}`;
  if (given.toLowerCase() !== user.toLowerCase() || response.length < 24) return false;
  const key = createHmac('md5', md4(Buffer.from(password, 'utf16le')))
    .update(Buffer.from(name.toUpperCase() + domain, 'utf16le'))
    .digest();
  const proof = createHmac('md5', key).update(challenge).update(response.subarray(16)).digest();
  return timingSafeEqual(proof, response.subarray(0, 16));
}
