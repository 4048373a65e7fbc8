import type { MailboxSurvey, SurveyedFolder } from '../mailbox.ts';
import type { FolderRoles } from './folder-roles.ts';
import { parseCount } from './graph-answer.ts';
import type { GraphClient } from './graph-client.ts';
import { countPath } from './graph-path.ts';
import { listFolders } from './list-folders.ts';

/** Folders that are counted at most, twenty in a request; the others are listed without a number. */
const MOST_COUNTED = 400;

/** What a first read would cover, counted by Exchange itself (`$count`), in the order of reading. */
export async function surveyMailbox(
  client: GraphClient,
  address: string,
  roles: FolderRoles,
  since: Date,
): Promise<MailboxSurvey> {
  const folders = (await listFolders(client, address))
    .filter(({ id, removed, holdsMessages }) => !removed && holdsMessages && roles.rankOf(id) !== undefined)
    .sort((a, b) => roles.rankOf(a.id)! - roles.rankOf(b.id)!);
  const calls = folders.slice(0, MOST_COUNTED).map(({ id }) => {
    return { path: countPath(address, id, since.toISOString()), parse: parseCount };
  });
  const outcomes = await client.askAll(calls);
  return {
    folders: folders.flatMap(({ id, name }, index): SurveyedFolder[] => {
      const outcome = outcomes[index];
      if (outcome !== undefined && 'error' in outcome) throw outcome.error;
      if (outcome !== undefined && 'gone' in outcome) return [];
      return [
        {
          name,
          kind: roles.kindOf(id),
          messages: outcome !== undefined && 'answer' in outcome ? outcome.answer : undefined,
        },
      ];
    }),
  };
}
