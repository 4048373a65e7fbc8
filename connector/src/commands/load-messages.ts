import { Messages } from '@salesforce/core';

const PLUGIN = 'sf-plugin-reply-tracking';
Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);

/**
 * The words of a command: `messages/<bundle>.md`, a section for each key. No word that a person reads stands in the code
 * of a command.
 */
export function loadMessages(bundle: string): Messages<string> {
  return Messages.loadMessages(PLUGIN, bundle);
}
