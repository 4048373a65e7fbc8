import { pullRows } from '../../connector/src/salesforce/pull-rows.ts';
import { SalesforceError } from '../../connector/src/salesforce/salesforce-error.ts';
import type {
  Position,
  Pulled,
  Salesforce,
  SalesforceWrite,
  SalesforceWriteResult,
} from '../../connector/src/salesforce/salesforce.ts';
import type { Random } from './random.ts';
import type { Life, VirtualTime } from './virtual-time.ts';

export type Status = 'Active' | 'Paused' | 'Bounced' | 'Stopped' | 'Replied';

/** Which status stands when two events meet, weakest first. */
const PRECEDENCE: readonly Status[] = ['Active', 'Paused', 'Bounced', 'Stopped', 'Replied'];

export interface CampaignStatus {
  readonly id: string;
  readonly personId: string;
  readonly address: string;
  readonly ownerId: string;
  readonly enrolledAt: number;
  status: Status;
  /** When what made it so was received, or was done. */
  haltedAt: number | undefined;
}

export interface TrackedEmail {
  readonly id: string;
  readonly messageId: string;
  readonly sentAt: number;
  readonly ownerId: string;
  readonly address: string;
  readonly personId: string;
  readonly campaignStatusId: string | undefined;
}

export interface Task {
  readonly id: string;
  readonly replyKey: string;
  readonly personId: string | undefined;
  readonly messageKey: string;
  readonly from: string;
  readonly kind: string;
  readonly replier: string;
  readonly receivedAt: number;
  deleted: boolean;
}

/** A row, its stamp, and when others can see it: transactions commit later than they stamp, and in any order. */
interface Stamped<Row> {
  readonly row: Row;
  readonly stamp: number;
  readonly visibleAt: number;
}

export interface OrgFaults {
  /** A call fails before it is looked at. */
  readonly unavailable: number;
  /** It is done, and the answer is lost. */
  readonly answerLost: number;
  /** A row is locked by somebody else. */
  readonly locked: number;
}

const NO_FAULTS: OrgFaults = { unavailable: 0, answerLost: 0, locked: 0 };

/** An org with as much of Salesforce as the port tells: unique keys, stamps, locks, refusals, flows, and users. */
export class Org {
  readonly tasks: Task[] = [];
  readonly trackedEmails = new Map<string, TrackedEmail>();
  readonly statuses = new Map<string, CampaignStatus>();
  /** Inserts of TrackedEmail__c by the connector, by message key: more than one is one too many. */
  readonly mailsWritten: string[] = [];
  faults: OrgFaults = NO_FAULTS;
  /** Until when the org refuses the connector itself: a right was taken from its user. */
  refusesUntil = 0;
  /** People whose Tasks a validation rule of the customer refuses. */
  readonly ruledOut = new Set<string>();
  /** People whose Tasks make a flow of the customer fail, and with it every row of the transaction. */
  readonly poisonous = new Set<string>();
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #changedMails: Stamped<TrackedEmail>[] = [];
  readonly #changedStatuses: Stamped<CampaignStatus>[] = [];
  #ids = 0;
  calls = 0;
  /** Calls and rows that were made to fail. */
  injected = 0;

  constructor(time: VirtualTime, random: Random) {
    this.#time = time;
    this.#random = random;
  }

  stopFaults(): void {
    this.faults = NO_FAULTS;
    this.refusesUntil = 0;
  }

  /** Enrols a person; others see it up to eight minutes after its stamp. */
  enrol(enrolment: Pick<CampaignStatus, 'personId' | 'address' | 'ownerId'>): string {
    const begin = { enrolledAt: this.#time.now, status: 'Active', haltedAt: undefined } as const;
    const status: CampaignStatus = { id: this.#id('a02'), ...enrolment, ...begin };
    this.statuses.set(status.id, status);
    this.#changed(status);
    return status.id;
  }

  /** Another system inserts a TrackedEmail__c. */
  register(mail: Omit<TrackedEmail, 'id'>): void {
    const email = { id: this.#id('a01'), ...mail };
    this.trackedEmails.set(mail.messageId, email);
    this.#changedMails.push(this.#stamped(email));
  }

  /** A user sets a status; others see it up to eight minutes after its stamp. */
  setStatus(id: string, status: Status): void {
    this.#set(id, status, this.#time.now);
  }

  /** A weaker status than that which stands is not taken, and of two alike the earlier. */
  #set(id: string, status: Status, at: number, lateMs?: number): void {
    const row = this.statuses.get(id);
    const stronger = PRECEDENCE.indexOf(status) - PRECEDENCE.indexOf(row?.status ?? status);
    if (row === undefined || stronger < 0 || (stronger === 0 && at >= (row.haltedAt ?? 0))) return;
    row.status = status;
    row.haltedAt = at;
    this.#changed(row, lateMs);
  }

  /** The port for one process. */
  portFor(life: Life): Salesforce {
    const call = <T>(answer: () => T): Promise<T> => this.#call(answer, life);
    const calls = (): number => this.calls;
    return {
      write: (rows) => call(() => this.#write(rows)),
      changesSince: async ({ enrolments, trackedMails }) => {
        const since = [enrolments, trackedMails] as const;
        return {
          enrolments: await this.#enrolmentsSince(since[0], life),
          trackedMails: await this.#mailsSince(since[1], life),
        };
      },
      trackedMailsSince: (position) => this.#mailsSince(position, life),
      enrolmentsSince: (position) => this.#enrolmentsSince(position, life),
      usersByEmail: () => Promise.resolve(new Map()),
      org: () => call(() => ({ id: '00D000000000001AAA', instanceUrl: 'https://org.example' })),
      orgName: () => Promise.resolve('Simulated'),
      setup: () => Promise.reject(new Error('not asked here')),
      get apiCalls() {
        return calls();
      },
      apiUsage: undefined,
      clockSkewMs: 0,
    };
  }

  async #call<T>(answer: () => T, life: Life): Promise<T> {
    const random = this.#random;
    // A request that has been sent arrives, whatever becomes of its sender.
    await this.#time.sleep(random.between(20, 800));
    if (this.#time.now < this.refusesUntil) {
      throw new SalesforceError('refused', 'INSUFFICIENT_ACCESS: the user may not do that.', ['Give it the right.']);
    }
    this.calls += 1;
    if (this.#fails(this.faults.unavailable)) throw unavailable(random);
    const given = answer();
    const isLost = this.#fails(this.faults.answerLost);
    await this.#time.sleep(isLost ? random.between(1000, 120_000) : random.between(20, 800), life);
    if (isLost) throw new SalesforceError('retry', 'The call timed out.', []);
    return given;
  }

  #fails(probability: number): boolean {
    const fails = this.#random.chance(probability);
    if (fails) this.injected += 1;
    return fails;
  }

  #write(rows: readonly SalesforceWrite[]): SalesforceWriteResult[] {
    const poisoned = rows.filter(({ type }) => type === 'Task').some((row) => this.#isPoisonous(row));
    return rows.map((row) => {
      if (poisoned && row.type === 'Task') return refused(row, 'CANNOT_EXECUTE_FLOW_TRIGGER', 'The flow failed.');
      if (this.#fails(this.faults.locked)) return refused(row, 'UNABLE_TO_LOCK_ROW', 'unable to obtain access');
      if (row.type === 'TrackedEmail') return this.#writeMail(row);
      if (row.type === 'Task') return this.#writeTask(row);
      return { key: row.key, outcome: 'written', recordId: undefined };
    });
  }

  #isPoisonous(row: SalesforceWrite): boolean {
    return row.type === 'Task' && this.poisonous.has(row.reply.personId ?? '');
  }

  #writeMail({ key, mail }: SalesforceWrite & { type: 'TrackedEmail' }): SalesforceWriteResult {
    const before = this.trackedEmails.get(key);
    if (before !== undefined) return { key, outcome: 'written', recordId: before.id };
    const [recipient] = mail.recipients;
    const email: TrackedEmail = {
      ...{ id: this.#id('a01'), messageId: mail.messageId, sentAt: mail.sentAt.getTime(), ownerId: mail.ownerId },
      ...{ address: recipient?.address ?? '', personId: recipient?.personId ?? '' },
      campaignStatusId: recipient?.campaignStatusId,
    };
    this.trackedEmails.set(key, email);
    this.mailsWritten.push(key);
    this.#changedMails.push(this.#stamped(email));
    return { key, outcome: 'written', recordId: email.id };
  }

  #writeTask({ key, reply }: SalesforceWrite & { type: 'Task' }): SalesforceWriteResult {
    if (!this.trackedEmails.has(reply.messageKey)) {
      const words = `Foreign key external ID: ${reply.messageKey.slice(0, 40)} not found for field MessageKey__c`;
      return refused({ key }, 'INVALID_FIELD', words);
    }
    const { personId } = reply;
    if (personId !== undefined && this.ruledOut.has(personId)) {
      return refused({ key }, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Not for this person.');
    }
    const before = this.tasks.find(({ replyKey, deleted }) => replyKey === key && !deleted);
    if (before !== undefined) return { key, outcome: 'written', recordId: before.id };
    const { messageKey, from, kind, replier, receivedAt } = reply;
    const id = this.#id('00T');
    const said = { messageKey, from, kind, replier, receivedAt: receivedAt.getTime(), deleted: false };
    this.tasks.push({ id, replyKey: key, personId, ...said });
    this.#applyFlow(reply);
    return { key, outcome: 'written', recordId: id };
  }

  /** The flow: people halt, automatic replies pause, bounces mark; our own side, and what came before, does nothing. */
  #applyFlow({ personId, kind, replier, receivedAt }: (SalesforceWrite & { type: 'Task' })['reply']): void {
    const meanings: Record<string, Status> = {
      human: 'Replied',
      forward: 'Replied',
      auto_reply: 'Paused',
      bounce: 'Bounced',
    };
    const status = replier === 'Internal' ? undefined : meanings[kind];
    if (status === undefined) return;
    const at = receivedAt.getTime();
    for (const { id, personId: own, enrolledAt } of this.statuses.values()) {
      // The transaction of the Task has been committed before its answer comes.
      if (own === personId && at >= enrolledAt) this.#set(id, status, at, 0);
    }
  }

  async #mailsSince(position: Position | undefined, life: Life): Promise<Pulled<ReturnType<typeof mailOf>>> {
    const pulled = await pullRows(position, (from) => this.#ask(this.#changedMails, from, life));
    const rows = pulled.rows as unknown as { readonly row: TrackedEmail }[];
    return { rows: rows.map(({ row }) => mailOf(row)), position: pulled.position, next: pulled.next };
  }

  async #enrolmentsSince(position: Position | undefined, life: Life) {
    const pulled = await pullRows(position, (from) => this.#ask(this.#changedStatuses, from, life));
    const rows = pulled.rows as unknown as { readonly row: CampaignStatus }[];
    return {
      rows: rows.map(({ row: { id, haltedAt, enrolledAt, ...status } }) => ({
        ...{ campaignStatusId: id, ...status, enrolledAt: new Date(enrolledAt) },
        ...(haltedAt !== undefined && { haltedAt: new Date(haltedAt) }),
      })),
      ...{ position: pulled.position, next: pulled.next },
    };
  }

  /** Rows after a place that are visible by now, by stamp and id, each in its last state. */
  #ask<Row extends { readonly id: string }>(changes: readonly Stamped<Row>[], from: Position | undefined, life: Life) {
    return this.#call(() => {
      const now = this.#time.now;
      const last = new Map(
        changes.filter(({ visibleAt }) => visibleAt <= now).map((change) => [change.row.id, change]),
      );
      const after = (stamp: string, id: string): boolean =>
        from === undefined || stamp > from.systemModstamp || (stamp === from.systemModstamp && id > from.id);
      const rows = [...last.values()]
        .map(({ row, stamp }) => ({ row: { ...row }, Id: row.id, SystemModstamp: new Date(stamp).toISOString() }))
        .filter(({ Id, SystemModstamp }) => after(SystemModstamp, Id))
        .sort((a, b) => (a.SystemModstamp + a.Id < b.SystemModstamp + b.Id ? -1 : 1));
      return { rows, done: true, nextPath: undefined, serverTime: new Date(now) };
    }, life);
  }

  #changed(status: CampaignStatus, lateMs?: number): void {
    this.#changedStatuses.push(this.#stamped({ ...status }, lateMs));
  }

  #lateMs(): number {
    return this.#random.chance(0.3) ? this.#random.between(0, 480_000) : 0;
  }

  #stamped<Row>(row: Row, late = this.#lateMs()): Stamped<Row> {
    return { row, stamp: this.#time.now, visibleAt: this.#time.now + late };
  }

  #id(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${String(this.#ids).padStart(12, '0')}AAA`;
  }
}

function mailOf({ id, messageId, sentAt, ownerId, address, personId, campaignStatusId }: TrackedEmail) {
  const recipient = {
    address,
    role: 'To' as const,
    personId,
    ...(campaignStatusId !== undefined && { campaignStatusId }),
  };
  const source = 'Salesforce' as const;
  return { messageId, sentAt: new Date(sentAt), ownerId, source, trackedEmailId: id, recipients: [recipient] };
}

function refused({ key }: { readonly key: string }, errorCode: string, message: string): SalesforceWriteResult {
  return { key, outcome: 'refused', errorCode, message };
}

function unavailable(random: Random): SalesforceError {
  const words = ['SERVER_UNAVAILABLE', 'REQUEST_LIMIT_EXCEEDED', 'A login page instead of JSON'];
  return new SalesforceError('retry', random.pick(words), []);
}
