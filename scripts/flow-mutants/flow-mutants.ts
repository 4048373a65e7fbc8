/** One small change of a flow file. */
export interface FlowMutant {
  /** Line of the file, from 1. */
  readonly line: number;
  /** What was changed, for people: `EqualTo -> NotEqualTo`. */
  readonly change: string;
  /** The whole file with the change. */
  readonly xml: string;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly change: string;
}

const OPPOSITE: Readonly<Record<string, string>> = {
  EqualTo: 'NotEqualTo',
  NotEqualTo: 'EqualTo',
  GreaterThan: 'LessThanOrEqualTo',
  GreaterThanOrEqualTo: 'LessThan',
  LessThan: 'GreaterThanOrEqualTo',
  LessThanOrEqualTo: 'GreaterThan',
  Contains: 'StartsWith',
  In: 'NotIn',
};

const FUNCTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bAND\(/g, 'OR('],
  [/\bOR\(/g, 'AND('],
  [/\bNOT\(/g, '('],
  [/\bISBLANK\(/g, 'NOT(ISBLANK)('],
  [/\bISCHANGED\(/g, 'NOT(ISCHANGED)('],
  [/&lt;=?(?!&gt;)/g, '&gt;'],
  [/&gt;=?/g, '&lt;'],
  [/ = /g, ' &lt;&gt; '],
  [/ \+ /g, ' - '],
  [/\bBLANKVALUE\(([^,()]+), /g, 'BLANKVALUE(NULL, '],
];

/**
 * Every change that mutation makes of a flow: each operator, literal, logic, formula, start and assigned value in turn.
 * Texts for people (labels, descriptions, fixed outcomes of a screen) are left alone.
 */
export function flowMutants(xml: string): FlowMutant[] {
  const edits = [
    ...operators(xml),
    ...literals(xml),
    ...logics(xml),
    ...formulas(xml),
    ...removed(xml, 'assignmentItems'),
    ...removed(xml, 'inputAssignments'),
    ...removed(xml, 'filters'),
    ...conditions(xml),
    ...orders(xml),
    ...triggers(xml),
  ];
  return edits
    .toSorted((one, other) => one.start - other.start)
    .map(({ start, end, text, change }) => ({
      line: xml.slice(0, start).split('\n').length,
      change,
      xml: xml.slice(0, start) + text + xml.slice(end),
    }));
}

/** The text between a pair of tags, everywhere in the file. */
function inside(xml: string, tag: string): { readonly start: number; readonly end: number; readonly text: string }[] {
  return [...xml.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, 'g'))].map(({ index, 1: text }) => {
    const start = index + tag.length + 2;
    return { start, end: start + text!.length, text: text! };
  });
}

function operators(xml: string): Edit[] {
  return inside(xml, 'operator').flatMap(({ start, end, text }) => {
    const opposite = OPPOSITE[text];
    return opposite === undefined ? [] : [{ start, end, text: opposite, change: `${text} -> ${opposite}` }];
  });
}

function literals(xml: string): Edit[] {
  const flags = inside(xml, 'booleanValue').map(({ start, end, text }) => {
    const other = text === 'true' ? 'false' : 'true';
    return { start, end, text: other, change: `${text} -> ${other}` };
  });
  const texts = inside(xml, 'stringValue')
    .filter(({ text }) => isWord(text))
    .map(({ start, end, text }) => ({ start, end, text: `${text}x`, change: `"${text}" -> "${text}x"` }));
  const numbers = inside(xml, 'numberValue').map(({ start, end, text }) => {
    const more = `${Number(text) + 1}.0`;
    return { start, end, text: more, change: `${text} -> ${more}` };
  });
  return [...flags, ...texts, ...numbers];
}

/** A value that decides something is a word or two; sentences are for people. The canvas mode decides nothing. */
function isWord(text: string): boolean {
  return !/[.,;]\s|[A-Z]+_[A-Z]+|Builder/.test(text) && text.length < 40;
}

function logics(xml: string): Edit[] {
  return ['conditionLogic', 'filterLogic'].flatMap((tag) =>
    inside(xml, tag)
      .filter(({ end }) => countOfConditions(xml, end) > 1)
      .flatMap(({ start, text }) =>
        [...text.matchAll(/\b(?:and|or|AND|OR)\b/g)].map(({ 0: word, index }): Edit => {
          const swapped = { and: 'or', or: 'and', AND: 'OR', OR: 'AND' }[word]!;
          const at = start + index;
          return { start: at, end: at + word.length, text: swapped, change: `${text}: ${word} -> ${swapped}` };
        }),
      ),
  );
}

/** How many conditions or filters the logic that ends here joins; of one, "and" and "or" say the same. */
function countOfConditions(xml: string, index: number): number {
  const [block] = /^.*?<\/(?:rules|start|recordLookups|recordUpdates|recordDeletes)>/s.exec(xml.slice(index)) ?? [''];
  return block.split(/<(?:conditions|filters)>/).length - 1;
}

function formulas(xml: string): Edit[] {
  return ['expression', 'filterFormula', 'formulaExpression'].flatMap((tag) =>
    inside(xml, tag).flatMap(({ start, text }) => [
      ...FUNCTIONS.flatMap(([pattern, replacement]) =>
        [...text.matchAll(pattern)].map(({ 0: found, index }) => edited(text, start, index, found, replacement)),
      ),
      ...[...text.matchAll(/&quot;([^&]+)&quot;/g)]
        .filter(({ 1: word }) => isWord(word!))
        .map(({ 0: found, 1: word, index }) => edited(text, start, index, found, `&quot;${word}x&quot;`)),
      ...[...text.matchAll(/(?<![\w.])\d+(?![\w.])/g)].map(({ 0: found, index }) =>
        edited(text, start, index, found, `${Number(found) + 1}`),
      ),
    ]),
  );
}

function edited(formula: string, start: number, index: number, found: string, replacement: string): Edit {
  const [name] = replacement.split('(');
  // NOT(ISBLANK)( stands for the negation of the whole call.
  const negated = /^NOT\((\w+)\)\($/.exec(replacement);
  const at = start + index;
  if (negated === null)
    return { start: at, end: at + found.length, text: replacement, change: `${found} -> ${replacement || name!}` };
  const length = callLength(formula, index);
  const call = formula.slice(index, index + length);
  return { start: at, end: at + length, text: `NOT(${call})`, change: `${call} -> NOT(${call})` };
}

/** How long a call is that begins at an index of a formula, up to its closing parenthesis. */
function callLength(formula: string, index: number): number {
  let depth = 0;
  for (let at = index; at < formula.length; at += 1) {
    if (formula[at] === '(') depth += 1;
    if (formula[at] === ')') {
      depth -= 1;
      if (depth === 0) return at - index + 1;
    }
  }
  return formula.length - index;
}

/** Each block of this kind taken out; not where a numbered logic counts them. */
function removed(xml: string, tag: string): Edit[] {
  return [...xml.matchAll(new RegExp(`<${tag}>.*?</${tag}>`, 'gs'))]
    .filter(({ index }) => tag !== 'filters' || !isNumbered(xml, index))
    .map(({ 0: block, index }) => {
      const names = [...block.matchAll(/<(?:field|assignToReference|name)>([^<]*)</g)].map(([, name]) => name);
      return { start: index, end: index + block.length, text: '', change: `without ${tag} ${names.join(' ')}` };
    });
}

/** Each condition of a decision taken out, where others of the same outcome stay and no numbered logic counts them. */
function conditions(xml: string): Edit[] {
  return [...xml.matchAll(/<rules>.*?<\/rules>/gs)].flatMap(({ 0: rule, index: start }) => {
    const found = [...rule.matchAll(/<conditions>.*?<\/conditions>/gs)];
    if (found.length < 2 || /<conditionLogic>[^<]*\d/.test(rule)) return [];
    return found.map(({ 0: block, index }) => {
      const [, name] = /<leftValueReference>([^<]*)</.exec(block) ?? [];
      const at = start + index;
      return { start: at, end: at + block.length, text: '', change: `without condition ${name}` };
    });
  });
}

/** Each order of records turned round: which of several is taken first. */
function orders(xml: string): Edit[] {
  return inside(xml, 'sortOrder').map(({ start, end, text }) => {
    const other = text === 'Asc' ? 'Desc' : 'Asc';
    return { start, end, text: other, change: `${text} -> ${other}` };
  });
}

/** Whether the conditions that stand here are counted by a logic such as `1 AND 2`. */
function isNumbered(xml: string, index: number): boolean {
  const before = xml.lastIndexOf('<filterLogic>', index);
  return /^<filterLogic>[^<]*\d/.test(xml.slice(before, before + 40));
}

function triggers(xml: string): Edit[] {
  const others: Readonly<Record<string, string>> = { Create: 'Update', Update: 'Create', CreateAndUpdate: 'Update' };
  return inside(xml, 'recordTriggerType').map(({ start, end, text }) => ({
    start,
    end,
    text: others[text]!,
    change: `${text} -> ${others[text]!}`,
  }));
}
