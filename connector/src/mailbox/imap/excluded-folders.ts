import { isExcluded, isSame, unknownFolder } from '../excluded-folder.ts';
import { hasUse, readingOrder, type ListedFolder } from './reading-order.ts';

/**
 * The paths of the folders that are not read. A name such as `\\Junk` stands for whatever folders have that special use
 * (RFC 6154), however the owner's language calls them.
 */
export function excludedPaths(folders: readonly ListedFolder[], excluded: readonly string[]): string[] {
  return excluded.flatMap((name) => {
    return isUse(name) ? folders.filter((folder) => isUseOf(folder, name)).map(({ path }) => path) : name;
  });
}

function isUse(name: string): boolean {
  return name.startsWith('\\');
}

/** Whether the inbox is among them, where the answers arrive: then nothing is left of what the connector is for. */
export function excludesInbox(excluded: readonly string[]): boolean {
  return excluded.some((name) => name.toUpperCase() === 'INBOX');
}

/** What the owner of a mailbox has to know about folders that are not read, because it may not be what was meant. */
export function exclusionRemarks(
  folders: readonly ListedFolder[],
  names: readonly string[],
  { labels, delimiter }: { readonly labels: boolean; readonly delimiter: string },
): string[] {
  const unknown = names.filter((name) => !folders.some((folder) => isSame(folder.path, name) || isUseOf(folder, name)));
  const excluded = excludedPaths(folders, names);
  const order = readingOrder(folders, { labels });
  const sent = order.filter(({ path, kind }) => kind === 'sent' && isExcluded(path, excluded, delimiter));
  const shown = folders.some(
    ({ path }) => isExcluded(path, excluded, delimiter) && !order.some((f) => f.path === path),
  );
  return [
    ...unknown.map(unknownFolder),
    ...sent.map(
      ({ path }) => `"${path}" is excluded: mail sent from there is tracked only where Salesforce knows of it.`,
    ),
    ...(labels && shown
      ? ['Folders are labels on this server: mail with an excluded label is still read among all mail.']
      : []),
  ];
}

function isUseOf(folder: ListedFolder, name: string): boolean {
  return isUse(name) && hasUse(folder, name.toLowerCase());
}
