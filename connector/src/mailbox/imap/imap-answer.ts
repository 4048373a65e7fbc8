import type { ListedFolder } from './reading-order.ts';
import type { PartStructure } from './report-sections.ts';
import type { FolderStatus } from './uid-window.ts';

/** A folder with its status, which is absent where the server does not let us ask. */
export interface FolderListing extends ListedFolder {
  readonly status?: FolderStatus;
}

/** The header of one message as the server sent it. */
export interface RawHeader {
  readonly uid: number;
  /** INTERNALDATE; undefined where the server gives none. */
  readonly receivedAt: Date | undefined;
  /** Marked `\Draft`: nobody has sent it. */
  readonly draft: boolean;
  readonly bytes: Uint8Array;
}

/** What LIST says of a folder, as the client hands it out. */
export interface ListAnswer {
  readonly path: string;
  readonly name: string;
  readonly flags: ReadonlySet<string>;
  readonly specialUse?: string | undefined;
  /** `name` where the client has guessed the use. */
  readonly specialUseSource?: string | undefined;
  readonly status?: StatusAnswer | undefined;
}

/**
 * @param foreignPrefixes what the names of folders of other users and of shared folders begin with (RFC 2342)
 */
export function folderListing(entry: ListAnswer, foreignPrefixes: readonly string[]): FolderListing {
  const status = entry.status && folderStatus(entry.status);
  const guess = entry.specialUseSource === 'name' ? entry.specialUse : undefined;
  return {
    path: entry.path,
    name: entry.name,
    attributes: entry.flags,
    own: !foreignPrefixes.some((prefix) => entry.path.startsWith(prefix)),
    ...(guess === undefined ? {} : { guessedUse: guess }),
    ...(status ? { status } : {}),
  };
}

/** What STATUS or EXAMINE say, as the client hands it out. */
export interface StatusAnswer {
  readonly uidValidity?: bigint | undefined;
  readonly uidNext?: number | undefined;
  readonly messages?: number | undefined;
  readonly highestModseq?: bigint | undefined;
}

/** Undefined when the server leaves out what a folder is read by. */
export function folderStatus({
  uidValidity,
  uidNext,
  messages,
  highestModseq,
}: StatusAnswer): FolderStatus | undefined {
  if (uidValidity === undefined || !uidNext || messages === undefined) return undefined;
  const modseq = highestModseq === undefined ? {} : { modseq: String(highestModseq) };
  return { uidValidity: String(uidValidity), uidNext, messages, ...modseq };
}

/** What FETCH says of a message, as the client hands it out. */
export interface FetchAnswer {
  readonly uid: number;
  /** Text where the client cannot read it. */
  readonly internalDate?: Date | string | undefined;
  readonly flags?: ReadonlySet<string> | undefined;
  /** False where the server answers NIL. */
  readonly headers?: Uint8Array | false | undefined;
}

const NO_FIELD = new Uint8Array();

/**
 * Undefined for an answer that does not tell which message it is, or says nothing of a header although fields were asked
 * for: it tells of new marks. A header that is NIL has no field: the server cannot give it, or the message is just gone.
 */
export function rawHeader(message: FetchAnswer, { withoutFields = false } = {}): RawHeader | undefined {
  const header = message.headers ?? (withoutFields ? false : undefined);
  if (!message.uid || header === undefined) return undefined;
  const bytes = header || NO_FIELD;
  const receivedAt = new Date(message.internalDate ?? Number.NaN);
  const draft = message.flags?.has('\\Draft') ?? false;
  return { uid: message.uid, receivedAt: Number.isNaN(receivedAt.getTime()) ? undefined : receivedAt, draft, bytes };
}

/** What BODYSTRUCTURE says of a part, as the client hands it out. */
export interface StructureAnswer {
  readonly type: string;
  readonly encoding?: string | undefined;
  readonly childNodes?: readonly StructureAnswer[] | undefined;
}

export function partStructure({ type, encoding, childNodes = [] }: StructureAnswer): PartStructure {
  return {
    type: type.toLowerCase(),
    parts: childNodes.map(partStructure),
    ...(encoding === undefined ? {} : { encoding }),
  };
}
