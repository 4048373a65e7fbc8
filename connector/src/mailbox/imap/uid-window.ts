import type { ImapFolderPlace } from './imap-cursor.ts';

/** UIDs that one SEARCH asks about at first: its answer stays small however large the folder is. */
const FIRST_WIDTH = 5_000;
const LARGEST_UID = 0xffff_ffff;

/** What a folder was like when its status was asked (RFC 9051 section 6.3.11). */
export interface FolderStatus {
  readonly uidValidity: string;
  /** The UID that the next message will get. */
  readonly uidNext: number;
  readonly messages: number;
  /** HIGHESTMODSEQ as decimal text: it grows when a message comes or a mark changes. Absent without CONDSTORE (RFC 7162). */
  readonly modseq?: string;
}

/** A range of UIDs, both ends included. */
export interface UidWindow {
  readonly from: number;
  readonly to: number;
  /** Whether messages older than the first read are left alone in it. */
  readonly dated: boolean;
}

/**
 * The place from which a folder is read on. A folder that is new, or whose UIDVALIDITY changed, begins anew: its UIDs
 * say nothing about those that were read, and what is read twice is recognised by its Message-ID. Only this folder is
 * read again, from the date of the first read, because a place that was lost while a folder was half read would else
 * leave the other half unread for ever.
 */
export function startingPlace(place: ImapFolderPlace | undefined, status: FolderStatus): ImapFolderPlace {
  if (place?.uidValidity === status.uidValidity) return place;
  const datedUpTo = status.uidNext - 1;
  return { uidValidity: status.uidValidity, lastUid: status.messages === 0 ? datedUpTo : 0, datedUpTo };
}

/** Whether the folder holds something behind the place. */
export function hasNews(place: ImapFolderPlace, status: FolderStatus): boolean {
  return place.lastUid < status.uidNext - 1;
}

/**
 * The next UIDs to ask about, or undefined when nothing is left. Never past the status, so that what arrives during
 * the reading is read after what was sent before it. Empty windows double the width, because UIDs may be far apart.
 */
export function nextWindow(place: ImapFolderPlace, status: FolderStatus, emptyBefore: number): UidWindow | undefined {
  if (!hasNews(place, status)) return undefined;
  const from = place.lastUid + 1;
  const dated = from <= place.datedUpTo;
  const last = Math.min(status.uidNext - 1, LARGEST_UID, dated ? place.datedUpTo : LARGEST_UID);
  return { from, to: Math.min(last, from + FIRST_WIDTH * 2 ** Math.min(emptyBefore, 20) - 1), dated };
}
