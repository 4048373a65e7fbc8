import { HttpError } from './http-error.ts';

/** Characters of an address that an error quotes; the name of a host has 253 at most. */
const MAX_WORDS = 400;
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|localhost)$/;

/**
 * The address of a request as a URL, once it has passed the rules. A rule is a host (`gmail.googleapis.com`), a host
 * with its port (`127.0.0.1:4600`), or a suffix that begins with a dot (`.salesforce.com`, any depth below, default
 * port). Credentials inside an address are refused, and so is plain http, except on this machine: a bearer token
 * would cross the network readable.
 *
 * @throws HttpError `host_refused`
 */
export function allowedUrl(address: string, rules: readonly string[]): URL {
  const url = URL.parse(address);
  if (url === null) throw refused('an address that is not a URL');
  if (url.username !== '' || url.password !== '') throw refused(`an address of ${url.host} with credentials in it`);
  if (!isConfidential(url)) throw refused(`${url.protocol}//${url.host}, because only https keeps a token secret`);
  if (!rules.some((rule) => matches(url.host, rule))) throw refused(`${url.host}, which is not on the allow-list`);
  return url;
}

function isConfidential(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

function matches(host: string, rule: string): boolean {
  const wanted = rule.toLowerCase();
  return wanted.startsWith('.') ? host.endsWith(wanted) && host.length > wanted.length : host === wanted;
}

function refused(what: string): HttpError {
  return new HttpError('host_refused', `Refused to send a request to ${what.slice(0, MAX_WORDS)}.`);
}
