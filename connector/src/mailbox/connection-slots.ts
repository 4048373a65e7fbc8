/** Connections of this process to one server at most. */
const OPEN = 200;
/** Logins to one server that are under way at the same time. */
const LOGINS = 4;
/** How long a connection that nobody uses is kept for its mailbox although another one wants it. */
const REST_MS = 1_000;
/** How long a mailbox may wait for changes while another one waits for a slot to do the same. */
const TURN_MS = 30_000;
/** How long a server that refused a connection is believed to take no more than it had. */
const REFUSAL_MS = 15 * 60_000;

export interface ConnectionSlotsOptions {
  /** Connections to one server at most; default 200. Some providers limit them by the address they come from. */
  readonly open?: number;
  /** Logins to one server at the same time; default 4, so that a start with many mailboxes is no storm. */
  readonly logins?: number;
  /** Default 1,000 milliseconds. */
  readonly restMs?: number;
  /** Default 30,000 milliseconds. */
  readonly turnMs?: number;
  /** Default 15 minutes, in milliseconds. */
  readonly refusalMs?: number;
}

/** What a connection is wanted for: a mailbox that wants to read goes before those that only wait for changes. */
export type Purpose = 'read' | 'wait';

/**
 * The connections that all mailboxes of a process may have open, server by server. Without it a start with a thousand
 * mailboxes is a thousand logins at once, and a provider's limit is found by being locked out.
 *
 * A mailbox that reads is never disturbed. One that only waits for changes gives way when another wants to read, and
 * after a while also when another wants to wait; so every mailbox is read, and what is left is used to wait.
 */
export interface ConnectionSlots {
  /** A slot at `server`, as soon as there is one; rejects with the signal's reason when that aborts first. */
  take(server: string, purpose: Purpose, signal: AbortSignal): Promise<ConnectionSlot>;
}

/** The right to one open connection. */
export interface ConnectionSlot {
  /** Runs a login once there are not too many to this server under way. */
  login<T>(login: () => Promise<T>): Promise<T>;
  /** The connection is in use: from now on nobody is asked to give way. */
  use(): void;
  /** The connection lies unused (`rest`) or waits for changes (`wait`): `giveWay` is called once when it has to go. */
  yieldable(state: 'rest' | 'wait', giveWay: () => void): void;
  /** The server takes no further connection: for a while it is not asked for more than the others that are open. */
  refused(): void;
  /** The connection is closed. Further calls do nothing. */
  release(): void;
}

type Limits = Required<ConnectionSlotsOptions>;

export function createConnectionSlots(options: ConnectionSlotsOptions = {}): ConnectionSlots {
  const limits: Limits = {
    ...{ open: OPEN, logins: LOGINS, restMs: REST_MS, turnMs: TURN_MS, refusalMs: REFUSAL_MS },
    ...options,
  };
  const servers = new Map<string, ConnectionSlots['take']>();
  return {
    take(server, purpose, signal) {
      const take = servers.get(server) ?? serverSlots(limits);
      servers.set(server, take);
      return take(server, purpose, signal);
    },
  };
}

interface Holder {
  state: 'use' | 'rest' | 'wait' | 'leaving';
  since: number;
  giveWay: () => void;
}

interface Applicant {
  readonly purpose: Purpose;
  readonly grant: (slot: ConnectionSlot) => void;
}

function serverSlots(limits: Limits): ConnectionSlots['take'] {
  const holders = new Set<Holder>();
  const applicants = new Set<Applicant>();
  const login = createGate(limits.logins);
  let lowered = { open: limits.open, until: 0 };
  let timer: NodeJS.Timeout | undefined;

  const room = (): number => (Date.now() < lowered.until ? lowered.open : limits.open) - holders.size;

  /** Gives out what is free, then asks as many to give way as are needed and may be asked. */
  function settle(): void {
    clearTimeout(timer);
    const queue = [...applicants].sort((a, b) => Number(a.purpose === 'wait') - Number(b.purpose === 'wait'));
    for (const applicant of queue.splice(0, Math.max(room(), 0))) {
      applicants.delete(applicant);
      applicant.grant(createSlot());
    }
    queue.splice(0, [...holders].filter(({ state }) => state === 'leaving').length);
    while (queue[0] && dismiss(queue[0].purpose)) queue.shift();
    const purpose = queue[0]?.purpose;
    const next = purpose ? Math.min(...[...holders].map((holder) => mayGo(holder, purpose))) : Infinity;
    if (Number.isFinite(next)) timer = setTimeout(settle, Math.max(next - Date.now(), 1));
  }

  /** The instant from which a holder may be asked to go. */
  function mayGo({ state, since }: Holder, purpose: Purpose): number {
    if (state === 'rest') return since + limits.restMs;
    if (state === 'wait') return purpose === 'read' ? since : since + limits.turnMs;
    return Infinity;
  }

  function dismiss(purpose: Purpose): boolean {
    const candidates = [...holders].filter((holder) => mayGo(holder, purpose) <= Date.now());
    const [first] = candidates.sort((a, b) => a.since - b.since);
    if (!first) return false;
    first.state = 'leaving';
    first.giveWay();
    return true;
  }

  function createSlot(): ConnectionSlot {
    const holder: Holder = { state: 'use', since: Date.now(), giveWay: () => undefined };
    holders.add(holder);
    const release = (): void => {
      if (holders.delete(holder)) settle();
    };
    return {
      login,
      use: () => void (holder.state = 'use'),
      yieldable(state, giveWay) {
        Object.assign(holder, { state, since: Date.now(), giveWay });
        settle();
      },
      refused() {
        lowered = { open: Math.max(holders.size - 1, 1), until: Date.now() + limits.refusalMs };
      },
      release,
    };
  }

  return (_server, purpose, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const leave = (): void => {
        applicants.delete(applicant);
        reject(signal.reason as Error);
        settle();
      };
      const grant = (slot: ConnectionSlot): void => {
        signal.removeEventListener('abort', leave);
        resolve(slot);
      };
      const applicant: Applicant = { purpose, grant };
      applicants.add(applicant);
      signal.addEventListener('abort', leave, { once: true });
      settle();
    });
}

/** Lets so many tasks run at the same time, the others in the order in which they came. */
function createGate(width: number): <T>(task: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= width) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
