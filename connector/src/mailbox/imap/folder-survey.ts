import type { MailboxSurvey, SurveyedFolder } from '../mailbox.ts';
import type { Connect } from './folder-state.ts';
import { readingOrder } from './reading-order.ts';

/** The folders that a first read would read, in reading order, and how much each of them holds since a date. */
export async function surveyFolders(connect: Connect, since: Date): Promise<MailboxSurvey> {
  const connection = await connect();
  const listed = await connection.listFolders({ status: true });
  const statuses = new Map(listed.map(({ path, status }) => [path, status]));
  const folders: SurveyedFolder[] = [];
  for (const { path, kind } of readingOrder(listed, { labels: connection.labels })) {
    const status = statuses.get(path);
    if (!status) continue;
    const messages = status.messages === 0 ? 0 : await countSince(connect, path, since);
    if (messages !== undefined) folders.push({ name: path, kind, messages });
  }
  return { folders };
}

/** Undefined when the folder has gone since it was listed. */
async function countSince(connect: Connect, path: string, since: Date): Promise<number | undefined> {
  const connection = await connect();
  const status = await connection.examine(path);
  return status && connection.countSince(since, status.messages);
}
