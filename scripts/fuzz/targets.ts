import { checkExchange, exchangeSeeds } from './check-exchange.ts';
import { checkGmail, gmailSeeds } from './check-gmail.ts';
import { checkGraph, graphSeeds } from './check-graph.ts';
import { checkHeaders } from './check-headers.ts';
import { checkImap, imapSeeds } from './check-imap.ts';
import { checkNotifications, notificationSeeds } from './check-notifications.ts';
import { checkSalesforce, salesforceSeeds } from './check-salesforce.ts';
import { checkTokens, tokenSeeds } from './check-tokens.ts';
import { HEADER_TEXT, type Dialect } from './mutate.ts';
import { jsonDialect } from './mutate-json.ts';
import { seedInputs } from './seeds.ts';

/** Something that reads what others write. */
export interface Target {
  /** Parts of the addresses of the code whose coverage guides the search. */
  readonly code: readonly string[];
  readonly seeds: () => string[];
  readonly dialect: Dialect;
  /** Throws, or rejects, when a promise is broken. */
  readonly check: (bytes: Uint8Array) => void | Promise<void>;
}

const HTTP = [
  '\r\n\r\n',
  '\r\n--batch_x\r\n',
  '\r\nRetry-After: 99999999999',
  'HTTP/1.1 404 X',
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\u0000',
  '\0',
  '\xff',
  '1e999',
];

export const TARGETS: Readonly<Record<string, Target>> = {
  headers: {
    code: ['/connector/src/mail/', '/connector/src/match/'],
    seeds: seedInputs,
    dialect: HEADER_TEXT,
    check: checkHeaders,
  },
  exchange: { code: ['/connector/src/mailbox/ews/'], seeds: exchangeSeeds, dialect: HEADER_TEXT, check: checkExchange },
  gmail: {
    code: ['/connector/src/mailbox/gmail/', '/connector/src/http/'],
    seeds: gmailSeeds,
    dialect: jsonDialect(HTTP),
    check: checkGmail,
  },
  graph: {
    code: ['/connector/src/mailbox/graph/', '/connector/src/http/'],
    seeds: graphSeeds,
    dialect: jsonDialect(HTTP),
    check: checkGraph,
  },
  notifications: {
    code: ['/connector/src/server/notifications/', '/gmail/verify-push-token'],
    seeds: notificationSeeds,
    dialect: jsonDialect(HTTP),
    check: checkNotifications,
  },
  imap: {
    code: ['/connector/src/mailbox/imap/'],
    seeds: imapSeeds,
    dialect: jsonDialect(HTTP),
    check: checkImap,
  },
  salesforce: {
    code: ['/connector/src/salesforce/'],
    seeds: salesforceSeeds,
    dialect: jsonDialect(HTTP),
    check: checkSalesforce,
  },
  tokens: {
    code: ['/connector/src/mailbox/', '/connector/src/consent/', '/connector/src/http/'],
    seeds: tokenSeeds,
    dialect: jsonDialect(HTTP),
    check: checkTokens,
  },
};
