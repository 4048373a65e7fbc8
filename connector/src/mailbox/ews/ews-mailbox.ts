import { hash } from 'node:crypto';

import { openConnections } from '../../http/open-request.ts';
import { createConnectionSlots } from '../connection-slots.ts';
import { MailboxError } from '../mailbox-error.ts';
import type { Cursor, Mailbox } from '../mailbox.ts';
import { authenticate } from './authenticate.ts';
import { createChangeWatch } from './change-watch.ts';
import { openEwsClient, type EwsClient } from './ews-client.ts';
import type { EwsCursor } from './ews-cursor.ts';
import { mailboxError } from './ews-failure.ts';
import { toMailboxMessage } from './ews-message.ts';
import type { EwsOptions } from './ews-options.ts';
import { formatReference, parseReference } from './ews-reference.ts';
import { createFolderList } from './folder-list.ts';
import { createFolderReader } from './folder-reader.ts';
import { grantedRights } from './granted-rights.ts';
import { readItems } from './read-items.ts';
import { requireOwnMailbox } from './require-own-mailbox.ts';
import { surveyMailbox } from './survey-mailbox.ts';

/** The longest answer of one call. */
const MAX_ANSWER_BYTES = 5 * 1024 * 1024;
/** Hanging connections to one server at most: what Exchange 2013, and others on premises, allow an account. */
const HANGING = 3;
/**
 * What was handed out last, by which a late event is told from a new message. Kept as digests: an id that was cut out of
 * an answer keeps the whole answer in memory.
 */
const MOST_HANDED_OUT = 1000;
const digestOf = (id: string): string => hash('sha256', id, 'base64');

/**
 * A mailbox on Exchange Server 2010 SP1 or later, or on another server that speaks Exchange Web Services. Nothing is
 * sent before the first call.
 */
export function openEwsMailbox(options: EwsOptions): Mailbox {
  const { address, url, credential, impersonate = false, excludedFolders = [], log = () => undefined } = options;
  const { deadlineMs = 60_000, silenceMs = 120_000, pollMs } = options.timeouts ?? {};
  const { host } = new URL(url);
  const closing = new AbortController();
  const limits = {
    ...{ allowedHosts: [host], maxBytes: MAX_ANSWER_BYTES, deadlineMs, connections: 1 },
    ...(options.certificateAuthorities !== undefined && { certificateAuthorities: options.certificateAuthorities }),
  };
  const [calls, hanging] = [openConnections(limits), openConnections(limits)];
  const way = { url, send: authenticate(calls, credential), sendHanging: authenticate(hanging, credential) };
  const openAs = (impersonated: string): EwsClient => openEwsClient({ ...way, impersonated });
  const client = impersonate ? openAs(address) : openEwsClient(way);
  const folders = createFolderList(client, { address, excluded: excludedFolders, log });
  const handedOut = new Set<string>();
  const reader = createFolderReader({ client, folders, log, handedOut: (ids) => remember(handedOut, ids) });
  let readTo: EwsCursor | undefined;
  const watch = createChangeWatch({
    ...{ client, silenceMs, log },
    ...(pollMs !== undefined && { pollMs }),
    server: host,
    slots: options.slots ?? createConnectionSlots({ open: HANGING }),
    hasNews: async () => readTo !== undefined && reader.hasNews(readTo),
    isNews: ({ itemId, folderId }) => !handedOut.has(digestOf(itemId)) && !folders.isLeftOut(folderId),
  });

  async function asMailbox<T>(task: () => Promise<T>): Promise<T> {
    try {
      if (closing.signal.aborted) throw new MailboxError('retry', `The mailbox ${address} is closed; open it again.`);
      return await task();
    } catch (error) {
      throw mailboxError(error, { address, url });
    }
  }

  return {
    survey: (since) =>
      asMailbox(async () => {
        if (!impersonate) await requireOwnMailbox(client, { address, credential });
        return surveyMailbox(client, folders, since);
      }),

    openingCursor: (since) => Promise.resolve({ provider: 'ews', version: 1, since: since.toISOString(), folders: {} }),

    changesSince: (cursor, limit) =>
      asMailbox(async () => {
        const page = await reader.changesSince(ewsCursor(cursor, address), limit);
        // A copy, for the same reason as the digests.
        readTo = page.caughtUp ? structuredClone(page.cursor) : undefined;
        return page;
      }),

    read: (references) =>
      asMailbox(async () => {
        const kinds = new Map(references.flatMap((one) => parseReference(one) ?? []).map(({ id, kind }) => [id, kind]));
        const items = await readItems(client, [...kinds.keys()]);
        return items
          .filter(({ draft }) => !draft)
          .map((item) => ({ item, kind: kinds.get(item.id) ?? 'other' }))
          .map(({ item, kind }) => toMailboxMessage(item, formatReference({ kind, id: item.id }), kind));
      }),

    /**
     * Always undefined: Exchange gives the parts of a report as attachments or with the whole message, and neither is
     * ever asked for. What kind a report is rests on its header fields.
     */
    readReport: () => Promise.resolve(undefined),

    grantedScopes: () => asMailbox(() => grantedRights({ address, impersonate }, openAs)),

    waitForChange: (signal, listening) =>
      asMailbox(async () => {
        await watch.wait(AbortSignal.any([signal, closing.signal]), listening);
      }),

    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      await watch.close();
      calls.close();
      hanging.close();
    },
  };
}

function remember(handedOut: Set<string>, ids: readonly string[]): void {
  for (const id of ids) handedOut.add(digestOf(id));
  for (const id of handedOut) {
    if (handedOut.size <= MOST_HANDED_OUT) return;
    handedOut.delete(id);
  }
}

function ewsCursor(cursor: Cursor, address: string): EwsCursor {
  if (cursor.provider === 'ews' && cursor.version === 1) return cursor;
  throw new MailboxError('cursor_expired', `The place stored for ${address} is not one of Exchange. Read from a date.`);
}
