import { SalesforceError } from './salesforce-error.ts';

/**
 * Hosts below these names belong to Salesforce, and its API answers there: commercial orgs and Government Cloud, US
 * defence, China. `force.com` is left out: pages that customers write live there, and no instance of the API does.
 */
const INSTANCE_DOMAINS = ['.salesforce.com', '.salesforce.mil', '.sfcrmproducts.cn'];

/**
 * The address of an org that a person has configured.
 *
 * @throws SalesforceError `refused` when its API cannot answer there.
 */
export function orgAddress(instanceUrl: string): URL {
  const url = URL.parse(instanceUrl);
  if (url !== null && /^https?:$/.test(url.protocol) && !url.hostname.endsWith('.lightning.force.com')) return url;
  throw new SalesforceError('refused', 'The address of the Salesforce org is not one that its API answers at.', [
    'Set the address that Setup > My Domain shows, for example https://acme.my.salesforce.com.',
  ]);
}

/**
 * The address of the org that the answer to a login names, or undefined when no token may be taken there. All mail data
 * goes to this address, so a forged answer must not choose it freely: it is https on a host of Salesforce, or the very
 * origin that was asked for the login.
 */
export function instanceAddress(instanceUrl: string, login: URL): URL | undefined {
  const url = URL.parse(instanceUrl);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  if (url.origin === login.origin) return url;
  const known = INSTANCE_DOMAINS.some((domain) => url.hostname.endsWith(domain));
  return known && url.protocol === 'https:' && url.port === '' ? url : undefined;
}
