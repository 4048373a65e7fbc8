/** A value that is asked for when it is first needed and then kept; a failure is not kept. */
export interface AskedOnce<Value> {
  readonly get: () => Promise<Value>;
  /** Takes a value that came along with something else. */
  readonly keep: (value: Value) => void;
  /** The value, once it is known. */
  readonly value: Value | undefined;
}

/** However many callers want the value at a time, it is asked for once. */
export function askOnce<Value>(ask: () => Promise<Value>): AskedOnce<Value> {
  let asked: Promise<Value> | undefined;
  let known: Value | undefined;
  const keep = (value: Value): Value => (known = value);
  return {
    get: () => {
      if (known !== undefined) return Promise.resolve(known);
      asked ??= ask()
        .then(keep)
        .finally(() => {
          asked = undefined;
        });
      return asked;
    },
    keep,
    get value() {
      return known;
    },
  };
}
