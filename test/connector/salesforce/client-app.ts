import { generateKeyPairSync } from 'node:crypto';

import { jwtLogin, type JwtLoginOptions } from '../../../connector/src/salesforce/jwt-login.ts';
import type { SalesforceLogin } from '../../../connector/src/salesforce/salesforce-login.ts';
import type { LocalOrgOptions } from '../../simulators/salesforce/local-org.ts';
import { CONNECTOR_USERNAME } from './sample-org.ts';

const CLIENT_ID = 'reply-tracking-app';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The private key of the app, in PEM. */
export const PRIVATE_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The external client app of the connector, whose user an administrator has approved. */
export const CLIENT_APP: NonNullable<LocalOrgOptions['clientApps']>[number] = {
  clientId: CLIENT_ID,
  certificate: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  approvedUsernames: [CONNECTOR_USERNAME],
};

/** The login of the connector's user to an org that has the app. */
export function loginTo(loginUrl: string, changes: Partial<JwtLoginOptions> = {}): SalesforceLogin {
  const username = CONNECTOR_USERNAME;
  return jwtLogin({ loginUrl, clientId: CLIENT_ID, username, privateKey: PRIVATE_KEY, ...changes });
}
