/** API names of this project in running text, which read better as code. */
const API_NAME = /(?<![\w`])\w+__(?:c|r|mdt)\b(?:\.\w+(?:__c)?)?/g;

/** Running text of the metadata, with API names as code and nothing that Markdown would read as its own. */
export function prose(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\*<>[\]|]/g, (character) => `\\${character}`)
    .replaceAll(API_NAME, (name) => `\`${name}\``);
}

/** A table; cells are Markdown already. Nothing when there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')];
}

/** A label with its API name behind it. */
export function labelled(label: string, name: string): string {
  return `**${prose(label)}** \`${name}\``;
}

/** Words in a row, for example `Admin, User`; a dash when there are none. */
export function listed(words: readonly string[]): string {
  return words.length === 0 ? '–' : words.join(', ');
}
