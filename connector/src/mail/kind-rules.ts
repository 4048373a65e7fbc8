import { AUTOMATIC_REPLY_RULES, NOTICE_RULES } from './automatic-rules.ts';
import { CALENDAR_RULES } from './calendar-rules.ts';
import { CHALLENGE_RULES } from './challenge-rules.ts';
import { DELIVERY_RULES, MAIL_SERVER_RULES, NULL_RETURN_PATH_RULES, REPORT_RULES } from './delivery-rules.ts';
import type { KindRule } from './kind-rule.ts';
import { FORWARD_RULES, LIST_RULES } from './people-rules.ts';

/**
 * The order in which kinds are decided, and why:
 *
 * 1. Challenges, although rare, come first: such services dress as delivery reports (Boxbe) and as automatic replies
 *    (BoxTrapper), and their marks are narrower than those of either.
 * 2. Reports in machine-readable form: what they say is beyond doubt. Read receipts and refusals are among them and
 *    carry `Auto-Submitted: auto-replied` too, so they precede the automatic replies.
 * 3. Calendar messages: Google's carry `Auto-Submitted: auto-generated` too.
 * 4. Notices of a mail system's own agents, which come from postmaster, before what else postmaster sends.
 * 5. Reports that only look like one, by sender and subject. They too carry `Auto-Submitted`.
 * 6. Automatic replies.
 * 7. Forwards, so that a person's forward is named as what it is.
 * 8. What a program sent of its own accord, and what has no return path for a reason nobody names.
 * 9. List and bulk mail last, and only when it answers nothing: a person's answer through a list stays a person's.
 */
export const KIND_RULES: readonly KindRule[] = [
  ...CHALLENGE_RULES,
  ...REPORT_RULES,
  ...CALENDAR_RULES,
  ...MAIL_SERVER_RULES,
  ...DELIVERY_RULES,
  ...AUTOMATIC_REPLY_RULES,
  ...FORWARD_RULES,
  ...NOTICE_RULES,
  ...NULL_RETURN_PATH_RULES,
  ...LIST_RULES,
];
