import type { ReportParts } from '../../mail/delivery-report.ts';
import type { MailboxMessage, MessageReference } from '../mailbox.ts';
import { readHeaders } from './folder-headers.ts';
import { mailboxMessage } from './folder-page.ts';
import { openFolder, reopenFolder, type Connect } from './folder-state.ts';
import type { ImapConnection } from './imap-connection.ts';
import { parseReference } from './imap-reference.ts';
import { readingOrder, type FolderToRead } from './reading-order.ts';
import { reportSections, type SectionToFetch } from './report-sections.ts';
import { decodeTransfer } from './transfer-encoding.ts';

/** Header fields of messages seen before, grouped by folder. Those that moved, or whose folder changed, are gone. */
export async function readReferenced(
  connect: Connect,
  references: readonly MessageReference[],
): Promise<MailboxMessage[]> {
  const groups = groupByFolder(references);
  if (groups.length === 0) return [];
  const connection = await connect();
  const folders = readingOrder(await connection.listFolders({ status: false }), { labels: connection.labels });
  const found: MailboxMessage[] = [];
  for (const group of groups) {
    const folder = folders.find(({ path }) => path === group.path);
    if (folder) found.push(...(await readGroup(connect, folder, group)));
  }
  return found;
}

interface ReferenceGroup {
  readonly path: string;
  readonly uidValidity: string;
  readonly uids: readonly number[];
}

function groupByFolder(references: readonly MessageReference[]): ReferenceGroup[] {
  const groups = new Map<string, { path: string; uidValidity: string; uids: number[] }>();
  for (const reference of references) {
    const parsed = parseReference(reference);
    if (!parsed) continue;
    const key = `${parsed.uidValidity}.${parsed.folder}`;
    const group = groups.get(key) ?? { path: parsed.folder, uidValidity: parsed.uidValidity, uids: [] };
    groups.set(key, group);
    group.uids.push(parsed.uid);
  }
  return [...groups.values()].map((group) => ({ ...group, uids: [...new Set(group.uids)].sort((a, b) => a - b) }));
}

async function readGroup(connect: Connect, folder: FolderToRead, group: ReferenceGroup): Promise<MailboxMessage[]> {
  const found: MailboxMessage[] = [];
  let rest = group.uids;
  let connection = await openFolder(connect, group.path, group.uidValidity);
  const reopen = async (): Promise<ImapConnection> =>
    (connection = await reopenFolder(connect, group.path, group.uidValidity));
  while (connection && rest.length > 0) {
    const { messages, answered } = await readHeaders(connection, rest, reopen);
    const place = { ...folder, status: { uidValidity: group.uidValidity } };
    found.push(...messages.map((message) => mailboxMessage(place, message)));
    rest = rest.slice(answered);
  }
  return found;
}

/** The machine-readable parts of a multipart/report, or undefined when it is none or is gone. */
export async function readReportParts(connect: Connect, reference: MessageReference): Promise<ReportParts | undefined> {
  const parsed = parseReference(reference);
  if (!parsed) return undefined;
  const connection = await openFolder(connect, parsed.folder, parsed.uidValidity);
  const structure = await connection?.fetchStructure(parsed.uid);
  const sections = structure && reportSections(structure);
  if (!connection || !sections) return undefined;
  const status = await sectionBytes(connection, parsed.uid, sections.status);
  const returned = sections.returned && (await sectionBytes(connection, parsed.uid, sections.returned));
  if (!status) return undefined;
  return { status, ...(returned ? { returned } : {}) };
}

async function sectionBytes(
  connection: ImapConnection,
  uid: number,
  section: SectionToFetch,
): Promise<Uint8Array | undefined> {
  const bytes = await connection.fetchSection(uid, section);
  return bytes && decodeTransfer(bytes, section.encoding);
}
