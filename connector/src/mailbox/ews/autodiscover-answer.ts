import { XMLParser, XMLValidator } from 'fast-xml-parser';

import { EwsFailure } from './ews-failure.ts';

const SCHEMA = 'http://schemas.microsoft.com/exchange/autodiscover/outlook';

/** What a server says about a mailbox: where it is, or whom else to ask. */
export type PoxAnswer =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'redirectUrl'; readonly url: string }
  | { readonly kind: 'redirectAddress'; readonly address: string };

/** A request of Autodiscover ([MS-OXDSCLI] section 2.2.3) for an address that holds nothing that XML would read. */
export function poxRequest(address: string): string {
  return (
    `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="${SCHEMA}/requestschema/2006"><Request>` +
    `<EMailAddress>${address}</EMailAddress>` +
    `<AcceptableResponseSchema>${SCHEMA}/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>`
  );
}

const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, isArray: (name) => name === 'Protocol' });
/** Which of several servers is taken: the one for use from everywhere, then the one for use within. */
const PROTOCOLS = ['EXPR', 'EXCH', 'WEB'];

/**
 * The answer of Autodiscover ([MS-OXDSCLI] section 2.2.4).
 *
 * @throws EwsFailure `unreadable`
 */
export function poxAnswer(xml: string): PoxAnswer {
  const account = at(treeOf(xml), ['Autodiscover', 'Response', 'Account']);
  const [action, url, address] = ['Action', 'RedirectUrl', 'RedirectAddr'].map((name) => at(account, [name]));
  if (action === 'redirectUrl' && typeof url === 'string') return { kind: 'redirectUrl', url };
  if (action === 'redirectAddr' && typeof address === 'string') return { kind: 'redirectAddress', address };
  const found = ewsUrl(at(account, ['Protocol']));
  if (found === undefined) throw new EwsFailure('unreadable', 'its answer names no Exchange Web Services');
  return { kind: 'url', url: found };
}

function treeOf(xml: string): unknown {
  try {
    if (!/<!(?:DOCTYPE|ENTITY)/i.test(xml) && XMLValidator.validate(xml) === true) return parser.parse(xml);
  } catch {
    // Said below: the parser has words of its own for what the validator lets pass.
  }
  throw new EwsFailure('unreadable', 'its answer is not one of autodiscover');
}

function ewsUrl(protocols: unknown): string | undefined {
  const all: unknown[] = Array.isArray(protocols) ? protocols : [];
  for (const type of PROTOCOLS) {
    const url = at(
      all.find((protocol) => at(protocol, ['Type']) === type),
      ['EwsUrl'],
    );
    if (typeof url === 'string' && url !== '') return url;
  }
  return undefined;
}

function at(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, name) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, name)
        ? (node as Record<string, unknown>)[name]
        : undefined,
    tree,
  );
}
