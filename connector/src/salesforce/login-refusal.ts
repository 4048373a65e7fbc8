import { clockSkewWords } from './clock-skew.ts';
import { fieldText } from './field-value.ts';
import { SalesforceError, type SalesforceErrorCode } from './salesforce-error.ts';

/** What a token endpoint says when it gives no token (RFC 6749, 5.2). */
export interface TokenRefusal {
  /** `error`, for example `invalid_grant`. */
  readonly error: string;
  /** `error_description`, for example `user hasn't approved this consumer`. */
  readonly description: string;
}

/** The login that was refused, as far as an error has to speak of it. */
export interface RefusedLogin {
  readonly host: string;
  readonly username: string;
  /** How far this machine's clock is off; see `clockSkew`. */
  readonly clockSkewMs: number | undefined;
  readonly now: Date;
}

/** The platform's words in an error of ours are cut to this many characters. */
const WORDS = 300;

/** An assertion is good for at most three minutes, so a clock that is off by this much may be why it was refused. */
const SUSPECT_SKEW_MS = 60_000;

interface Advice {
  readonly code?: SalesforceErrorCode;
  readonly words: string;
  readonly actions: readonly string[];
}

type Rule = readonly [pattern: RegExp, advise: (login: RefusedLogin) => Advice];

/**
 * Matched in this order against `error: description`. The pairs are the platform's (Salesforce Help, "OAuth 2.0
 * Authorization Errors"; the two ways to be unapproved are told apart as orgs answer them).
 */
const RULES: readonly Rule[] = [
  [/hasn.t approved this consumer/i, notApproved],
  [/invalid_app_access|not admin approved|OAUTH_APP_ACCESS_DENIED/i, notAssigned],
  [/invalid_client_id|client identifier invalid/i, unknownApp],
  [/OAUTH_APP_BLOCKED|OAUTH_EC_APP|OAUTH_APP_NOT_FOUND|app_not_found|not installed|blocked by admin/i, blockedApp],
  [/inactive_user|user is inactive/i, inactiveUser],
  [/inactive_org|organization is (?:locked|closed|suspended)/i, inactiveOrg],
  [/ip restricted|login hours/i, restricted],
  [/audience/i, wrongAudience],
  [/expired/i, expired],
  [/invalid assertion|invalid_client|signature/i, wrongKey],
  [/unsupported_grant_type|unauthorized_client|flow is not enabled/i, flowDisabled],
  [/rate_limit_exceeded|logins exceeded/i, tooManyLogins],
  [/temporarily_unavailable|unknown_error|server_error/i, passingFault],
];

/** The error for a refused login: which login, the platform's words, and what to do about them. */
export function loginRefusal({ error, description }: TokenRefusal, login: RefusedLogin): SalesforceError {
  const words = fieldText(`${error}: ${description || 'no reason given'}`, WORDS);
  const found = RULES.find(([pattern]) => pattern.test(words));
  const advice = clockMayBeWhy(found, login) ? wrongClock(login) : (found?.[1] ?? unknownRefusal)(login);
  return new SalesforceError(
    advice.code ?? 'refused',
    `Salesforce (${login.host}) refuses the login of ${login.username}: ${advice.words} (${words})`,
    advice.actions,
  );
}

/** The platform calls an assertion expired or invalid when it comes from the wrong time; other reasons are definite. */
function clockMayBeWhy(found: Rule | undefined, { clockSkewMs = 0 }: RefusedLogin): boolean {
  const vague = found === undefined || found[1] === expired || found[1] === wrongKey;
  return vague && Math.abs(clockSkewMs) >= SUSPECT_SKEW_MS;
}

function wrongClock({ clockSkewMs = 0, now }: RefusedLogin): Advice {
  const skew = clockSkewWords(clockSkewMs);
  return {
    words: `the clock of this machine is wrong. It says ${now.toISOString()} and is ${skew} that of Salesforce.`,
    actions: [
      'Set the clock of this machine and let it follow a time server (NTP); check its time zone too.',
      'Then log in again: nothing has been read or written.',
    ],
  };
}

function expired(): Advice {
  return {
    words: 'the login came too late to be accepted.',
    actions: ['Log in again.', 'Check the clock of this machine and the proxies between it and Salesforce.'],
  };
}

function notApproved({ username }: RefusedLogin): Advice {
  return {
    words: 'the app is not approved in advance, or there is no such user in this org.',
    actions: [
      `In Setup > External Client App Manager > the app > Policies, set Permitted Users to "Admin approved users are pre-authorized" and select a permission set that ${username} has.`,
      `Check that ${username} is a username of this very org, and that the login URL is that of the org: https://test.salesforce.com or My Domain for a sandbox.`,
    ],
  };
}

function notAssigned({ username }: RefusedLogin): Advice {
  return {
    words: 'an administrator has not approved this user for the app.',
    actions: [
      `In Setup > External Client App Manager > the app > Policies, select a permission set, and assign that permission set to ${username}.`,
    ],
  };
}

function unknownApp(): Advice {
  return {
    words: 'no app of this org has this consumer key.',
    actions: [
      'Copy the consumer key again from Setup > External Client App Manager > the app > Settings > OAuth Settings.',
      'A new app is known some minutes after it was saved; wait and log in again.',
      'Check that the login URL is that of the org in which the app was made.',
    ],
  };
}

function blockedApp(): Advice {
  return {
    words: 'the app is blocked or not installed in this org.',
    actions: [
      'Make an external client app in this very org (Setup > External Client App Manager), or install its package.',
      'Look in Setup > Connected Apps OAuth Usage whether an administrator has blocked the app.',
    ],
  };
}

function inactiveUser({ username }: RefusedLogin): Advice {
  return {
    words: 'the user is inactive or frozen.',
    actions: [`Activate ${username} in Setup > Users, or log in as another user of the connector.`],
  };
}

function inactiveOrg(): Advice {
  return {
    words: 'the org is locked, closed or suspended.',
    actions: ['Ask the administrator of the org or Salesforce Support to open the org again.'],
  };
}

function restricted({ username }: RefusedLogin): Advice {
  return {
    words: 'the user may not log in from this network or at this hour.',
    actions: [
      `Add the address that this machine has on the internet to the login IP ranges of the profile of ${username}.`,
      'Check the login hours of the profile, and the IP relaxation in the policies of the app.',
    ],
  };
}

function wrongAudience({ host }: RefusedLogin): Advice {
  return {
    words: `an org that ${host} does not log in to is meant.`,
    actions: [
      'Set the login URL: https://login.salesforce.com for production, https://test.salesforce.com for a sandbox, or the My Domain address of the org.',
    ],
  };
}

function wrongKey(): Advice {
  return {
    words: 'the login is not signed with the key that the app knows.',
    actions: [
      'Upload the certificate that belongs to this private key: Setup > External Client App Manager > the app > Settings > OAuth Settings > Use digital signatures.',
      'Check that the certificate has not expired.',
    ],
  };
}

function flowDisabled(): Advice {
  return {
    words: 'the app does not offer this way to log in.',
    actions: [
      'Enable the JWT bearer flow: Setup > External Client App Manager > the app > Settings > Flow Enablement.',
    ],
  };
}

function tooManyLogins(): Advice {
  return {
    code: 'retry',
    words: 'there were too many logins in the last hour.',
    actions: ['Nothing has to be done: the login is tried again.', 'Look for other programs that use this user.'],
  };
}

function passingFault(): Advice {
  return {
    code: 'retry',
    words: 'the login could not be decided now.',
    actions: [
      'Nothing has to be done: the login is tried again.',
      'Look at https://status.salesforce.com if it lasts.',
    ],
  };
}

function unknownRefusal({ username }: RefusedLogin): Advice {
  return {
    words: 'the platform gives the reason in brackets.',
    actions: [
      `Look at the login history of ${username} in Setup > Login History.`,
      'Check the policies of the app in Setup > External Client App Manager.',
    ],
  };
}
