/** How far each folder of an Exchange mailbox has been read ([MS-OXWSSYNC]). */
export interface EwsCursor {
  readonly provider: 'ews';
  readonly version: 1;
  /** ISO 8601 instant of the first read; a folder that appears later is read from here. */
  readonly since: string;
  /** By folder id, which a folder keeps when it is renamed or moved. */
  readonly folders: Readonly<Record<string, EwsFolderPlace>>;
}

export interface EwsFolderPlace {
  /** SyncState as the server gave it: opaque, base64. Absent while the folder's first page has not been read. */
  readonly syncState?: string;
  /**
   * True until the folder has been read to its end once. Up to there only what was received since the date of the
   * first read is handed out; what comes later is handed out whatever its date.
   */
  readonly dated?: true;
}
