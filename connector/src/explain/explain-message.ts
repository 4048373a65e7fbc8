import type { ExplainedCite, ExplainedMail, ExplainedReply, Explanation } from '../facade.ts';
import { authorOf } from '../mail/author.ts';
import { decodeText } from '../mail/encoded-word.ts';
import { fieldValue } from '../mail/header-field.ts';
import { kindOf } from '../mail/kind.ts';
import { messageKey } from '../mail/message-id.ts';
import type { Reply } from '../match/reply.ts';
import type { TrackedMail } from '../match/tracked-mail.ts';
import { replyKindValue } from '../salesforce/task-record.ts';
import type { MailboxRow, MatchedMessage, MessageFate, OutboxState, Store } from '../store/store.ts';
import { decidePage, type PageDecision, type PageFacts } from '../sync/decide-page.ts';
import { gatherFacts, type FactStore } from '../sync/gather-facts.ts';
import { answeredThread, type ReadMessage } from '../sync/read-message.ts';
import type { SyncOptions } from '../sync/sync-options.ts';
import { foundReply } from './found-reply.ts';
import { verdictOf } from './verdict.ts';

/** What explaining looks at; nothing is written. */
export interface Explaining {
  readonly store: FactStore & Pick<Store, 'messageFate' | 'taskStates'>;
  readonly ownSide: SyncOptions['ownSide'];
  readonly excludedDomains?: ReadonlySet<string>;
  readonly now: () => Date;
}

/** A message with what it would lead to if it were read now. */
export interface Examined {
  readonly explanation: Explanation;
  readonly decision: PageDecision;
}

/**
 * What a message is, which tracked mail it answers and by which evidence, and what became, or would become, of it: the
 * same decision as that of a page with this one message.
 */
export async function explainMessage(
  read: ReadMessage,
  mailbox: Pick<MailboxRow, 'id' | 'ownerId'>,
  source: Explanation['source'],
  { store, ownSide, now, excludedDomains = new Set() }: Explaining,
): Promise<Examined> {
  const facts = await gatherFacts([read], mailbox, { store, ownSide, excludedDomains, at: now() });
  const decision = decidePage([read], facts);
  const [matched] = decision.matched;
  const fields = read.message.fields;
  const named = matched !== undefined && matched.replies[0]?.matchedBy !== 'Provider Thread';
  const evidence = { answersTrackedMail: named, ...(read.report && { report: read.report }) };
  const { kind, signal } = kindOf(fields, evidence);
  const fate = await store.messageFate(store.digest(read.messageId));
  const replies = matched?.replies ?? [];
  const states = await store.taskStates(replies.map(({ replyKey }) => replyKey));
  const own = decision.registrations[0]?.mail ?? trackedAs(read.messageId, facts);
  const explanation: Omit<Explanation, 'verdict'> = {
    messageId: read.messageId,
    source,
    from: authorOf(fields)?.address ?? null,
    subject: decodeText(fieldValue(fields, 'Subject') ?? '') || null,
    kind: replyKindValue(kind),
    signal,
    cites: [...citesOf(read, facts), ...failedOf(read, matched)],
    answers: (matched?.aliasOf ?? []).flatMap((key) => mailOf(key, facts)),
    replies: replies.map((reply) => explainedReply(reply, states)),
    tracked: own === undefined ? null : explainedMail(own),
    ...rememberedOf(fate),
  };
  return { explanation: { ...explanation, verdict: verdictOf(explanation) }, decision };
}

/** What is remembered of a message that cannot be read again. */
export async function explainRemembered(messageId: string, { store }: Explaining): Promise<Explanation> {
  const digest = store.digest(messageId);
  const fate = await store.messageFate(digest);
  const known = (await store.knownIds([digest])).get(digest) ?? [];
  const own = known.find(({ role }) => role !== 'alias');
  const explanation: Omit<Explanation, 'verdict'> = {
    messageId,
    source: 'store',
    ...{ from: null, subject: null, signal: null, cites: [], replies: [] },
    kind: fate.waiting === undefined ? null : replyKindValue(fate.waiting.kind),
    answers: known.filter(({ role }) => role === 'alias').map(({ mail }) => explainedMail(mail)),
    tracked: own === undefined ? null : explainedMail(own.mail),
    ...rememberedOf(fate),
  };
  return { ...explanation, verdict: verdictOf(explanation) };
}

function rememberedOf({ matchedAt, waiting }: MessageFate): Pick<Explanation, 'matchedAt' | 'waiting'> {
  return { matchedAt: matchedAt?.toISOString() ?? null, waiting: waiting !== undefined };
}

function trackedAs(messageId: string, { known, digest }: PageFacts): TrackedMail | undefined {
  return known.get(digest(messageId))?.find(({ role }) => role !== 'alias')?.mail;
}

/** The ids that a message names, and the thread that it stands in under the name that its provider gives it. */
function citesOf(read: ReadMessage, { mailboxId, known, digest }: PageFacts): ExplainedCite[] {
  const thread = answeredThread(read, mailboxId);
  const cites = read.cited.map(({ id, field }) => ({ id, field, key: id }));
  if (thread !== undefined) cites.push({ id: read.message.thread ?? '', field: thread.field, key: thread.id });
  return cites.map(({ id, field, key }) => {
    const [first] = known.get(digest(key)) ?? [];
    return { id, field, role: first?.role ?? null, messageKey: first ? messageKey(first.mail.messageId) : null };
  });
}

function failedOf({ failed }: ReadMessage, matched: MatchedMessage | undefined): ExplainedCite[] {
  if (failed === undefined) return [];
  const [reply] = matched?.replies ?? [];
  const key = reply?.matchedBy === 'Delivery Report' ? reply.messageKey : null;
  return [{ id: failed, field: 'Failed Recipient', role: key === null ? null : 'recipient', messageKey: key }];
}

function mailOf(key: string, { known, mailsToFailed }: PageFacts): ExplainedMail[] {
  const mails = [...known.values()].flatMap((found) => found.map(({ mail }) => mail));
  const answered = [...mails, ...mailsToFailed].find(({ messageId }) => messageKey(messageId) === key);
  return answered === undefined ? [] : [explainedMail(answered)];
}

function explainedMail(mail: TrackedMail): ExplainedMail {
  return {
    messageKey: messageKey(mail.messageId),
    subject: mail.subject ?? null,
    sentAt: mail.sentAt.toISOString(),
    ownerId: mail.ownerId,
    trackedEmailId: mail.trackedEmailId ?? null,
    recipients: mail.recipients.map(({ address, role, personId }) => ({ address, role, personId: personId ?? null })),
  };
}

function explainedReply(reply: Reply, states: readonly OutboxState[]): ExplainedReply {
  const stored = states.find(({ key }) => key === reply.replyKey);
  return {
    ...foundReply(reply),
    campaignStatusId: reply.campaignStatusId ?? null,
    task: {
      state: stored?.state ?? 'none',
      recordId: stored?.recordId ?? null,
      reason: stored?.reason ?? null,
    },
  };
}
