import type { Socket } from 'node:net';
import { ActionableError } from '../errors.ts';
import { ended, garbled, silent } from './client-errors.ts';

export interface WatchOptions {
  /** Of the socket, for messages. */
  readonly path: string;
  readonly silenceMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Ends a connection on which nobody speaks any more, or for which nobody waits, and remembers why. */
export interface Watch {
  /** The other side has given a sign of life. */
  heard(): void;
  /** Why the answer failed, in words for a person, or the reason of the signal. */
  reasonFor(error: unknown): unknown;
  /** Closes the connection and ends the watch. */
  end(): void;
}

export function watchConnection(socket: Socket, { path, silenceMs, signal }: WatchOptions): Watch {
  let reason: { readonly error: unknown } | undefined;
  const give = (error: unknown): void => {
    reason ??= { error };
    socket.destroy();
  };
  const silence = setTimeout(() => give(silent(path, silenceMs)), silenceMs);
  const onAbort = (): void => give(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  return {
    heard: () => void silence.refresh(),
    reasonFor: (error) => {
      if (reason !== undefined) return reason.error;
      if (error instanceof ActionableError) return error;
      return isUnparsable(error) ? garbled(path) : ended(path);
    },
    end: () => {
      clearTimeout(silence);
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
    },
  };
}

/** The parser of HTTP marks its errors so: `HPE_INVALID_CONSTANT` and the like. */
function isUnparsable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('HPE_');
}
