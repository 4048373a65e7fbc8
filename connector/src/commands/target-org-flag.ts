import { Flags } from '@salesforce/sf-plugins-core';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply');

/** The flag that names the org, for commands that may talk to Salesforce. It has no default of its own: `ReplyCommand` chooses. */
export const targetOrgFlag = Flags.optionalOrg({
  summary: messages.getMessage('flags.target-org.summary'),
  description: messages.getMessage('flags.target-org.description'),
  default: () => Promise.resolve(undefined),
});
