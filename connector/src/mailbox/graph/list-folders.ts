import { parseFolderDelta, type DeltaAnswer, type FolderEntry } from './graph-answer.ts';
import type { GraphClient } from './graph-client.ts';
import { firstFolderDeltaPath } from './graph-path.ts';

/** Folders in one answer. */
const PAGE = 200;

/** Every folder of a mailbox, of every depth. */
export async function listFolders(client: GraphClient, address: string): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  let path: string | undefined = firstFolderDeltaPath(address);
  while (path !== undefined) {
    const answer: DeltaAnswer<FolderEntry> | undefined = await client.ask({
      path,
      parse: parseFolderDelta,
      pageSize: PAGE,
    });
    entries.push(...(answer?.entries ?? []));
    path = answer?.more === true ? client.pathOf(answer.link) : undefined;
  }
  return entries;
}
