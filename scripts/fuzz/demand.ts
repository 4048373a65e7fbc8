/** @throws Error when a promise is broken */
export function demand(kept: boolean, promise: string): void {
  if (!kept) throw new Error(`broken promise: ${promise}`);
}

/** What a reader makes of an answer, or undefined when it refuses it with the error that is defined for that. */
export function unlessRefused<T>(refusal: abstract new (...args: never[]) => Error, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof refusal) return undefined;
    throw error;
  }
}
