import type { KindRule } from './kind-rule.ts';

/** Services that hold a mail back until its sender has proved to be a person. */
const CHALLENGE_DOMAINS = ['boxbe.com', 'spamarrest.com'];

/**
 * Challenge and response. cPanel's BoxTrapper marks its mail with X-Boxtrapper and starts the subject with a fixed text;
 * Boxbe and Spam Arrest send from their own no-reply addresses.
 */
export const CHALLENGE_RULES: readonly KindRule[] = [
  {
    kind: 'challenge',
    find: ({ has }) => (has('X-Boxtrapper') ? 'X-Boxtrapper' : undefined),
  },
  {
    kind: 'challenge',
    find: ({ subject }) =>
      subject.plain.startsWith('your email requires verification verify#') ? 'Subject: verify#' : undefined,
  },
  {
    kind: 'challenge',
    find: ({ from }) => {
      const isService = CHALLENGE_DOMAINS.includes(from.domain);
      return isService && /^(?:no-?reply|challenge|verify)/.test(from.localPart) ? `From: ${from.domain}` : undefined;
    },
  },
];
