import ntlmClient from '@ewsjs/ntlm-client';

/** Nobody need know what this machine is called. */
const NO_WORKSTATION = '';
const LONGEST_CHALLENGE = 4096;

/** The first message of NTLM ([MS-NLMP] section 2.2.1.1), as an Authorization field. */
export function ntlmGreeting(): string {
  return ntlmClient.createType1Message(NO_WORKSTATION, '');
}

/**
 * The answer to a server's challenge, as an Authorization field; undefined where there is no challenge of the second
 * version of NTLM among what the server says. The first version gives the password away to whoever listens.
 */
export function ntlmAnswer(
  challenges: readonly string[],
  { user, password }: { readonly user: string; readonly password: string },
): string | undefined {
  const challenge = challenges.find((value) => /^NTLM [A-Za-z0-9+/=]+$/.test(value));
  if (challenge === undefined || challenge.length > LONGEST_CHALLENGE) return undefined;
  const { domain, name } = accountOf(user);
  try {
    const decoded = ntlmClient.decodeType2Message(challenge);
    if (decoded.version !== 2 || decoded.targetInfo === undefined || decoded.encoding !== 'ucs2') return undefined;
    return ntlmClient.createType3Message(decoded, name, password, NO_WORKSTATION, domain);
  } catch {
    return undefined;
  }
}

/** `DOMAIN\user`; a principal name (`user@domain`) goes without a domain. */
function accountOf(user: string): { domain: string; name: string } {
  const slash = user.indexOf('\\');
  return slash < 0 ? { domain: '', name: user } : { domain: user.slice(0, slash), name: user.slice(slash + 1) };
}
