import type { MailboxSurvey, SurveyedFolder } from '../mailbox.ts';
import type { EwsClient } from './ews-client.ts';
import { EwsFailure } from './ews-failure.ts';
import type { FolderList } from './folder-list.ts';

/** The folders that a first read would read, in reading order, and how much each of them holds since a date. */
export async function surveyMailbox(client: EwsClient, folders: FolderList, since: Date): Promise<MailboxSurvey> {
  const surveyed: SurveyedFolder[] = [];
  for (const { id, path, kind } of await folders.list()) {
    const messages = await countSince(client, id, since);
    if (messages !== 'gone') surveyed.push({ name: path, kind, messages });
  }
  return { folders: surveyed };
}

async function countSince(client: EwsClient, id: string, since: Date): Promise<number | 'gone' | undefined> {
  try {
    return await client.countSince(id, since);
  } catch (error) {
    if (error instanceof EwsFailure && error.code === 'ErrorFolderNotFound') return 'gone';
    throw error;
  }
}
