import type { ImapFolderPlace } from './imap-cursor.ts';

/** Drafts of one folder that are remembered at most: the newest, because an old draft is hardly ever sent. */
const MOST = 100;

/** The place with these drafts instead of those that it remembered, and HIGHESTMODSEQ when they were seen. */
export function rememberDrafts(
  place: ImapFolderPlace,
  drafts: readonly number[],
  seenAt: string | undefined,
): ImapFolderPlace {
  const { drafts: _drafts, draftsSeenAt: _seenAt, ...rest } = place;
  if (drafts.length === 0) return rest;
  return { ...rest, drafts: drafts.slice(-MOST), ...(seenAt === undefined ? {} : { draftsSeenAt: seenAt }) };
}
