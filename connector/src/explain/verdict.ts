import type { ExplainedReply, Explanation } from '../facade.ts';

/** What a kind is called in a sentence; what is absent here is called by its own name. */
const WHO: Readonly<Record<string, string>> = {
  Human: 'A person answered',
  Forward: 'A person forwarded',
  'Auto-Reply': 'A machine answered automatically',
  Bounce: 'A mail server could not deliver',
  Delay: 'A mail server has not delivered yet, and goes on trying,',
  Delivered: 'A mail server delivered',
  'Read Receipt': 'A receipt says what became of',
  Complaint: 'A recipient complained about',
  Calendar: 'A calendar answered',
  Challenge: 'A machine asks who is the sender of',
  List: 'A mailing answers',
};

/** What a reply of a kind does to the sequences of its person; every other kind leaves them alone. */
const EFFECT: Readonly<Record<string, string>> = {
  'Auto-Reply': 'their sequences pause',
  Bounce: 'their sequences count as bounced',
};

/** Evidence that names no other mail. */
const SECOND_KEYS: readonly string[] = ['Provider Thread', 'Failed Recipient'];

/** One sentence that says what a message is and what follows from it. */
export function verdictOf(message: Omit<Explanation, 'verdict'>): string {
  const { tracked, answers, replies, waiting, matchedAt, cites } = message;
  if (replies.length > 0) return `${answered(message)}: ${effects(replies)}. ${tasks(replies)}`;
  if (tracked !== null) return 'It is a tracked mail itself: whoever answers it names its Message-ID.';
  if (answers.length > 0 && message.source !== 'store') {
    return 'Our own side wrote it: it answers nobody, but whoever answers it is in the same thread.';
  }
  if (matchedAt !== null || answers.length > 0) {
    return 'It belongs to the thread of a tracked mail; its header cannot be read again, so no more can be said.';
  }
  const named = cites.some(({ field }) => !SECOND_KEYS.includes(field));
  if (waiting && !named && cites.length > 0) {
    return 'It names no other mail; it counts if a mail that it can be about becomes tracked within two days.';
  }
  if (waiting) return 'It names mail that is not known yet; it counts as soon as one of these mails is tracked.';
  if (message.source === 'store') return 'Nothing is known of it: it was not read, or it named no mail.';
  if (named) return 'It names other mail, and none of that is tracked: it is no reply.';
  return 'It names no other mail: it is no reply.';
}

function answered({ kind, answers }: Omit<Explanation, 'verdict'>): string {
  const subject = answers[0]?.subject;
  return `${WHO[kind ?? ''] ?? 'Something answers'} ${subject ? `the tracked mail "${subject}"` : 'a tracked mail'}`;
}

function effects(replies: readonly ExplainedReply[]): string {
  const [{ kind, replier, personId }] = replies as [ExplainedReply];
  const people = replies.filter((reply) => reply.personId !== null).length;
  if (personId === null) return 'nobody in Salesforce is known to have received it, so no sequence changes';
  const who = people === 1 ? 'one person' : `${people} people`;
  if (replies.some(({ halts }) => halts)) return `it halts the sequences of ${who}`;
  if (replier === 'Internal') return 'it comes from our own side, so no sequence changes';
  return EFFECT[kind] === undefined ? 'no sequence changes' : `it concerns ${who}, and ${EFFECT[kind]}`;
}

function tasks(replies: readonly ExplainedReply[]): string {
  const [state, ...others] = new Set(replies.map(({ task }) => task.state));
  if (others.length > 0) return 'Its Tasks have come differently far.';
  if (state === 'delivered') return 'Salesforce has its Task.';
  if (state === 'pending') return 'Its Task is about to be written.';
  if (state === 'dead') return 'Salesforce refused its Task for good.';
  return 'No Task of it is stored yet.';
}
