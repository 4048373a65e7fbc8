import { excludedInbox, isExcluded, unknownFolder } from '../excluded-folder.ts';
import type { GmailLabel } from './gmail-answer.ts';
import type { GmailClient } from './gmail-client.ts';

/** The labels whose messages are not read. */
export interface LabelExclusion {
  /**
   * Their ids, those of labels below them included. A label that was made since they were last asked for may be one of
   * them.
   *
   * @param seen ids of labels of messages that were read
   * @throws MailboxError when the inbox is one of them
   */
  ids(seen?: readonly string[]): Promise<ReadonlySet<string>>;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * @param excluded names as Gmail shows them, in any case, with slashes between labels, or ids such as `SPAM`
 * @param options.log told of a name that no label has
 */
export function createLabelExclusion(
  client: Pick<GmailClient, 'listLabels'>,
  excluded: readonly string[],
  { address, log }: { readonly address: string; readonly log: (message: string) => void },
): LabelExclusion {
  const names = excluded.map((name) => name.toLowerCase());
  let known: { readonly all: ReadonlySet<string>; readonly excluded: ReadonlySet<string> } | undefined;

  async function look(): Promise<NonNullable<typeof known>> {
    const labels = await client.listLabels();
    const isOneOf = (label: GmailLabel, of: readonly string[]): boolean =>
      isExcluded(label.name.toLowerCase(), of, '/') || of.includes(label.id.toLowerCase());
    const left = new Set(labels.filter((label) => isOneOf(label, names)).map(({ id }) => id));
    if (left.has('INBOX')) throw excludedInbox(address);
    if (known === undefined) {
      excluded
        .filter((name) => !labels.some((label) => isOneOf(label, [name.toLowerCase()])))
        .forEach((name) => log(unknownFolder(name)));
    }
    return { all: new Set(labels.map(({ id }) => id)), excluded: left };
  }

  return {
    ids: async (seen = []) => {
      if (names.length === 0) return NONE;
      if (known === undefined || seen.some((id) => !known!.all.has(id))) known = await look();
      return known.excluded;
    },
  };
}
