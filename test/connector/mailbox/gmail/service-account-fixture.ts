import type { ServiceAccount } from '../../../../connector/src/mailbox/gmail/google-access-token.ts';
import type { GmailSimulator } from '../../../simulators/gmail/gmail-simulator.ts';
import { rsaKeyPair, type KeyPair } from '../../../simulators/gmail/oauth/signed-assertion.ts';
import { METADATA } from './gmail-harness.ts';

export const CLIENT_EMAIL = 'reader@project-1.iam.gserviceaccount.com';
export const CLIENT_ID = '104857600000000000001';
export const KEY_ID = '5bd1e995c0ffee00';

const KEYS = rsaKeyPair();

export function pemOf({ privateKey }: KeyPair): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The account as the simulator knows it after `registerServiceAccount`. */
export const SERVICE_ACCOUNT: ServiceAccount = {
  kind: 'serviceAccount',
  clientEmail: CLIENT_EMAIL,
  privateKey: pemOf(KEYS),
  privateKeyId: KEY_ID,
  clientId: CLIENT_ID,
};

export function registerServiceAccount(simulator: GmailSimulator, delegatedScopes: readonly string[] = METADATA): void {
  const { publicKey } = KEYS;
  simulator.serviceAccount({
    clientEmail: CLIENT_EMAIL,
    clientId: CLIENT_ID,
    privateKeyId: KEY_ID,
    publicKey,
    delegatedScopes,
  });
}

/** The key file as the Google Cloud console writes it. */
export function keyFile(changes: Readonly<Record<string, unknown>> = {}): string {
  const fields = {
    type: 'service_account',
    project_id: 'project-1',
    private_key_id: KEY_ID,
    private_key: SERVICE_ACCOUNT.privateKey,
    client_email: CLIENT_EMAIL,
    client_id: CLIENT_ID,
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: 'https://oauth2.googleapis.com/token',
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(CLIENT_EMAIL)}`,
    universe_domain: 'googleapis.com',
  };
  return JSON.stringify({ ...fields, ...changes }, null, 2);
}
