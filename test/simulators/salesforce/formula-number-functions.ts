import { checkCount, checkType, define, NUMBER, TEXT, type FormulaFunction } from './formula-signature.ts';
import { FormulaProblem } from './formula-parser.ts';
import { FormulaError, MILLISECONDS_A_DAY, type FormulaType, type Scalar } from './formula-value.ts';

/** A numeric function; a blank argument makes the result blank. */
function numeric(count: number, run: (...numbers: number[]) => number): FormulaFunction {
  return define(Array<typeof NUMBER>(count).fill(NUMBER), 'Number', (values) =>
    values.includes(null) ? null : finite(run(...values.map(Number))),
  );
}

function finite(value: number): number {
  if (!Number.isFinite(value))
    throw new FormulaError('The result is not a number, for example after a division by zero');
  return value;
}

/**
 * Half away from zero, as the platform rounds; digits may be negative. Moving the point in the written number avoids
 * the error of a multiplication; a number too large or small to be written without exponent has nothing to round.
 */
function round(value: number, digits: number): number {
  const places = Math.trunc(digits);
  const shifted = Math.round(Number(`${Math.abs(value)}e${places}`));
  return Number.isNaN(shifted) ? value : Math.sign(value) * Number(`${shifted}e${-places}`);
}

function extreme(pick: (...numbers: number[]) => number): FormulaFunction {
  return {
    check(name, types) {
      if (types.length === 0) checkCount(name, 0, 1);
      types.forEach((type) => checkType(name, type, NUMBER));
      return 'Number';
    },
    run(args) {
      const values = args.map((argument) => argument());
      return values.includes(null) ? null : pick(...values.map(Number));
    },
  };
}

const isTemporal = (type: FormulaType): boolean => type === 'Date' || type === 'Datetime';

function refuse(operator: string, types: readonly FormulaType[]): never {
  throw new FormulaProblem(
    `Incorrect parameter type for operator '${operator}'. Expected Number, Date, Datetime, received ${types.join(', ')}`,
  );
}

/** Numbers, days onto a date or datetime, and texts. */
const plus: FormulaFunction = {
  check(name, types) {
    const [left, right] = types as [FormulaType, FormulaType];
    if (types.includes('Picklist')) checkType(name, 'Picklist', NUMBER);
    const known = types.filter((type) => type !== 'Null');
    if (known.every((type) => type === 'Text')) return known[0] ?? 'Null';
    if (known.every((type) => type === 'Number')) return 'Number';
    if (isTemporal(left) && ['Number', 'Null'].includes(right)) return left;
    if (isTemporal(right) && ['Number', 'Null'].includes(left)) return right;
    return refuse(name, types);
  },
  run: (args) => addValues(args[0]!(), args[1]!()),
};

const textOf = (value: Scalar | undefined): string => (typeof value === 'string' ? value : '');

/** The sum of two values that `+` takes; a blank makes it blank, but joins a text as nothing. */
export function addValues(left: Scalar, right: Scalar): Scalar {
  if (typeof left === 'string' || typeof right === 'string') return `${textOf(left)}${textOf(right)}`;
  if (left === null || right === null) return null;
  if (typeof right === 'object') return shift(right, Number(left));
  return typeof left === 'object' ? shift(left, Number(right)) : finite(Number(left) + Number(right));
}

function shift(moment: Extract<Scalar, { kind: string }>, days: number): Scalar {
  return moment.kind === 'date'
    ? { kind: 'date', days: moment.days + Math.trunc(days) }
    : { kind: 'datetime', milliseconds: moment.milliseconds + Math.round(days * MILLISECONDS_A_DAY) };
}

/** Numbers, days off a date or datetime, and the days between two of them. */
const minus: FormulaFunction = {
  check(name, types) {
    const [left, right] = types as [FormulaType, FormulaType];
    if (types.includes('Picklist')) checkType(name, 'Picklist', NUMBER);
    if (isTemporal(left) && left === right) return 'Number';
    if (isTemporal(left) && ['Number', 'Null'].includes(right)) return left;
    if (types.every((type) => ['Number', 'Null'].includes(type))) return 'Number';
    return refuse(name, types);
  },
  run: (args) => subtractValues(args[0]!(), args[1]!()),
};

/** The difference of two values that `-` takes: a number, or a day or instant moved back; blank for a blank. */
export function subtractValues(left: Scalar, right: Scalar): Scalar {
  if (left === null || right === null) return null;
  if (typeof left !== 'object') return finite(Number(left) - Number(right));
  if (typeof right !== 'object') return shift(left, -Number(right));
  if (left.kind === 'date') return right.kind === 'date' ? left.days - right.days : null;
  return right.kind === 'datetime' ? (left.milliseconds - right.milliseconds) / MILLISECONDS_A_DAY : null;
}

function toNumber(text: Scalar | undefined): Scalar {
  if (textOf(text) === '') return null;
  const trimmed = textOf(text).trim();
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$/.test(trimmed))
    throw new FormulaError('VALUE() was given a text that is not a number');
  return Number(trimmed);
}

/** Arithmetic. Numbers are JavaScript's; the platform's decimals are exact, so money does not belong here. */
export const numberFunctions: Readonly<Record<string, FormulaFunction>> = {
  '+': plus,
  '-': minus,
  '*': numeric(2, (one, other) => one * other),
  '/': numeric(2, (one, other) => one / other),
  '^': numeric(2, (one, other) => one ** other),
  ABS: numeric(1, Math.abs),
  FLOOR: numeric(1, Math.floor),
  CEILING: numeric(1, Math.ceil),
  ROUND: numeric(2, round),
  MOD: numeric(2, (one, other) => one % other),
  MAX: extreme(Math.max),
  MIN: extreme(Math.min),
  VALUE: define([TEXT], 'Number', ([text]) => toNumber(text)),
};
