import type { StoredMessage } from './mail-provider.ts';
import type { Random } from './random.ts';

const MINUTE = 60_000;
/** When the last message of a story is written. */
const LENGTH = 90 * MINUTE;

export type Meaning = 'human' | 'auto_reply' | 'bounce' | 'internal';

/** A rep with a connected mailbox. */
export interface Rep {
  readonly address: string;
  readonly ownerId: string;
}

/** One person, the one mail that was sent to that person, and how it becomes known. */
export interface Thread {
  readonly personId: string;
  readonly address: string;
  readonly rep: Rep;
  readonly messageId: string;
  readonly sentAt: number;
  /** Another system registers it in Salesforce, or it appears in Sent and its recipient is enrolled. */
  readonly source: 'salesforce' | 'sent';
  readonly registeredAt: number;
  readonly enrolledAt: number | undefined;
}

export type Letter = Pick<StoredMessage, 'id' | 'fields' | 'folder' | 'report'>;

/** A message that arrives in mailboxes. */
export interface Arrival {
  readonly letter: Letter;
  /** When each mailbox that gets a copy received it; what lies in Sent may be shown later. */
  readonly copies: readonly { readonly address: string; readonly receivedAt: number; readonly shownAt: number }[];
  /** The address that a mail of the rep went to. */
  readonly sentTo: string;
  /** The Task that has to come of it: for whom, and what it is. */
  readonly reply: { readonly thread: Thread; readonly meaning: Meaning; readonly from: string } | undefined;
}

export interface Story {
  readonly reps: readonly Rep[];
  readonly threads: readonly Thread[];
  readonly arrivals: readonly Arrival[];
  /** When the last of it has happened. */
  readonly end: number;
}

/** Makes up who writes what to whom, and what has to come of it. Times are milliseconds since 1970. */
export function tellStory(start: number, random: Random): Story {
  const reps = Array.from({ length: random.between(2, 3) }, (_, number) => ({
    address: `rep${number}@seller.example`,
    ownerId: `005${String(number).padStart(12, '0')}AAA`,
  }));
  const writer = new Writer(start, random, reps);
  const threads = Array.from({ length: random.between(2, 6) }, (_, number) => writer.begin(number));
  for (let count = random.between(0, 4); count > 0; count -= 1) writer.noise();
  const { arrivals } = writer;
  const instants = [
    ...threads.flatMap(({ registeredAt, enrolledAt = start }) => [registeredAt, enrolledAt]),
    ...arrivals.flatMap(({ copies }) => copies.map(({ shownAt }) => shownAt)),
  ];
  return { reps, threads, arrivals, end: Math.max(start + LENGTH, ...instants) + 1 };
}

/** What one message answers, as its header fields say it. */
interface Citing {
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
}

class Writer {
  readonly arrivals: Arrival[] = [];
  readonly #start: number;
  readonly #random: Random;
  readonly #reps: readonly Rep[];
  #number = 0;
  readonly #instants = new Set<number>();

  constructor(start: number, random: Random, reps: readonly Rep[]) {
    this.#start = start;
    this.#random = random;
    this.#reps = reps;
  }

  begin(number: number): Thread {
    const random = this.#random;
    const sentAt = this.#start + random.between(0, 60) * MINUTE + number;
    const source = random.chance(0.5) ? 'salesforce' : 'sent';
    const late = random.chance(0.7) ? random.between(0, 60) * MINUTE : 0;
    const registeredAt = sentAt + late;
    // A mail that others register may be known well before its recipient is enrolled.
    const enrolledAt =
      source === 'salesforce' && random.chance(0.3)
        ? registeredAt + random.between(0, 20) * MINUTE
        : Math.max(this.#start, registeredAt - 30 * MINUTE);
    const thread: Thread = {
      personId: `003${String(number).padStart(12, '0')}AAA`,
      address: `lead${number}@buyer${number}.example`,
      rep: random.pick(this.#reps),
      messageId: `mail-${number}@seller.example`,
      ...{ sentAt, source, registeredAt },
      enrolledAt: source === 'sent' || random.chance(0.7) ? enrolledAt : undefined,
    };
    const { rep, address, messageId } = thread;
    if (source === 'sent') this.#sent(thread, { id: messageId, to: address, at: sentAt });
    this.#answers({ ...thread, rep });
    return thread;
  }

  /** Mail that answers no mail of ours. */
  noise(): void {
    const random = this.#random;
    const at = this.#start + random.between(0, 80) * MINUTE;
    const from = `stranger${this.#next()}@elsewhere.example`;
    const inReplyTo = random.chance(0.5) ? `unknown-${this.#number}@elsewhere.example` : undefined;
    const list = random.chance(0.3) ? ([['List-Id', '<news.elsewhere.example>']] as const) : [];
    const fields = this.#fields({ from, to: random.pick(this.#reps).address, at }, { inReplyTo, references: [] });
    this.#arrive(
      { letter: this.#letter([...fields, ...list]), reply: undefined },
      [random.pick(this.#reps).address],
      at,
    );
  }

  /** Some answers, each of which cites the mail or only what was written since. */
  #answers(thread: Thread): void {
    const random = this.#random;
    const chain = [thread.messageId];
    const { sentAt, registeredAt } = thread;
    // An answer and the late registration of its mail may come at the same moment, which is a long one on a slow database.
    const meets = registeredAt > sentAt && random.chance(0.8);
    let at = meets ? registeredAt + random.between(-2_000, 16_000) : sentAt + random.between(0, 30) * MINUTE;
    for (let count = random.between(0, 4); count > 0 && at < this.#start + LENGTH; count -= 1) {
      const kind = random.pick([
        'human',
        'human',
        'human',
        'someone',
        'auto_reply',
        'bounce',
        'internal',
        'followed',
      ] as const);
      if (kind === 'followed') chain.push(this.#followUp(thread, chain, at));
      else if (kind === 'bounce') this.#bounce(thread, at);
      else chain.push(this.#answer(thread, { kind, chain, at }));
      at = at + random.between(0, 30) * MINUTE;
    }
  }

  #answer(thread: Thread, given: { kind: Meaning | 'someone'; chain: readonly string[]; at: number }): string {
    const { kind, chain, at } = given;
    const random = this.#random;
    const number = this.#next();
    const others = {
      someone: `other${number}@partner.example`,
      internal: `colleague${number}@seller.example`,
    } as const;
    const from = kind === 'someone' || kind === 'internal' ? others[kind] : thread.address;
    const id = `answer-${number}@buyer.example`;
    const fields = this.#fields({ from, to: thread.rep.address, at, id: this.#idOf(id) }, this.#citing(chain));
    const automatic = kind === 'auto_reply' ? ([['Auto-Submitted', 'auto-replied']] as const) : [];
    const meaning = kind === 'someone' ? 'human' : kind;
    const copies = random.chance(0.2) ? this.#reps.slice(0, 2).map(({ address }) => address) : [];
    const hasId = fields.some(([name]) => name === 'Message-ID');
    this.#arrive(
      { letter: this.#letter([...fields, ...automatic], hasId ? id : ''), reply: { thread, meaning, from } },
      [...new Set([thread.rep.address, ...copies])],
      at,
    );
    return hasId ? id : chain.at(-1)!;
  }

  /** Some programs give their messages no id. */
  #idOf(id: string): string | undefined {
    return this.#random.chance(0.05) ? undefined : id;
  }

  /** The last message, and of the thread before it all, nothing, or the mail and a message that nobody of us saw. */
  #citing(chain: readonly string[]): Citing {
    const last = chain.at(-1)!;
    const shape = this.#random.pick(['all', 'last', 'unseen'] as const);
    if (shape === 'all') return { inReplyTo: last, references: chain };
    if (shape === 'last') return { inReplyTo: last, references: [] };
    const unseen = `unseen-${this.#next()}@buyer.example`;
    return { inReplyTo: unseen, references: [chain[0]!, unseen] };
  }

  #followUp(thread: Thread, chain: readonly string[], at: number): string {
    const id = `follow-up-${this.#next()}@seller.example`;
    this.#sent(thread, { id, to: thread.address, at, citing: { inReplyTo: chain.at(-1), references: chain } });
    return id;
  }

  #sent({ rep }: Thread, mail: { id: string; to: string; at: number; citing?: Citing }): void {
    const { id, to, at, citing = { inReplyTo: undefined, references: [] } } = mail;
    const fields = this.#fields({ from: rep.address, to, at, id }, citing);
    const late = this.#random.chance(0.3) ? this.#random.between(0, 20 * MINUTE) : 0;
    const letter: Letter = { id, fields, folder: 'sent', report: undefined };
    const copy = { address: rep.address, receivedAt: this.#unused(at + this.arrivals.length * 10), shownAt: at + late };
    this.arrivals.push({ letter, copies: [copy], sentTo: to, reply: undefined });
  }

  /** A delivery report names the mail in its parts alone (RFC 3464). */
  #bounce(thread: Thread, at: number): void {
    const { address, messageId, rep } = thread;
    const id = `bounce-${this.#next()}@mx.buyer.example`;
    const from = 'MAILER-DAEMON@mx.buyer.example';
    const plain = this.#fields({ from, to: rep.address, at, id }, { inReplyTo: undefined, references: [] });
    const type = ['Content-Type', 'multipart/report; report-type=delivery-status; boundary=b'] as const;
    const status = `Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; ${address}\r\nAction: failed\r\nStatus: 5.1.1\r\n`;
    const report = { status: Buffer.from(status), returned: Buffer.from(`Message-ID: <${messageId}>\r\n`) };
    const letter: Letter = { id, fields: [...plain, type], folder: 'other', report };
    this.#arrive({ letter, reply: { thread, meaning: 'bounce', from: from.toLowerCase() } }, [rep.address], at);
  }

  #arrive(arrival: Pick<Arrival, 'letter' | 'reply'>, addresses: readonly string[], at: number): void {
    const copies = addresses.map((address, place) => {
      const receivedAt = this.#unused(at + this.arrivals.length * 10 + place + 1);
      return {
        address,
        receivedAt,
        shownAt: receivedAt + (this.#random.chance(0.1) ? this.#random.between(0, MINUTE) : 0),
      };
    });
    this.arrivals.push({ ...arrival, copies, sentTo: '' });
  }

  #letter(fields: Letter['fields'], id = ''): Letter {
    return { id, fields, folder: this.#random.chance(0.1) ? 'junk' : 'other', report: undefined };
  }

  #fields(
    { from, to, at, id }: { from: string; to: string; at: number; id?: string | undefined },
    { inReplyTo, references }: Citing,
  ): [string, string][] {
    return [
      ['From', `Somebody <${from}>`],
      ['To', to],
      ['Date', new Date(at).toUTCString()],
      ['Subject', `About message ${this.#next()}`],
      ...(id === undefined ? [] : [['Message-ID', `<${id}>`] as [string, string]]),
      ...(inReplyTo === undefined ? [] : [['In-Reply-To', `<${inReplyTo}>`] as [string, string]]),
      ...(references.length === 0
        ? []
        : [['References', references.map((one) => `<${one}>`).join(' ')] as [string, string]]),
    ];
  }

  /** By the instant at which a copy was received the oracle knows it again. */
  #unused(instant: number): number {
    let receivedAt = instant;
    while (this.#instants.has(receivedAt)) receivedAt += 1;
    this.#instants.add(receivedAt);
    return receivedAt;
  }

  #next(): number {
    this.#number += 1;
    return this.#number;
  }
}
