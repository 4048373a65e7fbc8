import { guardedAddress, type GuardedAddress, type Resolve } from '../../http/guarded-address.ts';
import { HttpError } from '../../http/http-error.ts';
import { openConnections, type Connections, type OpenAnswer } from '../../http/open-request.ts';
import { MailboxError } from '../mailbox-error.ts';
import { authenticate } from './authenticate.ts';
import { poxAnswer, poxRequest } from './autodiscover-answer.ts';
import { EwsFailure } from './ews-failure.ts';

export interface DiscoverOptions {
  /** SMTP address of the mailbox; its domain is asked. */
  readonly address: string;
  /** Hosts, with a port if it is not the default, that may be asked and named besides those of the domain. */
  readonly namedHosts: readonly string[];
  /** Shown to servers that want one; without it only those are asked that want none. */
  readonly login?: { readonly kind: 'basic' | 'ntlm'; readonly user: string; readonly password: string };
  readonly certificateAuthorities?: string;
  /** The longest time of one request, in milliseconds; default 20,000. */
  readonly deadlineMs?: number;
  /** Default: the name servers of this machine. */
  readonly resolve?: Resolve;
}

/** The longest answer, in bytes. */
const MAX_ANSWER_BYTES = 5 * 1024 * 1024;
const MOST_REDIRECTS = 5;
const ADDRESS = /^[A-Za-z0-9!#$%*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9.-]{1,253})$/;

/**
 * Where the web services of a mailbox are, as the servers of its domain say: by Autodiscover v2 (JSON, without a login),
 * then by the older kind (POX, with the login; [MS-OXDSCLI]). No plain http, no host out of the domain that a person
 * has not named, no private network that a person has not named; the login goes to the host that was asked first and
 * to no other, whatever that one says.
 *
 * @throws MailboxError `reconnect`: what was tried and what to do instead
 */
export async function discoverEwsUrl(options: DiscoverOptions): Promise<string> {
  const domain = ADDRESS.exec(options.address)?.[1];
  if (domain === undefined) throw notFound(options.address, ['the address has no domain to ask']);
  const rules = { domain, namedHosts: options.namedHosts };
  const hosts = [...options.namedHosts, `autodiscover.${domain}`, domain];
  const failures: string[] = [];
  for (const ask of [askJson, askPox]) {
    for (const host of hosts) {
      try {
        const named = await ask(host, options, (url) => guardedAddress(url, rules, options.resolve));
        const { url } = await guardedAddress(named, rules, options.resolve);
        return url.href;
      } catch (error) {
        failures.push(`${host}: ${reasonOf(error)}`);
      }
    }
  }
  throw notFound(options.address, failures);
}

type Guard = (url: string) => Promise<GuardedAddress>;
type Ask = (host: string, options: DiscoverOptions, guard: Guard) => Promise<string>;

/** Autodiscover v2, which Exchange 2016 and later answer to anybody. */
const askJson: Ask = async (host, options, guard) => {
  const path = `/autodiscover/autodiscover.json/v1.0/${encodeURIComponent(options.address)}?Protocol=EWS`;
  let url = `https://${host}${path}`;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const answer = await exchange(await guard(url), options, (connections, guarded) =>
      connections.open({ method: 'GET', url: guarded, headers: { Accept: 'application/json' } }),
    );
    if (answer.redirect === undefined) return urlInJson(answer.text);
    url = new URL(answer.redirect, url).href;
  }
  throw new EwsFailure('unreadable', 'it redirects without end');
};

const askPox: Ask = async (host, options, guard) => {
  const { login } = options;
  if (login === undefined) throw new EwsFailure('unreadable', 'it is not asked without a login');
  let body = poxRequest(options.address);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const answer = await exchange(await guard(`https://${host}/autodiscover/autodiscover.xml`), options, (open, url) =>
      authenticate(open, () => Promise.resolve(login))({
        ...{ method: 'POST', url, body },
        headers: { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': String(Buffer.byteLength(body)) },
      }),
    );
    if (answer.redirect !== undefined) throw elsewhere(answer.redirect);
    const named = poxAnswer(answer.text);
    if (named.kind === 'url') return named.url;
    if (named.kind === 'redirectUrl') throw elsewhere(named.url);
    if (!ADDRESS.test(named.address)) throw new EwsFailure('unreadable', 'it names an address that is none');
    body = poxRequest(named.address);
  }
  throw new EwsFailure('unreadable', 'it redirects without end');
};

/** The login is for the host that was asked: another one is only named to the person. */
function elsewhere(url: string): EwsFailure {
  const host = URL.parse(url)?.host;
  const named = host === undefined || host === '' ? 'an unreadable address' : host;
  return new EwsFailure('unreadable', `it leads to ${named}; if that is yours, add --autodiscover-host ${named}`);
}

interface Answer {
  readonly text: string;
  readonly redirect: string | undefined;
}

async function exchange(
  { url, lookup }: GuardedAddress,
  { certificateAuthorities, deadlineMs = 20_000 }: DiscoverOptions,
  send: (connections: Connections, url: string) => Promise<OpenAnswer>,
): Promise<Answer> {
  const connections = openConnections({
    ...{ allowedHosts: [url.host], maxBytes: MAX_ANSWER_BYTES, deadlineMs, connections: 1, lookup },
    ...(certificateAuthorities !== undefined && { certificateAuthorities }),
  });
  try {
    const answer = await send(connections, url.href);
    if (answer.status >= 300 && answer.status < 400)
      return { text: '', redirect: answer.headers.get('location') ?? '' };
    if (answer.status !== 200) throw new EwsFailure('status', `it answers with status ${answer.status}`);
    return { text: await answer.text(), redirect: undefined };
  } finally {
    connections.close();
  }
}

function urlInJson(text: string): string {
  try {
    const { Url } = JSON.parse(text) as { readonly Url?: unknown };
    if (typeof Url === 'string') return Url;
  } catch {
    // Said below.
  }
  throw new EwsFailure('unreadable', 'its answer names no address');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof HttpError) && !(error instanceof EwsFailure)) return 'no usable answer';
  return error.message.replace(/\.$/, '');
}

function notFound(address: string, failures: readonly string[]): MailboxError {
  return new MailboxError(
    'reconnect',
    `The server of ${address} was not found by autodiscover (${failures.join('; ')}). ` +
      'Name it with --ews-url, or a host that may be asked with --autodiscover-host.',
  );
}
