/** What the person at the browser does on the page of the authorization server. */
export interface BrowserDecision {
  /** Default: the account that the page proposes. */
  readonly account?: string;
  /** Default true. */
  readonly allow?: boolean;
  /** Scopes that the person unticks. */
  readonly without?: readonly string[];
}

/** Where a browser came to rest. */
export interface RestingPage {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

/**
 * A browser with a person in front of it: opens the page of the authorization server, fills its form in and follows
 * the redirect. Where the server shows an error page instead of a form, that is where it rests.
 */
export async function consentInBrowser(url: string, decision: BrowserDecision = {}): Promise<RestingPage> {
  const page = await restingPage(await fetch(url));
  const account = decision.account ?? /name="account"[^>]* value="([^"]*)"/.exec(page.html)?.[1];
  if (account === undefined) return page;
  const form = new URLSearchParams({
    account: unescaped(account),
    decision: decision.allow === false ? 'deny' : 'allow',
  });
  for (const [, value] of page.html.matchAll(/name="scope" value="([^"]*)"/g)) {
    const scope = unescaped(value!);
    if (!decision.without?.includes(scope)) form.append('scope', scope);
  }
  const decided = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  const target = decided.headers.get('location');
  return restingPage(target === null ? decided : await fetch(target));
}

async function restingPage(response: Response): Promise<RestingPage> {
  const { url, status, headers } = response;
  return { url, status, headers, html: await response.text() };
}

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
