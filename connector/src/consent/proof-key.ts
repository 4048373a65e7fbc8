import { createHash, randomBytes } from 'node:crypto';

/** A proof key for one code exchange (RFC 7636): whoever holds the code alone cannot redeem it. */
export interface ProofKey {
  /** Kept here until the exchange; 256 random bits as 43 characters (section 4.1). */
  readonly verifier: string;
  /** Its SHA-256 digest, which the authorization request shows (method S256, section 4.2). */
  readonly challenge: string;
}

export function createProofKey(): ProofKey {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}
