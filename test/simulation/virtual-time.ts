/** Whoever lives in virtual time and may be killed or paused: a process of the product. */
export interface Life {
  dead: boolean;
  /** Nothing that it waits for happens to it before this instant. */
  pausedUntil: number;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly life: Life | undefined;
  readonly run: () => void;
}

/**
 * A clock that moves only from one event to the next. Events of the same instant happen in the order in which they were
 * set; after each one everything that follows from it at once has happened before the next.
 */
export class VirtualTime {
  now: number;
  #order = 0;
  readonly #events: Event[] = [];

  constructor(start: number) {
    this.now = start;
  }

  /** What belongs to a life does not happen once that has ended. */
  after(milliseconds: number, run: () => void, life?: Life): void {
    this.#push({ at: this.now + milliseconds, order: this.#order++, life, run });
  }

  /** Never settles for a life that has ended. */
  sleep(milliseconds: number, life?: Life): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve, life));
  }

  /** Lets everything happen until an instant. `each` is called after every event, with what followed from it done. */
  async runUntil(end: number, each: () => void, goesOn: () => boolean): Promise<void> {
    for (let next = this.#events[0]; next !== undefined && next.at <= end && goesOn(); next = this.#events[0]) {
      this.#pop();
      const { life, at, run } = next;
      if (life?.dead === true) continue;
      if (life !== undefined && life.pausedUntil > at) {
        this.#push({ ...next, at: life.pausedUntil, order: this.#order++ });
        continue;
      }
      this.now = Math.max(this.now, at);
      run();
      await everythingAtOnce();
      each();
    }
    this.now = Math.max(this.now, end);
  }

  #push(event: Event): void {
    const heap = this.#events;
    let place = heap.push(event) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = event;
  }

  #pop(): void {
    const heap = this.#events;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
  }
}

/** Something that one loop waits for and others may bring forward. */
export class Alarm {
  readonly #time: VirtualTime;
  readonly #life: Life;
  #at = Infinity;
  #ring: (() => void) | undefined;

  constructor(time: VirtualTime, life: Life) {
    this.#time = time;
    this.#life = life;
  }

  /** Rings at an instant, unless it is to ring earlier anyway. */
  setFor(at: number): void {
    if (at >= this.#at) return;
    this.#at = at;
    if (this.#ring !== undefined) this.#wait();
  }

  /** Settles when it rings, and forgets for when it was set. */
  rings(): Promise<void> {
    return new Promise((resolve) => {
      this.#ring = resolve;
      if (this.#at < Infinity) this.#wait();
    });
  }

  #wait(): void {
    const check = (): void => {
      if (this.#ring === undefined || this.#time.now < this.#at) return;
      const ring = this.#ring;
      this.#ring = undefined;
      this.#at = Infinity;
      ring();
    };
    this.#time.after(Math.max(this.#at - this.#time.now, 0), check, this.#life);
  }
}

/**
 * Settles once no promise has anything left to do: Node comes to its ticks only then. Nothing that is simulated waits for
 * the event loop; a turn of that takes several times as long.
 */
function everythingAtOnce(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function isBefore(a: Event, b: Event): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}
