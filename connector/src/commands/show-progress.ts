import { Progress, type Spinner } from '@salesforce/sf-plugins-core';
import type { FacadeEvent, Told } from '../facade.ts';
import { countInWords } from './in-words.ts';
import { loadMessages } from './load-messages.ts';

const messages = loadMessages('reply');

/** What progress is shown on. */
export interface ProgressScreen {
  readonly spinner: Spinner;
  readonly line: (text: string) => void;
}

export interface ShownProgress {
  readonly told: Told;
  /** Takes down what moves on the screen. */
  end(): void;
}

interface Tally {
  readonly expected: number | null;
  readonly messages: number;
  readonly newReplies: number;
}

/**
 * Progress for a person who watches: a spinner while it cannot be told how much there is to read, and one bar for all
 * mailboxes as soon as it can.
 */
export function showOnTerminal({ spinner }: ProgressScreen): ShownProgress {
  const tallies = new Map<string, Tally>();
  let bar: Progress | undefined;
  const draw = (): void => {
    const { expected, messages: read, newReplies } = sum(tallies);
    if (expected === null) {
      spinner.status = messages.getMessage('progress.read', [countInWords(read), countInWords(newReplies)]);
      return;
    }
    if (bar === undefined) {
      spinner.stop();
      bar = new Progress(true);
      bar.start(expected, {}, { title: '', format: messages.getMessage('progress.bar') });
    }
    bar.setTotal(Math.max(expected, read));
    bar.update(read);
  };
  const end = (): void => {
    bar?.stop();
    bar = undefined;
    spinner.stop();
  };
  const told = (event: FacadeEvent): void => {
    if (event.type === 'step') {
      end();
      spinner.start(event.text);
    } else if (event.type !== 'count') {
      record(tallies, event);
      draw();
    }
  };
  return { told, end };
}

/** Progress where nobody watches or everything is kept, as in the log of a scheduler: fewer lines the longer it takes. */
export function showAsLines({ line }: ProgressScreen): ShownProgress {
  const tallies = new Map<string, Tally>();
  const told = (event: FacadeEvent): void => {
    if (event.type === 'step') line(event.text);
    if (event.type !== 'mailbox' && event.type !== 'page') return;
    const before = tallies.get(event.address)?.messages ?? 0;
    const { expected, messages: read, newReplies } = record(tallies, event);
    if (event.type === 'mailbox') line(startLine(event.address, expected));
    else if (isMark(before, read)) {
      line(messages.getMessage('progress.line', [event.address, countInWords(read), countInWords(newReplies)]));
    }
  };
  return { told, end: () => undefined };
}

function record(tallies: Map<string, Tally>, event: Extract<FacadeEvent, { type: 'mailbox' | 'page' }>): Tally {
  const tally =
    event.type === 'mailbox'
      ? { expected: event.expected, messages: 0, newReplies: 0 }
      : {
          expected: tallies.get(event.address)?.expected ?? null,
          ...{ messages: event.messages, newReplies: event.newReplies },
        };
  tallies.set(event.address, tally);
  return tally;
}

/** Null as soon as one mailbox is among them of which nobody knows how much there is. */
function sum(tallies: ReadonlyMap<string, Tally>): Tally {
  const all = [...tallies.values()];
  return {
    expected: all.some(({ expected }) => expected === null)
      ? null
      : all.reduce((total, { expected }) => total + (expected ?? 0), 0),
    messages: all.reduce((total, tally) => total + tally.messages, 0),
    newReplies: all.reduce((total, tally) => total + tally.newReplies, 0),
  };
}

function startLine(address: string, expected: number | null): string {
  if (expected === null) return messages.getMessage('progress.start', [address]);
  return messages.getMessage('progress.startCounted', [address, countInWords(expected)]);
}

/** True when a power of ten, or twice or five times one, has been passed. */
function isMark(before: number, after: number): boolean {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, after)));
  return [1, 2, 5].some((factor) => before < factor * magnitude && after >= factor * magnitude);
}
