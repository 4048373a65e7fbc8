import { Flags } from '@salesforce/sf-plugins-core';
import { PROVIDER_NAMES } from '../facade.ts';
import { loadMessages } from './load-messages.ts';
import { targetOrgFlag } from './target-org-flag.ts';

const messages = loadMessages('reply.mailbox.connect');
const HELP = { imap: 'IMAP', exchange: 'EXCHANGE SERVER', gmail: 'GMAIL', graph: 'MICROSOFT 365', reading: 'READING' };

/** The words of a flag, from the messages of the command. */
function words(name: string): { summary: string; description?: string } {
  const description = `flags.${name}.description`;
  return {
    summary: messages.getMessage(`flags.${name}.summary`),
    ...(messages.messages.has(description) && { description: messages.getMessage(description) }),
  };
}

export const connectFlags = {
  'target-org': targetOrgFlag,
  address: Flags.string({ ...words('address'), char: 'a', required: true }),
  provider: Flags.option({ ...words('provider'), options: PROVIDER_NAMES })(),
  owner: Flags.salesforceId({ ...words('owner'), startsWith: '005', helpValue: '<user-id>' }),
  alias: Flags.string({ ...words('alias'), multiple: true }),
  replace: Flags.boolean(words('replace')),
  'no-prompt': Flags.boolean(words('no-prompt')),
  'access-token-stdin': Flags.boolean({
    ...words('access-token-stdin'),
    exclusive: ['password-stdin', 'service-account-file', 'client-id', 'certificate-file'],
  }),

  since: Flags.string({ ...words('since'), helpGroup: HELP.reading, helpValue: '<date>', exclusive: ['days'] }),
  days: Flags.integer({ ...words('days'), helpGroup: HELP.reading, min: 1, max: 3650 }),
  'exclude-folder': Flags.string({ ...words('exclude-folder'), helpGroup: HELP.reading, multiple: true }),

  host: Flags.string({ ...words('host'), helpGroup: HELP.imap }),
  port: Flags.integer({ ...words('port'), helpGroup: HELP.imap, min: 1, max: 65_535 }),
  user: Flags.string({ ...words('user'), helpGroup: HELP.imap }),
  starttls: Flags.boolean({ ...words('starttls'), helpGroup: HELP.imap }),
  'ca-file': Flags.file({ ...words('ca-file'), helpGroup: HELP.imap, exists: true }),
  'password-stdin': Flags.boolean({ ...words('password-stdin'), helpGroup: HELP.imap }),

  'oauth-file': Flags.string({
    ...words('oauth-file'),
    ...{ helpGroup: HELP.imap, helpValue: '<file>|-', exclusive: ['password-stdin', 'access-token-stdin'] },
  }),

  'ews-url': Flags.url({ ...words('ews-url'), helpGroup: HELP.exchange, exclusive: ['autodiscover'] }),
  autodiscover: Flags.boolean({ ...words('autodiscover'), helpGroup: HELP.exchange }),
  'autodiscover-host': Flags.string({
    ...words('autodiscover-host'),
    ...{ helpGroup: HELP.exchange, helpValue: '<host>', multiple: true },
  }),
  authentication: Flags.option({
    ...words('authentication'),
    ...{ helpGroup: HELP.exchange, options: ['ntlm', 'basic'] as const },
  })(),
  impersonate: Flags.boolean({ ...words('impersonate'), helpGroup: HELP.exchange }),

  'service-account-file': Flags.file({
    ...words('service-account-file'),
    ...{ helpGroup: HELP.gmail, exists: true, exclusive: ['client-id'] },
  }),
  'client-id': Flags.string({ ...words('client-id'), helpGroup: HELP.gmail }),
  'client-secret-file': Flags.string({
    ...words('client-secret-file'),
    ...{ helpGroup: HELP.gmail, helpValue: '<file>|-' },
  }),
  'poll-seconds': Flags.integer({ ...words('poll-seconds'), helpGroup: HELP.gmail, min: 1, max: 86_400 }),
  tenant: Flags.string({ ...words('tenant'), helpGroup: HELP.graph, helpValue: '<id or domain>' }),
  'certificate-file': Flags.file({ ...words('certificate-file'), helpGroup: HELP.graph, exists: true }),
  'root-url': Flags.url({ ...words('root-url'), hidden: true }),
  'token-url': Flags.url({ ...words('token-url'), hidden: true }),
  'login-url': Flags.url({ ...words('login-url'), hidden: true }),
  'auth-url': Flags.url({ ...words('auth-url'), hidden: true }),
};
