import { createHash } from 'node:crypto';

import { messageKey } from '../../connector/src/mail/message-id.ts';
import type { Reply } from '../../connector/src/match/reply.ts';
import type { TrackedMail } from '../../connector/src/match/tracked-mail.ts';
import type {
  Enrolment,
  MatchedMessage,
  PageCommit,
  Registration,
  Store,
  WaitingMessage,
} from '../../connector/src/store/store.ts';

export const NOW = new Date('2026-03-02T09:00:00.000Z');
export const daysLater = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000);

export const REP = '005000000000001AAA';
export const PERSON = '003000000000001AAA';
export const STATUS = 'a02000000000001AAA';

export const ENROLMENT: Enrolment = {
  campaignStatusId: STATUS,
  personId: PERSON,
  address: 'lead@buyer.example',
  ownerId: REP,
  status: 'Active',
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

export function sampleMail(messageId: string, changes: Partial<TrackedMail> = {}): TrackedMail {
  return {
    messageId,
    subject: 'Our offer',
    sentAt: NOW,
    ownerId: REP,
    senderAddress: 'rep@seller.example',
    source: 'Sequence',
    recipients: [{ address: 'lead@buyer.example', role: 'To', personId: PERSON }],
    ...changes,
  };
}

export function sampleRegistration(store: Store, messageId: string, changes: Partial<Registration> = {}): Registration {
  return {
    mail: sampleMail(messageId),
    ids: [{ digest: store.digest(messageId), role: 'own' }],
    expiresAt: daysLater(90),
    deliver: false,
    ...changes,
  };
}

export function sampleReply(messageId: string, answered: string, changes: Partial<Reply> = {}): Reply {
  return {
    replyKey: hash(`${messageId} for ${changes.personId ?? PERSON}`),
    kind: 'human',
    from: 'lead@buyer.example',
    subject: 'Re: Our offer',
    receivedAt: NOW,
    matchedBy: 'In-Reply-To',
    replier: 'Recipient',
    messageKey: messageKey(answered),
    ownerId: REP,
    personId: PERSON,
    ...changes,
  };
}

/** A message that answers a mail for one person and halts that person. */
export function sampleMatch(store: Store, messageId: string, answered: string): MatchedMessage {
  return {
    digest: store.digest(messageId),
    replies: [sampleReply(messageId, answered)],
    latches: [PERSON],
    aliasOf: [messageKey(answered)],
  };
}

export function sampleWaiting(
  store: Store,
  mailboxId: string,
  messageId: string,
  cites: readonly string[],
  changes: Partial<WaitingMessage> = {},
): WaitingMessage {
  return {
    mailboxId,
    reference: `INBOX/${messageId}`,
    digest: store.digest(messageId),
    messageHash: hash(messageId),
    kind: 'human',
    side: 'outside',
    receivedAt: NOW,
    cites: cites.map((cited) => store.digest(cited)),
    expiresAt: daysLater(30),
    ...changes,
  };
}

/** A page that moves no cursor and finds nothing, with what a test adds to it. */
export function samplePage(mailboxId: string, changes: Partial<PageCommit> = {}): PageCommit {
  const nothing = { seen: 0, notReplies: 0, excluded: 0, registrations: [], matched: [], waiting: [], settled: [] };
  return { mailboxId, ...nothing, at: NOW, ...changes };
}

/** Holds back what Salesforce is to be told of the mailboxes, which takes a call of its own. */
export async function putOffReports(store: Store, notBefore = new Date('2100-01-01T00:00:00.000Z')): Promise<void> {
  const reports = await store.dueMailboxReports(new Date('2200-01-01T00:00:00.000Z'), 100);
  await store.settleMailboxReports(
    reports.map((report) => ({ report, notBefore })),
    NOW,
  );
}
