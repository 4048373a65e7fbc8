import { OAuth2Client, type Certificates } from 'google-auth-library';

import { createFetch } from '../../http/create-fetch.ts';

/** By what a push of Pub/Sub is known. */
export interface PushTokenRules {
  /** What the subscription names as the audience of its tokens. */
  readonly audience: string;
  /** The address of the service account that signs for the subscription. */
  readonly serviceAccount: string;
  /** Where the certificates of Google's keys are, as a JSON object of PEM texts by key id; default at Google. */
  readonly certificatesUrl?: string | undefined;
}

const GOOGLE_CERTIFICATES_URL = 'https://www.googleapis.com/oauth2/v1/certs';
const ISSUERS = ['accounts.google.com', 'https://accounts.google.com'];
const LONGEST_HEADER = 8_192;
const BEARER = /^Bearer ([\w-]+)\.([\w-]+)\.[\w-]+$/i;
const CERTIFICATES_BYTES = 64 * 1024;
const CERTIFICATES_MS = 5_000;

/**
 * Tells whether an Authorization field proves that a push comes from the Pub/Sub subscription (guide "Authenticate push
 * requests"): a JWT that Google signed with RS256 for our audience and that service account, within its time. What
 * cannot be ours by its own words is refused before a signature is computed. Rejects when the certificates cannot be
 * had, so that the push is sent again.
 */
export function openPushTokenVerifier(rules: PushTokenRules): (authorization: string | undefined) => Promise<boolean> {
  const client = certificateClient(rules.certificatesUrl ?? GOOGLE_CERTIFICATES_URL);
  let asked: Promise<Certificates> | undefined;

  function certificates(): Promise<Certificates> {
    asked ??= readCertificates(client).finally(() => {
      asked = undefined;
    });
    return asked;
  }

  return async (authorization = '') => {
    const token = claimedToken(authorization, rules);
    if (token === undefined) return false;
    const known = await certificates();
    return client.verifySignedJwtWithCertsAsync(token, known, rules.audience, ISSUERS).then(
      () => true,
      () => false,
    );
  };
}

/** Google's own client, asked for nothing but certificates, which it keeps as long as their server says. */
function certificateClient(certificatesUrl: string): OAuth2Client {
  const limits = { allowedHosts: [new URL(certificatesUrl).host], maxBytes: CERTIFICATES_BYTES };
  return new OAuth2Client({
    endpoints: { oauth2FederatedSignonPemCertsUrl: certificatesUrl },
    transporterOptions: {
      fetchImplementation: createFetch({ ...limits, deadlineMs: CERTIFICATES_MS }),
      ...{ retry: false, responseType: 'json' },
    },
  });
}

async function readCertificates(client: OAuth2Client): Promise<Certificates> {
  try {
    const { certs } = await client.getFederatedSignonCertsAsync();
    if (typeof certs === 'object' && Object.values(certs).every((pem) => typeof pem === 'string')) return certs;
  } catch {
    // What the client throws holds the request; that it failed is all that is told.
  }
  throw new Error(
    "The certificates of Google's keys cannot be read, so that no notification of Gmail can be believed.",
  );
}

/** The token, when it says of itself what a push of ours says. */
function claimedToken(authorization: string, { audience, serviceAccount }: PushTokenRules): string | undefined {
  if (authorization.length > LONGEST_HEADER) return undefined;
  const [whole, header, claims] = BEARER.exec(authorization) ?? [];
  if (whole === undefined) return undefined;
  const { alg, kid } = objectOf(header!);
  const { aud, email, email_verified: isVerified, iat, exp } = objectOf(claims!);
  const isOurs = aud === audience && email === serviceAccount && isVerified === true;
  const isSigned = alg === 'RS256' && typeof kid === 'string';
  const isDated = typeof iat === 'number' && typeof exp === 'number';
  return isOurs && isSigned && isDated ? whole.slice('Bearer '.length) : undefined;
}

/** A part of a token; an empty object when it is not the JSON of one. */
function objectOf(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
