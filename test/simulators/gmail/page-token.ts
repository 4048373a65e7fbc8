import { createHash } from 'node:crypto';

import { badRequest } from './google-error.ts';

/** An opaque token for the place where the next page begins; it fits only the request that it was given for. */
export function formatPageToken(request: string, place: string): string {
  return Buffer.from(`${fingerprint(request)}.${place}`).toString('base64url');
}

/** @throws GoogleError 400 for a token that was not given for this request */
export function parsePageToken(request: string, token: string): string {
  const [print, place] = Buffer.from(token, 'base64url').toString().split('.');
  if (print !== fingerprint(request) || place === undefined) throw badRequest('Invalid pageToken');
  return place;
}

function fingerprint(request: string): string {
  return createHash('sha256').update(request).digest('hex').slice(0, 12);
}
