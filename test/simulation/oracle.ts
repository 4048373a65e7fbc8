import { createHmac } from 'node:crypto';
import type { MailAccount, StoredMessage } from './mail-provider.ts';
import { readCounts, type Installation } from './memory/memory-store.ts';
import type { Org, Status } from './org.ts';
import type { Arrival, Meaning, Story, Thread } from './story.ts';

/** A promise of the product that did not hold. */
export interface Violation {
  /** As reliability is promised: I1 one Task for a reply, I4 no cursor ahead of work, and so on. */
  readonly invariant: 'I1' | 'I4' | 'I5' | 'I6' | 'I7' | 'latch' | 'fence' | 'defect';
  readonly words: string;
}

/** What has to come of one message for one person. */
interface Expected {
  readonly arrival: Arrival;
  readonly thread: Thread;
  readonly meaning: Meaning;
  readonly from: string;
  /** When its copies were received. */
  readonly times: ReadonlySet<number>;
  /** False for what nobody can be asked to find: it was deleted before it was read. */
  must: boolean;
  /** Its header fields may be gone when they are wanted. */
  whole: boolean;
}

interface Parts {
  readonly story: Story;
  readonly installation: Installation;
  readonly accounts: ReadonlyMap<string, MailAccount>;
  readonly org: Org;
}

const MEANINGS: Record<Meaning, Status | undefined> = {
  human: 'Replied',
  auto_reply: 'Paused',
  bounce: 'Bounced',
  internal: undefined,
};
const STRENGTH: readonly Status[] = ['Active', 'Paused', 'Bounced', 'Stopped', 'Replied'];

/**
 * Knows what was injected, and judges by what lies in the org and in the tables. It uses nothing of the product but the
 * shapes of the tables: what an answer is and whom it is for, it knows because the story made it so.
 */
export class Oracle {
  readonly #parts: Parts;
  readonly #expected = new Map<string, Expected>();
  readonly #all: readonly Expected[];
  readonly #places = new Map<number, { readonly version: number; readonly place: number }>();
  /** Ids of mails and of messages that lead to them, and those among them that nobody read. */
  readonly #told: ReadonlySet<string>;
  readonly #unread = new Set<string>();
  readonly #digests = new Map<string, string>();
  #tasksSeen = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { threads, arrivals } = parts.story;
    const inThreads = arrivals.filter(({ letter, reply }) => reply !== undefined || letter.folder === 'sent');
    this.#told = new Set([...threads.map(({ messageId }) => messageId), ...inThreads.map(({ letter }) => letter.id)]);
    for (const arrival of parts.story.arrivals) {
      if (arrival.reply === undefined) continue;
      const times = new Set(arrival.copies.map(({ receivedAt }) => receivedAt));
      const expected: Expected = { arrival, ...arrival.reply, times, must: true, whole: true };
      for (const time of times) this.#expected.set(key(time, expected.thread.personId), expected);
    }
    this.#all = [...new Set(this.#expected.values())];
  }

  /** A copy is deleted: unless the place in the mailbox has passed it, nobody has to have seen it. */
  deleted(message: StoredMessage, account: MailAccount): void {
    for (const expected of this.#of(message)) {
      expected.whole = false;
      const read = account.history.indexOf(message) < this.#committedPlace(account.address);
      if (!read || expected.meaning === 'internal') expected.must = false;
      if (!read) this.#cutOff(message.id);
    }
  }

  /** Nobody read a message: what names nothing but that, or what is cut off with it, leads nobody to its mail. */
  #cutOff(id: string): void {
    if (id !== '') this.#unread.add(id);
    for (const expected of this.#all) {
      const { letter } = expected.arrival;
      if (letter.report !== undefined || citedIn(letter).some((one) => this.#leadsOn(one))) continue;
      expected.must = false;
      if (letter.id !== '' && !this.#unread.has(letter.id)) this.#cutOff(letter.id);
    }
  }

  /** True for an id of a story that is known, or becomes known, to whoever reads the mailboxes. */
  #leadsOn(id: string): boolean {
    return this.#told.has(id) && !this.#unread.has(id);
  }

  /** A copy is moved: it may be looked for where it is not any more. What our own side wrote is then not looked for. */
  moved(message: StoredMessage): void {
    for (const expected of this.#of(message)) {
      expected.whole = false;
      if (expected.meaning === 'internal') expected.must = false;
    }
  }

  /** What has to hold at every moment. */
  violation(): Violation | undefined {
    return (
      this.#unbalanced() ??
      this.#wrongTask() ??
      this.#wrongPlace() ??
      this.#unlatched() ??
      this.#falseAlarm() ??
      this.#wrongDead()
    );
  }

  /** What is still missing once everything should have come to rest; undefined when nothing is. */
  missing(): string | undefined {
    return (
      this.#missingTask() ?? this.#missingMail() ?? this.#notReadToTheEnd() ?? this.#wrongStatus() ?? this.#unfinished()
    );
  }

  /** Records that had to be written: those of what nobody can be asked to find may come late, when it is found again. */
  written(): number {
    const had = this.#all.filter(({ must }) => must);
    const tasks = had.reduce((sum, expected) => sum + this.#tasksOf(expected).length, 0);
    return tasks + this.#parts.org.mailsWritten.length;
  }

  /** The first breach of what holds at rest, in words. */
  untold(): string | undefined {
    for (const expected of this.#all) {
      const task = this.#tasksOf(expected)[0];
      if (task === undefined || !expected.whole) continue;
      if (task.from !== expected.from) return `The Task of ${nameOf(expected)} says that ${task.from} wrote it.`;
      const kind = expected.meaning === 'internal' ? 'human' : expected.meaning;
      if (task.kind !== kind) return `The Task of ${nameOf(expected)} is of kind ${task.kind}.`;
    }
    return undefined;
  }

  /** The first 128 bits of HMAC-SHA-256, as the tables write them. */
  #digestOf(id: string): string {
    const known = this.#digests.get(id);
    if (known !== undefined) return known;
    const hex = createHmac('sha256', this.#parts.installation.key).update(id).digest('hex');
    const digest = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
      '-',
    );
    this.#digests.set(id, digest);
    return digest;
  }

  #of({ receivedAt }: StoredMessage): Expected[] {
    return this.#all.filter(({ times }) => times.has(receivedAt));
  }

  #tasksOf({ times, thread }: Expected) {
    return this.#parts.org.tasks.filter((task) => times.has(task.receivedAt) && task.personId === thread.personId);
  }

  /** I5: seen = matched + not a reply + excluded + waiting + dead. */
  #unbalanced(): Violation | undefined {
    const { seen, matched, notReply, excluded, waiting, dead } = readCounts(this.#parts.installation.tables);
    if (seen === matched + notReply + excluded + waiting + dead) return undefined;
    const words = `${seen} seen, but ${matched} matched, ${notReply} no reply, ${waiting} waiting, ${dead} dead.`;
    return { invariant: 'I5', words };
  }

  /** I1: no Task that nobody expects, and none twice, deleted ones included. */
  #wrongTask(): Violation | undefined {
    const { tasks } = this.#parts.org;
    for (; this.#tasksSeen < tasks.length; this.#tasksSeen += 1) {
      const task = tasks[this.#tasksSeen]!;
      const expected = this.#expected.get(key(task.receivedAt, task.personId ?? ''));
      if (expected === undefined) {
        return {
          invariant: 'I1',
          words: `A Task for ${task.personId} about ${task.messageKey} that no reply calls for.`,
        };
      }
      const count = this.#tasksOf(expected).length;
      if (count > 1) return { invariant: 'I1', words: `${count} Tasks of ${nameOf(expected)}.` };
    }
    const twice = this.#parts.org.mailsWritten.find((mail, place, all) => all.indexOf(mail) < place);
    return twice === undefined ? undefined : { invariant: 'I1', words: `The tracked mail ${twice} was written twice.` };
  }

  /** I4: whatever lies before the place of a mailbox is stored; and only a new beginning takes a place back. */
  #wrongPlace(): Violation | undefined {
    for (const { number, address, cursor, cursorVersion } of this.#parts.installation.tables.mailboxes.values()) {
      const before = this.#places.get(number);
      if (before?.version === cursorVersion || cursor === undefined) continue;
      const { historyId, listing } = cursor as { historyId: string; listing?: object };
      const place = Number(historyId);
      this.#places.set(number, { version: cursorVersion, place });
      if (listing !== undefined) continue;
      if (before !== undefined && place < before.place) {
        return { invariant: 'fence', words: `${address} was taken back from ${before.place} to ${place}.` };
      }
      const { history } = this.#parts.accounts.get(address)!;
      const lost = history
        .slice(0, place)
        .find((message) => this.#isLost(message) && !comesAgain(message, history.slice(place)));
      if (lost === undefined) continue;
      return { invariant: 'I4', words: `${address} stands at ${place}, and nothing is known of ${lost.id}.` };
    }
    return undefined;
  }

  #isLost(message: StoredMessage): boolean {
    if (message.id === '' || message.deleted) return false;
    const { tables } = this.#parts.installation;
    const digest = this.#digestOf(message.id);
    return this.#of(message).some(({ must }) => must) && !tables.matched.has(digest) && !tables.waiting.has(digest);
  }

  /** From its match until its Task is in the org, a person's answer holds the person's sequences. */
  #unlatched(): Violation | undefined {
    const { tables } = this.#parts.installation;
    for (const expected of this.#all) {
      const { id } = expected.arrival.letter;
      if (expected.meaning !== 'human' || id === '' || !tables.matched.has(this.#digestOf(id))) continue;
      if (this.#tasksOf(expected).length > 0) continue;
      const { personId } = expected.thread;
      const held = [...tables.latches.values()].some(
        ({ person, acknowledged }) => person === personId && !acknowledged,
      );
      if (!held) return { invariant: 'latch', words: `${personId} is not held although ${nameOf(expected)} answered.` };
    }
    return undefined;
  }

  /** The flow of this org halts what it should, so that no sequence is told of as one that goes on. */
  #falseAlarm(): Violation | undefined {
    const alarm = [...this.#parts.installation.tables.latches.values()].find(({ unhalted }) => unhalted === true);
    return alarm && { invariant: 'latch', words: `The sequence of ${alarm.person} is told of as going on.` };
  }

  /** Only what the org will never take is given up. */
  #wrongDead(): Violation | undefined {
    const { installation, org } = this.#parts;
    for (const { state, reply, reason, key: own } of installation.tables.outbox.values()) {
      const person = reply?.personId ?? '';
      if (state !== 'dead' || org.ruledOut.has(person) || org.poisonous.has(person)) continue;
      return { invariant: 'I1', words: `${own} was given up: ${reason}.` };
    }
    return undefined;
  }

  #missingTask(): string | undefined {
    const { org, installation } = this.#parts;
    for (const expected of this.#all) {
      if (!expected.must || this.#tasksOf(expected).length === 1) continue;
      const { personId } = expected.thread;
      const refused = org.ruledOut.has(personId) || org.poisonous.has(personId);
      const givenUp = [...installation.tables.outbox.values()].some(
        ({ state, reply }) => state === 'dead' && expected.times.has(reply?.receivedAt.getTime() ?? 0),
      );
      if (!refused || !givenUp) return `${nameOf(expected)} has no Task.`;
    }
    return undefined;
  }

  /** Every mail in Sent to a person who is in the sequence, or left it only later, the first mail and each follow-up. */
  #missingMail(): string | undefined {
    const { org, story } = this.#parts;
    const leftAt = new Map(
      [...org.statuses.values()].map(({ address, status, haltedAt = 0 }) => [
        address,
        isIn(status) ? Infinity : haltedAt,
      ]),
    );
    const lost = story.arrivals.find(
      ({ letter: { id, folder }, sentTo, copies: [copy] }) =>
        folder === 'sent' && copy!.receivedAt < (leftAt.get(sentTo) ?? 0) && !org.trackedEmails.has(id),
    );
    return lost && `The mail ${lost.letter.id} is not in Salesforce.`;
  }

  #notReadToTheEnd(): string | undefined {
    for (const account of this.#parts.accounts.values()) {
      if (this.#committedPlace(account.address) < account.history.length)
        return `${account.address} is not read to its end.`;
    }
    return undefined;
  }

  #committedPlace(address: string): number {
    const rows = [...this.#parts.installation.tables.mailboxes.values()];
    const cursor = rows.find((row) => row.address === address)?.cursor as
      { historyId: string; listing?: object } | undefined;
    return cursor === undefined || cursor.listing !== undefined ? 0 : Number(cursor.historyId);
  }

  /** The strongest of what was answered stands, whatever the order of the answers. */
  #wrongStatus(): string | undefined {
    for (const { personId, status, enrolledAt } of this.#parts.org.statuses.values()) {
      const tasks = this.#all.filter(
        (expected) =>
          expected.thread.personId === personId &&
          this.#tasksOf(expected).some(({ receivedAt }) => receivedAt >= enrolledAt),
      );
      const meant = tasks.flatMap(({ meaning }) => MEANINGS[meaning] ?? []);
      const strongest = meant.reduce<Status>((a, b) => (STRENGTH.indexOf(b) > STRENGTH.indexOf(a) ? b : a), 'Active');
      if (status !== strongest && status !== 'Stopped') return `${personId} is ${status} and not ${strongest}.`;
    }
    return undefined;
  }

  #unfinished(): string | undefined {
    const { tables } = this.#parts.installation;
    const pending = [...tables.outbox.values()].find(({ state }) => state === 'pending');
    if (pending !== undefined) return `${pending.type} ${pending.key} is still in the outbox: ${pending.reason}.`;
    const given = new Set(
      [...tables.outbox.values()].flatMap(({ state, key: own }) => (state === 'dead' ? [own] : [])),
    );
    const held = [...tables.latches.values()].find(
      ({ acknowledged, replyKey }) => !acknowledged && !given.has(replyKey),
    );
    return held && `${held.person} is still held.`;
  }
}

/**
 * The parts of a report are asked for after the page that names it; a report that is moved between the two is not there
 * any more, and names its mail only when it comes up where it has been moved to.
 */
function comesAgain(message: StoredMessage, ahead: readonly StoredMessage[]): boolean {
  return message.report !== undefined && message.moved && ahead.includes(message);
}

function isIn(status: Status): boolean {
  return status === 'Active' || status === 'Paused';
}

function key(receivedAt: number, personId: string): string {
  return `${receivedAt} ${personId}`;
}

function nameOf({ arrival, meaning, thread }: Expected): string {
  return `the ${meaning} answer ${arrival.letter.id || '(without id)'} of ${thread.personId}`;
}

function citedIn({ fields }: Arrival['letter']): string[] {
  const naming = fields.filter(([name]) => name === 'In-Reply-To' || name === 'References');
  return naming.flatMap(([, value]) => value.split(' ')).map((id) => id.slice(1, -1));
}
