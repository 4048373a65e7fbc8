import type { MailboxMessage } from '../mailbox.ts';

/** What a server says about one folder (RFC 9051 section 7.3.1, RFC 6154). */
export interface ListedFolder {
  /** The name as the server spells it, decoded from modified UTF-7. */
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  /** Attributes as the server spells them, for example `\Sent` or `\Noselect`. */
  readonly attributes: ReadonlySet<string>;
  /** A special use that the name alone suggests, for servers that do not speak SPECIAL-USE. */
  readonly guessedUse?: string;
  /** False in a namespace of other users or of everybody (RFC 2342). */
  readonly own: boolean;
}

export interface FolderToRead {
  readonly path: string;
  readonly kind: MailboxMessage['folder'];
}

/**
 * Names under which mail programs file what was sent. A mailbox that several programs use often has more than one such
 * folder, and the server marks one of them at most.
 */
const SENT_NAMES: ReadonlySet<string> = new Set([
  'sent',
  'sent items',
  'sent mail',
  'sent messages',
  'sent-mail',
  'gesendet',
  'gesendete elemente',
  'gesendete objekte',
  'gesendete nachrichten',
  'envoyés',
  'messages envoyés',
  'éléments envoyés',
  'courrier envoyé',
  'enviados',
  'elementos enviados',
  'mensajes enviados',
  'itens enviados',
  'mensagens enviadas',
  'inviati',
  'posta inviata',
  'posta in uscita inviata',
  'verzonden',
  'verzonden items',
  'verzonden objecten',
  'skickat',
  'skickade objekt',
  'sendt',
  'sendte elementer',
  'lähetetyt',
  'wysłane',
  'elementy wysłane',
  'odeslané',
  'odeslaná pošta',
  'odoslané',
  'elküldött',
  'elküldött elemek',
  'trimise',
  'gönderilmiş öğeler',
  'отправленные',
  'надіслані',
  '送信済み',
  '送信済みアイテム',
  '已发送',
  '已发送邮件',
  '已傳送的郵件',
  '보낸 편지함',
]);

/** The steps of the reading order, first to last. */
const STEPS = ['sent', 'inbox', 'folder', 'archive', 'junk', 'trash'] as const;
type Step = (typeof STEPS)[number];

/**
 * The folders to read, in order: what was sent, the inbox, every other folder by name, junk, trash.
 *
 * Junk is read because filters make mistakes, and trash because an answer that its reader threw away is still an
 * answer. Left out: drafts (nobody has sent them), views that show messages of other folders (`\All`, `\Flagged`,
 * `\Important`), folders that cannot be selected, and folders of other users.
 *
 * `labels` says that folders are labels and all mail but junk and trash stands under `\All` (Gmail's X-GM-EXT-1): then
 * `\All` is read and the labels, of which the inbox is one, are not, because they show the same messages. What was sent
 * is read for its own sake, so that it is known as such.
 */
export function readingOrder(folders: readonly ListedFolder[], options: { labels: boolean }): FolderToRead[] {
  const labelled = folderOfAll(folders, options) !== undefined;
  return folders
    .filter((folder) => isReadable(folder))
    .map((folder) => ({ path: folder.path, step: stepOf(folder, labelled) }))
    .filter((entry): entry is { path: string; step: Step } => entry.step !== undefined)
    .sort((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step) || (a.path < b.path ? -1 : 1))
    .map(({ path, step }) => ({ path, kind: step === 'sent' || step === 'junk' ? step : 'other' }));
}

/** The folder into which answers come: the inbox, or all mail where folders are labels. */
export function folderToWatch(folders: readonly ListedFolder[], options: { labels: boolean }): string {
  return folderOfAll(folders, options)?.path ?? 'INBOX';
}

function folderOfAll(folders: readonly ListedFolder[], { labels }: { labels: boolean }): ListedFolder | undefined {
  return labels ? folders.find((folder) => isReadable(folder) && hasUse(folder, '\\all')) : undefined;
}

function isReadable({ attributes, own }: ListedFolder): boolean {
  const lower = [...attributes].map((attribute) => attribute.toLowerCase());
  return own && !lower.includes('\\noselect') && !lower.includes('\\nonexistent');
}

function stepOf(folder: ListedFolder, labelled: boolean): Step | undefined {
  if (folder.path.toUpperCase() === 'INBOX') return labelled ? undefined : 'inbox';
  if (hasUse(folder, '\\drafts')) return undefined;
  if (isSent(folder)) return 'sent';
  if (hasUse(folder, '\\junk')) return 'junk';
  if (hasUse(folder, '\\trash')) return 'trash';
  if (hasUse(folder, '\\all')) return labelled ? 'archive' : undefined;
  if (labelled || hasUse(folder, '\\flagged') || hasUse(folder, '\\important')) return undefined;
  return 'folder';
}

function isSent(folder: ListedFolder): boolean {
  return (
    hasUse(folder, '\\sent') || (!hasMarkedUse(folder) && SENT_NAMES.has(folder.name.normalize('NFKC').toLowerCase()))
  );
}

const USES = ['\\all', '\\drafts', '\\flagged', '\\important', '\\junk', '\\sent', '\\trash'];

function hasMarkedUse(folder: ListedFolder): boolean {
  return USES.some((use) => hasUse(folder, use));
}

/**
 * Whether a folder has a special use, for example `\\junk`, in small letters. The server's own word counts; the name is a
 * guess for where the server says nothing about the folder.
 */
export function hasUse({ attributes, guessedUse }: ListedFolder, use: string): boolean {
  const marked = [...attributes]
    .map((attribute) => attribute.toLowerCase())
    .filter((attribute) => USES.includes(attribute));
  return marked.length > 0 ? marked.includes(use) : guessedUse?.toLowerCase() === use;
}
