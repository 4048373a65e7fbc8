/**
 * How far a mailbox of Microsoft 365 has been read. Delta is a query over one folder ("message: delta"), so each folder
 * has a place of its own, and the folders themselves are followed by a delta query over them. Links are kept without
 * the address of the API, which an answer cannot change that way.
 */
export interface GraphCursor {
  readonly provider: 'graph';
  readonly version: 1;
  /** ISO 8601 instant of the first read: what was received before is left alone, in every folder. */
  readonly since: string;
  /** From where the list of folders is followed; absent before they were listed. */
  readonly folderLink?: string;
  /** By folder id, which is the same however the folder is called. */
  readonly folders: Readonly<Record<string, GraphFolderPlace>>;
}

export interface GraphFolderPlace {
  /** What to ask next; absent before the first call. */
  readonly link?: string;
  /** True while the round that `link` continues has more. */
  readonly more?: true;
  /** While the first round is under way: how many messages it has given, and when the oldest was received. */
  readonly first?: FirstRound;
  /**
   * ISO 8601 instant up to which, from `since` on, messages are still to be listed: a first round gives no more than
   * the newest 5,000.
   */
  readonly olderThan?: string;
}

export interface FirstRound {
  readonly messages: number;
  /** ISO 8601 instant. */
  readonly oldest?: string;
}
