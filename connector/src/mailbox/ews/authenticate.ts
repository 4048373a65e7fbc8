import type { Connections, OpenAnswer, OutgoingRequest } from '../../http/open-request.ts';
import { HttpError } from '../../http/http-error.ts';
import { createTurns } from '../turns.ts';
import type { EwsCredential } from './ews-options.ts';
import { ntlmAnswer, ntlmGreeting } from './ntlm.ts';

/** Sends one request as the account, over connections of its own. */
export type AuthenticatedSend = (request: OutgoingRequest) => Promise<OpenAnswer>;

/** A 401 is an answer like any other once the account has said all that it can. */
export function authenticate(connections: Connections, credential: () => Promise<EwsCredential>): AuthenticatedSend {
  const ntlm = ntlmSend(connections);
  return async (request) => {
    const known = await credential();
    if (known.kind !== 'bearer') {
      return known.kind === 'ntlm' ? ntlm(request, known) : connections.open(withAuthorization(request, basic(known)));
    }
    const token = await known.accessToken();
    const answer = await connections.open(withAuthorization(request, `Bearer ${token}`));
    if (answer.status !== 401) return answer;
    const newer = await known.accessToken(token);
    if (newer === token) return answer;
    answer.destroy();
    return connections.open(withAuthorization(request, `Bearer ${newer}`));
  };
}

function withAuthorization(request: OutgoingRequest, authorization: string): OutgoingRequest {
  return { ...request, headers: { ...request.headers, Authorization: authorization } };
}

/** RFC 7617; the charset of the server is not known, UTF-8 is what it recommends. */
function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

type Login = { readonly user: string; readonly password: string };

/**
 * NTLM admits a connection ([MS-NTHT] section 3.1): its three messages and every request after them go over the same
 * one, so there is one connection and one request at a time. Once it is admitted it is used as it is.
 */
function ntlmSend(connections: Connections): (request: OutgoingRequest, login: Login) => Promise<OpenAnswer> {
  const turns = createTurns();

  async function handshake(request: OutgoingRequest, login: Login): Promise<OpenAnswer> {
    const { headers } = withAuthorization(request, ntlmGreeting());
    // The body is kept for the message that lets it in.
    const greeted = await connections.open({ ...request, headers: { ...headers, 'Content-Length': '0' }, body: '' });
    await greeted.text();
    const answer = ntlmAnswer(greeted.challenges, login);
    if (greeted.status !== 401 || answer === undefined) return connections.open(request);
    const admitted = await connections.open(withAuthorization(request, answer));
    if (admitted.status !== 401 || admitted.socket === greeted.socket) return admitted;
    admitted.destroy();
    throw new HttpError('network', 'The connection was closed in the middle of the login.');
  }

  return (request, login) =>
    turns.take(async () => {
      const first = await connections.open(request);
      if (first.status !== 401) return first;
      await first.text();
      return handshake(request, login);
    });
}
