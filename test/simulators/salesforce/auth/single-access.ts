import { randomBytes } from 'node:crypto';
import type { HttpAnswer } from '../rest/http-message.ts';
import type { OAuth } from './oauth-routes.ts';

/**
 * A link that logs a browser in once (Help, "Generate a Frontdoor URL to Bridge Sessions"); `sf org open` asks for it.
 * The local org has no pages, so nothing answers at the link. That an unknown token gets 403 is what the command says.
 */
export function answerSingleAccess(
  { org, sessions }: OAuth,
  token: string | undefined,
  target: string | null,
): HttpAnswer {
  if (sessions.userOf(token) === undefined) {
    return { status: 403, body: { error: 'invalid_token', error_description: 'Invalid access token' } };
  }
  const link = new URL('/secur/frontdoor.jsp', org.url);
  link.searchParams.set('otp', randomBytes(24).toString('base64url'));
  if (target !== null) link.searchParams.set('startURL', target);
  return { status: 200, body: { frontdoor_uri: link.toString() } };
}
