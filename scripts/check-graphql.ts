/** A field that a GraphQL query asks for, with the fields below it. */
export interface Selection {
  readonly name: string;
  /** Names inside the brackets behind the field: arguments, and the keys of their objects. */
  readonly argumentNames: readonly string[];
  /** Where the name stands in the text. */
  readonly offset: number;
  readonly below: readonly Selection[];
}

interface Token {
  readonly text: string;
  readonly offset: number;
}

/** Names, variables and brackets; strings, numbers, commas, comments and directives carry no name of a field. */
const TOKEN = /"(?:[^"\\]|\\.)*"|#[^\n]*|[$@]?[A-Za-z_]\w*|\.\.\.|[{}()[\]:]/g;
const NAME = /^[A-Za-z_]\w*$/;

/** What a query document selects, by field; aliases are resolved, fragments are not read. */
export function readSelections(query: string): Selection[] {
  const tokens = [...query.matchAll(TOKEN)]
    .map(({ 0: text, index }) => ({ text, offset: index }))
    .filter(({ text }) => !text.startsWith('"') && !text.startsWith('#') && !text.startsWith('@'));
  const start = tokens.findIndex(({ text }) => text === '{');
  return start === -1 ? [] : readSet({ tokens, at: start + 1 });
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

/** Reads up to and including the bracket that closes the set. */
function readSet(cursor: Cursor): Selection[] {
  const selections: Selection[] = [];
  for (let token = next(cursor); token !== undefined && token.text !== '}'; token = next(cursor)) {
    if (NAME.test(token.text)) selections.push(readSelection(token, cursor));
  }
  return selections;
}

function readSelection(first: Token, cursor: Cursor): Selection {
  const isAlias = cursor.tokens[cursor.at]?.text === ':';
  if (isAlias) cursor.at += 1;
  const token = isAlias ? (next(cursor) ?? first) : first;
  const argumentNames = takes(cursor, '(') ? readArguments(cursor) : [];
  const below = takes(cursor, '{') ? readSet(cursor) : [];
  return { name: token.text, argumentNames, offset: token.offset, below };
}

/** Names that a colon follows, up to the bracket that closes the arguments. */
function readArguments(cursor: Cursor): string[] {
  const names: string[] = [];
  for (let token = next(cursor); token !== undefined && token.text !== ')'; token = next(cursor)) {
    if (NAME.test(token.text) && cursor.tokens[cursor.at]?.text === ':') names.push(token.text);
  }
  return names;
}

function next(cursor: Cursor): Token | undefined {
  cursor.at += 1;
  return cursor.tokens[cursor.at - 1];
}

function takes(cursor: Cursor, text: string): boolean {
  const found = cursor.tokens[cursor.at]?.text === text;
  if (found) cursor.at += 1;
  return found;
}
