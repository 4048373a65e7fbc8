import type { AccessTokenSource } from '../keep-token.ts';
import { createCoolDown, type CoolDown } from './cool-down.ts';
import {
  microsoftAccessToken,
  type MicrosoftAccessTokenOptions,
  type MicrosoftCredential,
} from './microsoft-access-token.ts';

/** What the mailboxes of a tenant have in common in this process. */
export interface SharedTenants {
  /** The tokens of a credential; those of one application are the same for all mailboxes that it reads. */
  tokens(credential: MicrosoftCredential, options: MicrosoftAccessTokenOptions): AccessTokenSource;
  coolDown(tenantId: string): CoolDown;
}

/** A thousand mailboxes that one application reads ask for one token an hour, not for a thousand. */
export function shareTenants(): SharedTenants {
  const applications = new Map<string, AccessTokenSource>();
  const coolDowns = new Map<string, CoolDown>();
  return {
    tokens: (credential, options) => {
      if (credential.kind !== 'certificate') return microsoftAccessToken(credential, options);
      const { loginUrl, tenantId, resource } = options;
      const key = JSON.stringify([loginUrl, tenantId, resource, credential.clientId, credential.certificate]);
      const tokens = applications.get(key) ?? microsoftAccessToken(credential, options);
      applications.set(key, tokens);
      return tokens;
    },
    coolDown: (tenantId) => {
      const coolDown = coolDowns.get(tenantId) ?? createCoolDown(Date.now);
      coolDowns.set(tenantId, coolDown);
      return coolDown;
    },
  };
}
