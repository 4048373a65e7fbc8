/** Names for what is done after a provider's hint, so that the lines of the log that belong together can be found. */
export interface Traces {
  /** The name of the run that reads this mailbox next. */
  readonly hinted: (mailboxId: string) => string;
  /** The name of a run that begins now: that of the hints that woke it, or one of its own. */
  readonly begin: (mailboxId: string) => string;
}

/** Names are made by `newName`, such as the first characters of a random UUID. */
export function openTraces(newName: () => string): Traces {
  const waiting = new Map<string, string>();
  return {
    hinted: (mailboxId) => {
      const name = waiting.get(mailboxId) ?? newName();
      waiting.set(mailboxId, name);
      return name;
    },
    begin: (mailboxId) => {
      const name = waiting.get(mailboxId) ?? newName();
      waiting.delete(mailboxId);
      return name;
    },
  };
}
