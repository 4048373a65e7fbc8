import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ActionableError } from '../errors.ts';
import type { AnswerStream } from './answer-stream.ts';
import { toLine, toWireError } from './wire.ts';

/** EX_TEMPFAIL of sysexits(3). */
const EXIT_TRY_AGAIN = 75;
/** The time in which the last words reach those who still wait. */
const FAREWELL_MS = 1_000;

/** One question that is being answered. */
export interface Run {
  readonly response: ServerResponse;
  readonly stream: AnswerStream;
  /** True when nobody has any use for the work once the caller has gone. */
  readonly endsWithCaller: boolean;
  /** Gives the final line and never rejects. The signal asks it to end soon. */
  readonly work: (signal: AbortSignal) => Promise<string>;
}

export interface Runs {
  /** Does the work and writes its final line; resolves once both the work and the connection are over. */
  perform(run: Run): Promise<void>;
  /** Asks all work to end, waits for that as long as given, and takes leave of those who wait even then. */
  drain(ms: number): Promise<void>;
}

interface UnderWay {
  readonly run: Run;
  readonly stop: AbortController;
  /** Settled once the connection is closed. */
  readonly gone: Promise<unknown>;
  /** Settled once the work is done as well. */
  readonly over: Promise<unknown>;
}

/** Keeps account of the work under way, so that an ending service neither cuts it off nor waits for ever. */
export function openRuns(): Runs {
  const underWay = new Set<UnderWay>();
  let draining = false;
  return {
    perform: async (run) => {
      if (draining) return run.stream.finish(farewell());
      const begun = begin(run);
      underWay.add(begun);
      await begun.over.finally(() => underWay.delete(begun));
    },
    drain: async (ms) => {
      draining = true;
      for (const { stop } of underWay) stop.abort(ending());
      await within(
        ms,
        Array.from(underWay, ({ over }) => over),
      );
      for (const { run } of underWay) run.stream.finish(farewell());
      await within(
        FAREWELL_MS,
        Array.from(underWay, ({ gone }) => gone),
      );
    },
  };
}

function begin(run: Run): UnderWay {
  const stop = new AbortController();
  const gone = closing(run.response).then(() => run.endsWithCaller && stop.abort(callerGone()));
  const done = run.work(stop.signal).then((line) => run.stream.finish(line));
  return { run, stop, gone, over: Promise.all([gone, done]) };
}

async function within(ms: number, promises: readonly Promise<unknown>[]): Promise<void> {
  const deadline = new AbortController();
  const late = pause(ms, undefined, { signal: deadline.signal }).catch(() => undefined);
  await Promise.race([Promise.all(promises), late]).finally(() => deadline.abort());
}

async function closing(response: ServerResponse): Promise<void> {
  // A connection that fails is as good as closed.
  if (!response.closed) await once(response, 'close').catch(() => undefined);
}

function farewell(): string {
  return toLine({ error: toWireError(ending()) });
}

function ending(): ActionableError {
  return new ActionableError(
    'The service is ending; what was asked may have been done in part.',
    ['Ask again once it runs again, or without it: nothing is done twice.', 'sf reply status shows how things stand.'],
    { exitCode: EXIT_TRY_AGAIN },
  );
}

function callerGone(): ActionableError {
  return new ActionableError('Nobody waits for the answer any more.', ['Ask again.']);
}
