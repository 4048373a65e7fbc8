/** Characters between values that a job may choose (Bulk API 2.0 Developer Guide, "Prepare CSV Files"). */
export const COLUMN_DELIMITERS = {
  ...{ BACKQUOTE: '`', CARET: '^', COMMA: ',', PIPE: '|', SEMICOLON: ';', TAB: '\t' },
} as const;
/** Ends of a line that a job may choose. */
export const LINE_ENDINGS = { LF: '\n', CRLF: '\r\n' } as const;

export type ColumnDelimiter = keyof typeof COLUMN_DELIMITERS;
export type LineEnding = keyof typeof LINE_ENDINGS;

/** How the CSV of one job is written, uploads and results alike. */
export interface CsvFormat {
  readonly columnDelimiter: ColumnDelimiter;
  readonly lineEnding: LineEnding;
}

/** One record of a CSV text. */
export interface CsvRow {
  readonly values: readonly string[];
  /** Whether quotes stand only where RFC 4180 (section 2, 5 to 7) has them. */
  readonly wellFormed: boolean;
  /** How the record ends; the last one may end with the text. */
  readonly ending: LineEnding | undefined;
}

/** The text is no CSV: a quote is never closed. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

interface Field {
  readonly value: string;
  readonly wellFormed: boolean;
  /** Where the delimiter or the end of the record stands. */
  readonly end: number;
}

/**
 * Reads CSV by RFC 4180: values in quotes may hold delimiters, line breaks and doubled quotes; nothing is trimmed. A
 * record with a quote in the wrong place is read on to its end and marked. Throws a CsvError for an open quote.
 */
export function parseCsv(text: string, columnDelimiter: ColumnDelimiter): CsvRow[] {
  const delimiter = COLUMN_DELIMITERS[columnDelimiter];
  const rows: CsvRow[] = [];
  let at = 0;
  while (at < text.length) {
    const values: string[] = [];
    let wellFormed = true;
    for (let more = true; more;) {
      const field = readField(text, at, delimiter);
      values.push(field.value);
      wellFormed &&= field.wellFormed;
      more = text[field.end] === delimiter;
      at = more ? field.end + 1 : field.end;
    }
    const ending = endingAt(text, at);
    rows.push({ values, wellFormed, ending });
    at += ending === undefined ? 0 : LINE_ENDINGS[ending].length;
  }
  return rows;
}

function endingAt(text: string, at: number): LineEnding | undefined {
  if (text[at] === '\n') return 'LF';
  return text.startsWith('\r\n', at) ? 'CRLF' : undefined;
}

function readField(text: string, start: number, delimiter: string): Field {
  if (text[start] !== '"') {
    const plain = readPlain(text, start, delimiter);
    return { ...plain, wellFormed: !/["\r]/.test(plain.value) };
  }
  const closing = closingQuote(text, start + 1);
  const value = text.slice(start + 1, closing).replaceAll('""', '"');
  const rest = readPlain(text, closing + 1, delimiter);
  return { value: value + rest.value, wellFormed: rest.value === '', end: rest.end };
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  if (at < 0) throw new CsvError('A quoted value is never closed');
  return at;
}

function readPlain(text: string, start: number, delimiter: string): Omit<Field, 'wellFormed'> {
  let end = start;
  while (end < text.length && text[end] !== delimiter && endingAt(text, end) === undefined) end += 1;
  return { value: text.slice(start, end), end };
}

/** Writes records as the platform does, every value in quotes. */
export function writeCsv(rows: readonly (readonly string[])[], format: CsvFormat): string {
  const delimiter = COLUMN_DELIMITERS[format.columnDelimiter];
  const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  return rows.map((values) => values.map(quote).join(delimiter) + LINE_ENDINGS[format.lineEnding]).join('');
}
