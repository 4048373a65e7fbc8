import { inOrderOfCommit } from '../order-of-commit.ts';
import { issueToken } from '../issue-token.ts';
import type { AccessTokenSource } from '../keep-token.ts';
import { MailboxError } from '../mailbox-error.ts';
import type { Cursor, Mailbox } from '../mailbox.ts';
import { pause } from '../pause.ts';
import { createCoolDown, type CoolDown } from './cool-down.ts';
import { readFolderRoles, type FolderRoles } from './folder-roles.ts';
import { openGraphClient } from './graph-client.ts';
import type { GraphCursor } from './graph-cursor.ts';
import { toMailboxMessage } from './graph-message.ts';
import { openingPlace } from './graph-place.ts';
import { grantedPermissions } from './granted-permissions.ts';
import { renewSubscription, type GraphPush } from './renew-subscription.ts';
import { readStep } from './read-step.ts';
import type { GraphPage } from './reading.ts';
import { readReferenced } from './referenced-messages.ts';
import { surveyMailbox } from './survey-mailbox.ts';

export interface GraphMailboxOptions {
  /** The address of the user whose mailbox is read. */
  readonly address: string;
  /** Bearer tokens with the permission Mail.ReadBasic.All of an application, or Mail.ReadBasic of the user. */
  readonly accessToken: AccessTokenSource;
  /** Where the API is, with its version; ends with a slash; default the global service of Microsoft. */
  readonly rootUrl?: string;
  /** Between two looks of `waitForChange`, in milliseconds; without it nothing is asked and it waits to be aborted. */
  readonly pollIntervalMs?: number;
  /** The longest time of one call, in milliseconds; default 30 seconds. */
  readonly deadlineMs?: number;
  /** Where an admin consents to the permission; named when it is missing. */
  readonly consentUrl?: () => string | undefined;
  /** Present when this connector can be told of changes. */
  readonly push?: GraphPush;
  /** Shared by the mailboxes of a tenant: when one is told to wait for the tenant's sake, all do. */
  readonly coolDown?: CoolDown;
  /** Folders that are not read, nor what lies below them: paths, as `Inbox/Private`, or well-known names, as `junkemail`. */
  readonly excludedFolders?: readonly string[];
  /** Told what an operator may want to know. No header text. */
  readonly log?: (message: string) => void;
}

const GRAPH = 'https://graph.microsoft.com/v1.0/';
/** Answers without a message that one page passes over before it shows its place to the caller. */
const MOST_EMPTY_ANSWERS = 20;

/**
 * A mailbox of Microsoft 365, read by delta queries over its folders and by header fields alone (Mail.ReadBasic is
 * enough). Read are Sent Items, the inbox, every other folder, then Archive, Junk Email and Deleted Items; left out are
 * drafts and what is no mail.
 */
export function openGraphMailbox(options: GraphMailboxOptions): Mailbox {
  const { address, accessToken, rootUrl = GRAPH, pollIntervalMs, deadlineMs = 30_000, consentUrl, push } = options;
  const { coolDown = createCoolDown(Date.now), excludedFolders = [], log = () => undefined } = options;
  const client = openGraphClient({ address, accessToken, rootUrl, deadlineMs, coolDown, consentUrl });
  const closing = new AbortController();
  let readUpTo: GraphCursor | undefined;
  let asked: Promise<FolderRoles> | undefined;
  const roles = (): Promise<FolderRoles> => {
    asked ??= readFolderRoles(client, { address, excluded: excludedFolders, log }).catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };

  async function changesSince(from: GraphCursor, limit: number): Promise<GraphPage> {
    const reading = { client, address, roles: await roles() };
    let page = await readStep(reading, from, limit);
    for (let empty = 1; page.messages.length === 0 && !page.caughtUp && empty < MOST_EMPTY_ANSWERS; empty++) {
      page = await readStep(reading, page.cursor, limit);
    }
    return page;
  }

  return {
    survey: async (since) => surveyMailbox(client, address, await roles(), since),

    openingCursor: (since) => Promise.resolve(openingPlace(since)),

    changesSince: async (cursor, limit) => {
      const { messages, ...page } = await changesSince(ownCursor(cursor, address), limit);
      if (page.caughtUp) readUpTo = page.cursor;
      return { ...page, messages: inOrderOfCommit(messages) };
    },

    read: async (references) => {
      const found = await readReferenced(client, address, references);
      const known = await roles();
      return found.map(({ message, folderId }) => toMailboxMessage(message, known.kindOf(folderId)));
    },

    /** Always undefined: Graph gives a part of a message only within the whole of it, which Mail.ReadBasic excludes. */
    readReport: () => Promise.resolve(undefined),

    waitForChange: async (signal) => {
      const ended = AbortSignal.any([signal, closing.signal]);
      try {
        while (!ended.aborted) {
          await pause(pollIntervalMs, ended);
          if (readUpTo === undefined || (await changesSince(readUpTo, 1)).messages.length > 0) return;
        }
      } catch (error) {
        if (!ended.aborted) throw error;
      }
    },

    grantedScopes: async () => grantedPermissions(await issueToken(accessToken, address)),

    ...(push && { renewPush: () => renewSubscription(client, address, push, new Date()) }),

    close: () => {
      closing.abort();
      return Promise.resolve();
    },
  };
}

function ownCursor(cursor: Cursor, address: string): GraphCursor {
  if (cursor.provider === 'graph' && cursor.version === 1) return cursor;
  const message = `The place stored for ${address} is not one of Microsoft Graph. Read from a date.`;
  throw new MailboxError('cursor_expired', message);
}
