import { authorOf } from '../mail/author.ts';
import { kindOf, type Kind } from '../mail/kind.ts';
import { messageKey } from '../mail/message-id.ts';
import { messageHash, messageIdOf } from '../mail/own-message-ids.ts';
import { citedThread } from '../match/cited-thread.ts';
import { composeReplies, peopleHalted } from '../match/compose-replies.ts';
import type { ReplyMatch } from '../match/match-reply.ts';
import { identifyReplier, isOwnSide, type OwnSide } from '../match/replier.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';
import { waitingCites } from '../match/waiting-cites.ts';
import type {
  Digest,
  Enrolment,
  KnownId,
  MatchedMessage,
  MessageSide,
  PageCommit,
  Registration,
  Store,
  WaitingMessage,
} from '../store/store.ts';
import { sentRegistration } from '../track/registration.ts';
import { trackSentMail, wasInSequence } from '../track/sent-mail.ts';
import { isExcluded } from './is-excluded.ts';
import { isAtDomain, mailWithout } from '../match/excluded-domains.ts';
import { matchMessage } from './match-message.ts';
import { answeredThread, type ReadMessage } from './read-message.ts';

/** Days for which a message waits for the mail it cites to be registered. */
const WAITING_DAYS = 30;
/** Days for which a sent mail waits for its recipient to be enrolled, and whatever can only answer such a mail. */
const SENT_WAITING_DAYS = 2;
const DAY_MS = 86_400_000;

/** What has to be known to decide about a page; nothing else is looked at. */
export interface PageFacts {
  readonly mailboxId: string;
  /** Salesforce id of the rep whose mailbox it is. */
  readonly ownerId: string;
  readonly digest: Store['digest'];
  readonly addressDigest: Store['addressDigest'];
  /** What the ids and threads lead to that the page's messages cite, and the own ids of its sent mails. */
  readonly known: ReadonlyMap<Digest, readonly KnownId[]>;
  /** Enrolments of the people that the page's sent mails went to. */
  readonly enrolments: readonly Enrolment[];
  /** This rep's mails to the recipients that reports of the page are about, as far as these name no message. */
  readonly mailsToFailed: readonly TrackedMail[];
  readonly ownSide: OwnSide;
  /** Nothing is kept of mail from, or only to, these domains. */
  readonly excludedDomains: ReadonlySet<string>;
  readonly at: Date;
}

/** What a page leads to; the cursor is added by whoever read the page. */
export interface PageDecision extends Pick<
  PageCommit,
  'seen' | 'notReplies' | 'excluded' | 'registrations' | 'matched' | 'waiting'
> {
  /** Messages that a defect of this program kept from being decided; they wait for the mail they cite. */
  readonly undecided: readonly Undecided[];
}

export interface Undecided {
  /** The provider's reference to the message. */
  readonly reference: string;
  /** What was thrown. */
  readonly fault: unknown;
}

/** What one message leads to. */
interface MessageDecision {
  readonly registration?: Registration;
  readonly matched?: MatchedMessage;
  /** What its own id leads to from now on. */
  readonly known?: readonly (readonly [Digest, KnownId])[];
  readonly waiting?: WaitingMessage;
  readonly undecided?: Undecided;
  readonly excluded?: true;
}

/**
 * Decides what each message of a page is: a mail of ours that is tracked from now on, an answer, a message that waits
 * for the mail it cites, or none of our business. A message may answer an earlier one of the same page. Never throws.
 */
export function decidePage(messages: readonly ReadMessage[], facts: PageFacts): PageDecision {
  const known = new Map(facts.known);
  const mailsToFailed = [...facts.mailsToFailed];
  const decisions: MessageDecision[] = [];
  for (const read of messages) {
    const decision = decideOrHold(read, { ...facts, known, mailsToFailed });
    decisions.push(decision);
    if (decision.registration !== undefined) mailsToFailed.push(decision.registration.mail);
    for (const [digest, found] of decision.known ?? []) learn(known, digest, found);
  }
  return {
    seen: messages.length,
    notReplies: decisions.filter(leadsToNothing).length,
    excluded: decisions.filter(({ excluded }) => excluded === true).length,
    registrations: decisions.flatMap(({ registration }) => registration ?? []),
    matched: decisions.flatMap(({ matched }) => matched ?? []),
    waiting: decisions.flatMap(({ waiting }) => waiting ?? []),
    undecided: decisions.flatMap(({ undecided }) => undecided ?? []),
  };
}

/** A sent mail that is tracked from now on, and our own side's answer, are no replies. */
function leadsToNothing({ matched, waiting, excluded }: MessageDecision): boolean {
  return excluded !== true && waiting === undefined && (matched === undefined || matched.replies.length === 0);
}

function learn(known: Map<Digest, readonly KnownId[]>, digest: Digest, found: KnownId): void {
  const before = known.get(digest) ?? [];
  if (!before.some(({ mail }) => mail.messageId === found.mail.messageId)) known.set(digest, [...before, found]);
}

/** A message that cannot be decided neither stops its page nor is lost: it is held. */
function decideOrHold(read: ReadMessage, facts: PageFacts): MessageDecision {
  if (read.fault !== undefined) return held(read, read.fault, facts);
  try {
    return decideMessage(read, facts);
  } catch (fault) {
    return held(read, fault, facts);
  }
}

/** It waits for what it cites, as if a person had written it, and is settled from what is kept of it. */
function held(read: ReadMessage, fault: unknown, facts: PageFacts): MessageDecision {
  const side = read.message.folder === 'sent' ? 'sent' : 'outside';
  return {
    waiting: { ...waitingMessage(read, { kind: 'human', side }, facts), undecided: true },
    undecided: { reference: read.message.reference, fault },
  };
}

function decideMessage(read: ReadMessage, facts: PageFacts): MessageDecision {
  if (isExcluded(read, facts.excludedDomains)) return { excluded: true };
  const { message, messageId } = read;
  // Most mail neither answers anything nor was sent by us.
  if (message.folder !== 'sent' && namesNothing(read, facts)) return {};
  const match = matchMessage(read, facts);
  const registration = registrationOf(read, facts);
  if (match === undefined && registration === undefined) return waits(read, facts);
  const ids = registration?.ids.map(({ digest, role }) => [digest, { role, mail: registration.mail }] as const) ?? [];
  const aliases = mailsOf(match).map((mail) => [facts.digest(messageId), { role: 'alias', mail }] as const);
  return {
    ...(registration && { registration }),
    ...(match && { matched: matchedMessage(read, match, facts) }),
    ...(registration === undefined && waitsForRecipients(read, facts)),
    known: [...ids, ...aliases],
  };
}

function namesNothing(read: ReadMessage, { mailboxId }: PageFacts): boolean {
  const { cited, sentTo, failed } = read;
  return cited.length + sentTo.length === 0 && failed === undefined && answeredThread(read, mailboxId) === undefined;
}

function mailsOf(match: ReplyMatch | undefined): TrackedMail[] {
  return match === undefined ? [] : [match.nearest, ...match.others].map(({ mail }) => mail);
}

/** A mail that Salesforce has already is not written there again: another system may have said more about it. */
function registrationOf({ message, messageId }: ReadMessage, facts: PageFacts): Registration | undefined {
  if (message.folder !== 'sent') return undefined;
  const sent = { block: message.fields, receivedAt: message.receivedAt, ownerId: facts.ownerId };
  const tracked = trackSentMail(sent, facts.enrolments);
  const mail = tracked && mailWithout(tracked, facts.excludedDomains);
  if (mail === undefined) return undefined;
  const known = facts.known.get(facts.digest(messageId)) ?? [];
  const delivered = known.some((found) => found.role === 'own' && found.mail.trackedEmailId !== undefined);
  const { fields, thread: threadId } = message;
  const thread = threadId === undefined ? undefined : citedThread(facts.mailboxId, threadId);
  return { ...sentRegistration(mail, { block: fields, thread }, facts.digest), deliver: !delivered };
}

function matchedMessage(read: ReadMessage, match: ReplyMatch, facts: PageFacts): MatchedMessage {
  const { message, report } = read;
  const aliasOf = mailsOf(match).map(({ messageId }) => messageKey(messageId));
  const digest = facts.digest(read.messageId);
  if (isOwn(read, match.nearest.mail, facts)) return { digest, replies: [], latches: [], aliasOf };
  const replies = composeReplies({
    block: message.fields,
    match,
    kind: kindOfAnswer(read, match.nearest.field !== 'Provider Thread'),
    receivedAt: message.receivedAt,
    ownSide: facts.ownSide,
    ...(report && { report }),
  });
  const place = { mailboxId: facts.mailboxId, reference: message.reference };
  return { digest, replies, latches: peopleHalted(replies), aliasOf, place };
}

/**
 * True for what our own side's mailboxes wrote: it answers nobody, but answers to it belong to the same thread. One of
 * our own addresses answers all the same when the mail was sent to that very address.
 */
function isOwn({ message }: ReadMessage, answered: TrackedMail, { ownSide }: PageFacts): boolean {
  if (message.folder === 'sent') return true;
  const author = authorOf(message.fields)?.address ?? '';
  return ownSide.addresses.has(author) && identifyReplier(author, answered, ownSide) === 'Internal';
}

/** List mail that only stands in the thread of a tracked mail is no person's answer to it. */
function kindOfAnswer({ message, report }: ReadMessage, answersTrackedMail: boolean): Kind {
  return kindOf(message.fields, { answersTrackedMail, ...(report && { report }) }).kind;
}

/**
 * What names nothing, and went to nobody who could be enrolled late, has nothing to wait for; nor has list mail that
 * only stands in a thread, which changes nothing.
 */
function waits(read: ReadMessage, facts: PageFacts): MessageDecision {
  if (namesNothing(read, facts)) return {};
  const namesMail = read.cited.length > 0;
  const kind = kindOfAnswer(read, namesMail);
  if (kind === 'list_bulk' && !namesMail && read.message.folder !== 'sent') return {};
  return { waiting: waitingMessage(read, { kind, side: sideOf(read, facts) }, facts) };
}

/**
 * A mail of ours that answers tracked mail is tracked itself once one of its recipients is enrolled, as every sent mail
 * is. What it cites is known already, and a person in a sequence has not made it a tracked mail: neither is waited for.
 */
function waitsForRecipients(read: ReadMessage, facts: PageFacts): Pick<MessageDecision, 'waiting'> {
  const sentAt = read.message.receivedAt;
  const enrolled = facts.enrolments.filter((one) => wasInSequence(one, sentAt)).map(({ address }) => address);
  const sentTo = read.sentTo.filter(
    (address) => !enrolled.includes(address) && !isAtDomain(address, facts.excludedDomains),
  );
  if (sentTo.length === 0 || messageIdOf(read.message.fields) === undefined) return {};
  return { waiting: waitingMessage({ ...read, cited: [], sentTo }, { kind: 'human', side: 'sent' }, facts) };
}

function sideOf({ message }: ReadMessage, { ownSide }: PageFacts): MessageSide {
  if (message.folder === 'sent') return 'sent';
  return isOwnSide(authorOf(message.fields)?.address ?? '', ownSide) ? 'internal' : 'outside';
}

function waitingMessage(
  read: ReadMessage,
  nature: Pick<WaitingMessage, 'kind' | 'side'>,
  facts: PageFacts,
): WaitingMessage {
  const { message, messageId, cited, sentTo, failed = [] } = read;
  const days = cited.length === 0 ? SENT_WAITING_DAYS : WAITING_DAYS;
  const thread = answeredThread(read, facts.mailboxId)?.id ?? [];
  const people = sentTo.concat(failed).filter((address) => !isAtDomain(address, facts.excludedDomains));
  return {
    ...nature,
    mailboxId: facts.mailboxId,
    reference: message.reference,
    digest: facts.digest(messageId),
    messageHash: messageHash(messageId),
    receivedAt: message.receivedAt,
    cites: [...waitingCites(cited).concat(thread).map(facts.digest), ...people.map(facts.addressDigest)],
    expiresAt: new Date(facts.at.getTime() + days * DAY_MS),
  };
}
