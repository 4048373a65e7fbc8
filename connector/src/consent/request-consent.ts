import { askInBrowser, type AuthorizationProof, type CodeProof } from './ask-in-browser.ts';
import { authorizationEndpoint } from './authorization-endpoint.ts';
import { checkGrantedAccount, GMAIL_SCOPE } from './granted-account.ts';
import { redeemCode } from './redeem-code.ts';

export interface ConsentRequest {
  /** The mailbox whose owner is asked. */
  readonly address: string;
  /** An OAuth client of the type "Desktop app". */
  readonly clientId: string;
  /** Google asks desktop clients for it, although it is no secret to the person who holds the app. */
  readonly clientSecret?: string;
  /** Shows the address of the consent page to the person, in a browser on this machine. */
  readonly openBrowser: (url: string) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /** How long the person has, in milliseconds; default 5 minutes. */
  readonly timeoutMs?: number;
  /** Where the person consents; default Google's own page. */
  readonly authUrl?: string;
  /** Where tokens are issued; default Google's own endpoint. */
  readonly tokenUrl?: string;
  /** Where the Gmail API is, with a slash at its end; default Google's own. */
  readonly rootUrl?: string;
}

/** What the owner of a mailbox granted. */
export interface Consent {
  /** A secret: it opens the mailbox until the consent is withdrawn. */
  readonly refreshToken: string;
  /** The address of the mailbox as Gmail spells it. */
  readonly address: string;
  readonly scopes: readonly string[];
}

/** Asks the owner of a Gmail mailbox for consent to read header fields. Rejects as `askInBrowser` does. */
export function requestConsent(request: ConsentRequest): Promise<Consent> {
  const { address, openBrowser, signal, timeoutMs } = request;
  return askInBrowser({
    ...{ address, openBrowser, signal, timeoutMs },
    provider: 'Google',
    whenBlocked: 'Where the organisation blocks the app, ask the Google Workspace admin to trust it.',
    authorizationUrl: (proof) => authorizationUrl(request, proof),
    conclude: (proof) => conclude(request, proof),
  });
}

function authorizationUrl(
  { authUrl = 'https://accounts.google.com/o/oauth2/v2/auth', clientId, address }: ConsentRequest,
  { redirectUri, state, challenge }: AuthorizationProof,
): string {
  const url = authorizationEndpoint(authUrl);
  const query = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: GMAIL_SCOPE,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    // A refresh token comes with these two alone, also for somebody who consented before.
    access_type: 'offline',
    prompt: 'consent',
    login_hint: address,
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

async function conclude(
  { address, clientId, clientSecret, tokenUrl, rootUrl }: ConsentRequest,
  proof: CodeProof,
): Promise<Consent> {
  const { accessToken, refreshToken, scopes } = await redeemCode({
    tokenUrl: tokenUrl ?? 'https://oauth2.googleapis.com/token',
    ...{ clientId, clientSecret, ...proof },
  });
  const gmail = { rootUrl: rootUrl ?? 'https://gmail.googleapis.com/', accessToken, signal: proof.signal };
  return { refreshToken, address: await checkGrantedAccount({ ...gmail, address, scopes }), scopes };
}
