import { MailboxError } from './mailbox-error.ts';

/** Whether a folder is one of those that are not read, or lies below one. Names are compared as they are read. */
export function isExcluded(path: string, excluded: readonly string[], delimiter: string): boolean {
  return excluded.some((name) => isSame(path, name) || path.normalize().startsWith(`${name.normalize()}${delimiter}`));
}

/** Whether two paths are the same to their reader, however their letters are composed. */
export function isSame(path: string, name: string): boolean {
  return path.normalize() === name.normalize();
}

/** The error of settings that leave nothing of what the connector is for. */
export function excludedInbox(address: string): MailboxError {
  return new MailboxError(
    'reconnect',
    `The inbox of ${address} cannot be excluded: it is where answers arrive. Connect the mailbox without excluding INBOX.`,
  );
}

/** What the owner of a mailbox has to know about the name of a folder that is not there: it may be misspelt. */
export function unknownFolder(name: string): string {
  return `There is no folder "${name}" to exclude; folders are named by their whole path.`;
}
