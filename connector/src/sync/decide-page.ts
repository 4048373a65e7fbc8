import { authorOf } from '../mail/author.ts';
import { kindOf } from '../mail/kind.ts';
import { messageKey } from '../mail/message-id.ts';
import { ownMessageIds } from '../mail/own-message-ids.ts';
import { composeReplies, haltsPerson } from '../match/compose-replies.ts';
import { matchReply, type ReplyMatch } from '../match/match-reply.ts';
import type { OwnSide } from '../match/replier.ts';
import { waitingCites } from '../match/waiting-cites.ts';
import type {
  Digest,
  Enrolment,
  KnownId,
  MatchedMessage,
  PageCommit,
  Registration,
  Store,
  WaitingMessage,
} from '../store/store.ts';
import { sentRegistration } from '../track/registration.ts';
import { sentTo, trackSentMail } from '../track/sent-mail.ts';
import type { ReadMessage } from './read-message.ts';

/** Days for which a message waits for the mail it cites to be registered. */
const WAITING_DAYS = 30;
/** Days for which a sent mail waits for its recipient to be enrolled. */
const SENT_WAITING_DAYS = 2;
const DAY_MS = 86_400_000;

/** What has to be known to decide about a page; nothing else is looked at. */
export interface PageFacts {
  readonly mailboxId: string;
  /** Salesforce id of the rep whose mailbox it is. */
  readonly ownerId: string;
  readonly digest: Store['digest'];
  readonly addressDigest: Store['addressDigest'];
  /** What the ids lead to that the page's messages cite, and the own ids of its sent mails. */
  readonly known: ReadonlyMap<Digest, readonly KnownId[]>;
  /** Enrolments of the people that the page's sent mails went to. */
  readonly enrolments: readonly Enrolment[];
  readonly ownSide: OwnSide;
  readonly at: Date;
}

/** What a page leads to; the cursor is added by whoever read the page. */
export type PageDecision = Pick<PageCommit, 'seen' | 'registrations' | 'matched' | 'waiting'>;

/**
 * Decides what each message of a page is: a mail of ours that is tracked from now on, an answer, a message that waits
 * for the mail it cites, or none of our business. A message may answer an earlier one of the same page.
 */
export function decidePage(messages: readonly ReadMessage[], facts: PageFacts): PageDecision {
  const known = new Map(facts.known);
  const learn = (digest: Digest, found: KnownId): void => {
    known.set(digest, [...(known.get(digest) ?? []), found]);
  };
  const registrations: Registration[] = [];
  const matched: MatchedMessage[] = [];
  const waiting: WaitingMessage[] = [];
  for (const read of messages) {
    const match = matchReply(read.cited, (id) => known.get(facts.digest(id)) ?? [], ownMessageIds(read.message.fields));
    const registration = registrationOf(read, facts);
    if (registration !== undefined) {
      registrations.push(registration);
      for (const { digest, role } of registration.ids) learn(digest, { role, mail: registration.mail });
    }
    if (match !== undefined) {
      matched.push(matchedMessage(read, match, facts));
      for (const { mail } of [match.nearest, ...match.others])
        learn(facts.digest(read.messageId), { role: 'alias', mail });
    } else if (registration === undefined) {
      const waits = waitingMessage(read, facts);
      if (waits !== undefined) waiting.push(waits);
    }
  }
  return { seen: messages.map(({ messageId }) => facts.digest(messageId)), registrations, matched, waiting };
}

/** True for what our own side's mailboxes wrote: it answers nobody, but answers to it belong to the same thread. */
function isOwn({ message }: ReadMessage, { ownSide }: PageFacts): boolean {
  return message.folder === 'sent' || ownSide.addresses.has(authorOf(message.fields)?.address ?? '');
}

/** A mail that Salesforce has already is not written there again: another system may have said more about it. */
function registrationOf({ message, messageId }: ReadMessage, facts: PageFacts): Registration | undefined {
  if (message.folder !== 'sent') return undefined;
  const sent = { block: message.fields, receivedAt: message.receivedAt, ownerId: facts.ownerId };
  const mail = trackSentMail(sent, facts.enrolments);
  if (mail === undefined) return undefined;
  const known = facts.known.get(facts.digest(messageId)) ?? [];
  const delivered = known.some((found) => found.role === 'own' && found.mail.trackedEmailId !== undefined);
  return { ...sentRegistration(mail, message.fields, facts.digest), deliver: !delivered };
}

function matchedMessage(read: ReadMessage, match: ReplyMatch, facts: PageFacts): MatchedMessage {
  const { message, report } = read;
  const aliasOf = [match.nearest, ...match.others].map(({ mail }) => messageKey(mail.messageId));
  const digest = facts.digest(read.messageId);
  if (isOwn(read, facts)) return { digest, replies: [], latches: [], aliasOf };
  const { kind } = kindOf(message.fields, { answersTrackedMail: true, ...(report && { report }) });
  const replies = composeReplies({
    block: message.fields,
    match,
    kind,
    receivedAt: message.receivedAt,
    ownSide: facts.ownSide,
    ...(report && { report }),
  });
  const latches = replies.flatMap((reply) =>
    haltsPerson(reply) && reply.personId !== undefined ? [reply.personId] : [],
  );
  return { digest, replies, latches, aliasOf };
}

/** What cites nothing, and went to nobody who could be enrolled late, has nothing to wait for. */
function waitingMessage(read: ReadMessage, facts: PageFacts): WaitingMessage | undefined {
  const { message, report } = read;
  const sent = message.folder === 'sent';
  const cites = waitingCites(read.cited).map(facts.digest);
  const addresses = sent ? sentTo(message.fields).map(({ address }) => facts.addressDigest(address)) : [];
  if (cites.length + addresses.length === 0) return undefined;
  const days = sent && cites.length === 0 ? SENT_WAITING_DAYS : WAITING_DAYS;
  return {
    mailboxId: facts.mailboxId,
    reference: message.reference,
    digest: facts.digest(read.messageId),
    messageHash: read.hash,
    kind: kindOf(message.fields, { answersTrackedMail: true, ...(report && { report }) }).kind,
    receivedAt: message.receivedAt,
    cites: [...cites, ...addresses],
    expiresAt: new Date(facts.at.getTime() + days * DAY_MS),
  };
}
