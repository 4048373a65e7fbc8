import { readingOrder, type ListedFolder } from './reading-order.ts';

/** Whether a folder is one of those that are not read, or lies below one. */
export function isExcluded(path: string, excluded: readonly string[], delimiter: string): boolean {
  return excluded.some((name) => same(path, name) || path.normalize().startsWith(`${name.normalize()}${delimiter}`));
}

/** Whether the inbox is among them, where the answers arrive: then nothing is left of what the connector is for. */
export function excludesInbox(excluded: readonly string[]): boolean {
  return excluded.some((name) => name.toUpperCase() === 'INBOX');
}

/** What the owner of a mailbox has to know about folders that are not read, because it may not be what was meant. */
export function exclusionRemarks(
  folders: readonly ListedFolder[],
  excluded: readonly string[],
  { labels, delimiter }: { readonly labels: boolean; readonly delimiter: string },
): string[] {
  const unknown = excluded.filter((name) => !folders.some(({ path }) => same(path, name)));
  const order = readingOrder(folders, { labels });
  const sent = order.filter(({ path, kind }) => kind === 'sent' && isExcluded(path, excluded, delimiter));
  const shown = folders.some(
    ({ path }) => isExcluded(path, excluded, delimiter) && !order.some((f) => f.path === path),
  );
  return [
    ...unknown.map((name) => `There is no folder "${name}" to exclude; folders are named by their whole path.`),
    ...sent.map(
      ({ path }) => `"${path}" is excluded: mail sent from there is tracked only where Salesforce knows of it.`,
    ),
    ...(labels && shown
      ? ['Folders are labels on this server: mail with an excluded label is still read among all mail.']
      : []),
  ];
}

function same(path: string, name: string): boolean {
  return path.normalize() === name.normalize();
}
