import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';

import { HttpError } from './http-error.ts';
import { isPublicAddress } from './private-address.ts';

/** Which hosts a server that nobody of ours named may lead to. */
export interface AddressRules {
  /** Hosts below this domain, and the domain itself, on the default port and at public addresses. */
  readonly domain: string;
  /** Hosts, with a port if it is not the default, that a person has named: they may lie in a private network. */
  readonly namedHosts: readonly string[];
}

/** An address that may be asked, and where its host was found: later answers of the name servers change nothing. */
export interface GuardedAddress {
  readonly url: URL;
  readonly lookup: LookupFunction;
}

export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const resolveAll: Resolve = (host) => lookup(host, { all: true });

/**
 * An address that somebody else supplied, once it has passed: https, no credentials in it, a host that the rules allow,
 * and, unless a person named that very host, nothing but public addresses behind it.
 *
 * @throws HttpError `host_refused`, or `network` when the name is unknown
 */
export async function guardedAddress(
  address: string,
  { domain, namedHosts }: AddressRules,
  resolve: Resolve = resolveAll,
): Promise<GuardedAddress> {
  const url = URL.parse(address);
  if (url === null) throw refused('an address that is not a URL');
  if (url.protocol !== 'https:') throw refused(`${url.protocol}//${url.host}, because only https is asked`);
  if (url.username !== '' || url.password !== '') throw refused(`an address of ${url.host} with credentials in it`);
  const named = namedHosts.some((host) => host.toLowerCase() === url.host);
  if (!named && !isWithin(url.host, domain.toLowerCase())) throw refused(`${url.host}, which nobody has named`);
  const found = await addressesOf(url, resolve);
  if (!named && !found.every(({ address: one }) => isPublicAddress(one))) {
    throw refused(`${url.host}, which lies in a private network and which nobody has named`);
  }
  return { url, lookup: pinned(found) };
}

function isWithin(host: string, domain: string): boolean {
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

type Found = Awaited<ReturnType<Resolve>>;

async function addressesOf(url: URL, resolve: Resolve): Promise<Found> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const found = await resolve(host).catch(() => []);
  if (found.length === 0) throw new HttpError('network', `The host ${url.host} is unknown.`);
  return found;
}

function pinned(found: Found): LookupFunction {
  return (_host, options, callback) => {
    if (options.all)
      callback(
        null,
        found.map(({ address, family }) => ({ address, family })),
      );
    else callback(null, found[0]!.address, found[0]!.family);
  };
}

function refused(what: string): HttpError {
  return new HttpError('host_refused', `Refused to send a request to ${what}.`);
}
