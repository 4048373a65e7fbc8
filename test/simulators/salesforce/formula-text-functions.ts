import { checkCount, checkType, define, NUMBER, TEXT, type FormulaFunction } from './formula-signature.ts';
import { FormulaError, toFieldValue, type Scalar } from './formula-value.ts';

const textOf = (value: Scalar | undefined): string => (typeof value === 'string' ? value : '');

/** A number of characters; fewer than none has no meaning and so no value. */
function countOf(value: Scalar | undefined): number {
  const count = Math.trunc(Number(value ?? 0));
  if (count < 0) throw new FormulaError('A text function was given a negative number of characters');
  return count;
}

/** TEXT() of a datetime is in GMT and ends with Z; of a picklist it is the value's API name. */
const toText: FormulaFunction = {
  check(name, types) {
    checkCount(name, types.length, 1);
    checkType(name, types[0]!, ['Picklist', 'Number', 'Date', 'Datetime']);
    return 'Text';
  },
  run([argument]) {
    const value = argument!();
    const written = toFieldValue(value);
    if (value !== null && typeof value === 'object' && value.kind === 'datetime') {
      return `${String(written).slice(0, 19).replace('T', ' ')}Z`;
    }
    return written === null ? '' : String(written);
  },
};

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function link(values: readonly Scalar[]): string {
  const [url, label, target] = [textOf(values[0]), textOf(values[1]), textOf(values[2]) || '_blank'];
  return `<a href="${escapeHtml(url)}" target="${escapeHtml(target)}">${escapeHtml(label)}</a>`;
}

/** The place of one text in another from 1; 0 when it is not there. */
function find(values: readonly Scalar[]): number {
  const start = values[2] === undefined || values[2] === null ? 1 : countOf(values[2]);
  if (textOf(values[0]) === '' || start < 1) return 0;
  return textOf(values[1]).indexOf(textOf(values[0]), start - 1) + 1;
}

function substitute(values: readonly Scalar[]): string {
  const [whole, old, replacement] = values.map(textOf) as [string, string, string];
  return old === '' ? whole : whole.replaceAll(old, () => replacement);
}

/** Texts. Comparisons heed case; a blank is the empty text. */
export const textFunctions: Readonly<Record<string, FormulaFunction>> = {
  '&': define([TEXT, TEXT], 'Text', ([left, right]) => textOf(left) + textOf(right)),
  TEXT: toText,
  LEFT: define([TEXT, NUMBER], 'Text', ([text, count]) => textOf(text).slice(0, countOf(count))),
  RIGHT: define([TEXT, NUMBER], 'Text', ([text, count]) =>
    textOf(text).slice(Math.max(0, textOf(text).length - countOf(count))),
  ),
  MID: define([TEXT, NUMBER, NUMBER], 'Text', ([text, start, count]) => {
    const from = Math.max(1, countOf(start)) - 1;
    return textOf(text).slice(from, from + countOf(count));
  }),
  LEN: define([TEXT], 'Number', ([text]) => textOf(text).length),
  TRIM: define([TEXT], 'Text', ([text]) => textOf(text).trim()),
  UPPER: define([TEXT], 'Text', ([text]) => textOf(text).toUpperCase()),
  LOWER: define([TEXT], 'Text', ([text]) => textOf(text).toLowerCase()),
  CONTAINS: define([TEXT, TEXT], 'Boolean', ([text, part]) => textOf(text).includes(textOf(part))),
  BEGINS: define([TEXT, TEXT], 'Boolean', ([text, part]) => textOf(text).startsWith(textOf(part))),
  FIND: define([TEXT, TEXT, NUMBER], 'Number', find, 1),
  SUBSTITUTE: define([TEXT, TEXT, TEXT], 'Text', substitute),
  BR: define([], 'Text', () => '\n'),
  HYPERLINK: define([TEXT, TEXT, TEXT], 'Text', link, 1),
};
