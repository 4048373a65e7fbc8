import type { FlowCondition, FlowFilter, FlowRule, FlowStart } from './flow-elements.ts';
import { FlowFault } from './flow-fault.ts';
import {
  isCollection,
  isRecord,
  referenceValue,
  scalarOf,
  sourceValue,
  type FlowValue,
  type Interview,
} from './flow-interview.ts';
import { holdsTogether } from './flow-logic.ts';
import { compileFormula, runExpression } from './formula-run.ts';
import { compareValues, FormulaError, sameValue, type Scalar } from './formula-value.ts';

/** Whether the record of an interview satisfies the start of its flow. Throws a FlowFault. */
export function meetsStart(interview: Interview): boolean {
  const { start } = interview.program.flow;
  if (!meetsCriteria(interview, start)) return false;
  if (!start.doesRequireRecordChangedToMeetCriteria || interview.trigger.prior === undefined) return true;
  return !meetsCriteria(beforeThisSave(interview), start);
}

/** Whether an outcome of a decision is taken. Throws a FlowFault. */
export function meetsRule(interview: Interview, rule: FlowRule): boolean {
  if (!meetsConditions(interview, rule)) return false;
  if (!rule.doesRequireRecordChangedToMeetCriteria || interview.trigger.prior === undefined) return true;
  return !meetsConditions(beforeThisSave(interview), rule);
}

/** The interview as it would be for the record before this save. */
function beforeThisSave(interview: Interview): Interview {
  const prior = interview.trigger.prior!;
  return { ...interview, trigger: { record: prior, prior } };
}

function meetsCriteria(interview: Interview, start: FlowStart): boolean {
  if (start.filterFormula !== undefined) return meetsFormula(interview, start.filterFormula);
  return holdsTogether(start.filterLogic ?? 'and', start.filters.length, (index) =>
    meetsFilter(interview, start.filters[index]!),
  );
}

function meetsFilter(interview: Interview, filter: FlowFilter): boolean {
  return meetsCondition(interview, {
    leftValueReference: `$Record.${filter.field}`,
    operator: filter.operator,
    rightValue: filter.value,
  });
}

function meetsFormula(interview: Interview, formula: string): boolean {
  const read = (path: string): Scalar => scalarOf(referenceValue(interview, path, 'formula'), path);
  try {
    const value = runExpression(compileFormula(formula), {
      value: read,
      prior: (path) => read(path.replace(/^\$Record\./, '$Record__Prior.')),
      isNew: interview.trigger.prior === undefined,
      now: interview.host.now(),
    });
    return value === true;
  } catch (error) {
    if (error instanceof FormulaError) throw new FlowFault(`The entry formula has no value: ${error.message}.`);
    throw error;
  }
}

function meetsConditions(interview: Interview, rule: FlowRule): boolean {
  return holdsTogether(rule.conditionLogic, rule.conditions.length, (index) =>
    meetsCondition(interview, rule.conditions[index]!),
  );
}

/** Whether a condition holds for an interview as it stands. Throws a FlowFault. */
export function meetsCondition(
  interview: Interview,
  condition: Pick<FlowCondition, 'leftValueReference' | 'operator' | 'rightValue'>,
): boolean {
  const path = condition.leftValueReference;
  const left = referenceValue(interview, path, 'element');
  const right = sourceValue(interview, condition.rightValue);
  switch (condition.operator) {
    case 'IsNull':
      return (left === null) === (right === true);
    case 'IsBlank':
      return (left === null || left === '') === (right === true);
    case 'IsEmpty':
      return (isCollection(left) ? left.length === 0 : left === null || left === '') === (right === true);
    case 'IsChanged':
      return isChanged(interview, path, left) === (right === true);
    case 'In':
    case 'NotIn':
      return (
        isCollection(right) &&
        right.some((each) => sameValue(scalarOf(left, path), scalarOf(each, path))) === (condition.operator === 'In')
      );
    default:
      return compares(condition.operator, scalarOf(left, path), scalarOf(right, path));
  }
}

/** As ISCHANGED in formulas: nothing has changed in a record that is just being created. */
function isChanged(interview: Interview, path: string, value: FlowValue): boolean {
  if (interview.trigger.prior === undefined) return false;
  const before = referenceValue(interview, path.replace(/^\$Record\./, '$Record__Prior.'), 'element');
  return !isRecord(value) && !sameValue(scalarOf(value, path), scalarOf(before, path));
}

type Comparison = Exclude<FlowCondition['operator'], 'IsNull' | 'IsBlank' | 'IsEmpty' | 'IsChanged' | 'In' | 'NotIn'>;

/**
 * Texts are compared with case. An empty text is not null. A comparison of order, or of a part of a text, with a blank
 * is never true.
 */
function compares(operator: Comparison, left: Scalar, right: Scalar): boolean {
  if (operator === 'EqualTo' || operator === 'NotEqualTo') {
    const same = (left === null) === (right === null) && sameValue(left, right);
    return same === (operator === 'EqualTo');
  }
  if (operator === 'StartsWith' || operator === 'EndsWith' || operator === 'Contains')
    return hasPart(operator, left, right);
  const difference = compareValues(left, right);
  if (difference === undefined) return false;
  if (operator === 'GreaterThan') return difference > 0;
  if (operator === 'GreaterThanOrEqualTo') return difference >= 0;
  return operator === 'LessThan' ? difference < 0 : difference <= 0;
}

function hasPart(operator: 'StartsWith' | 'EndsWith' | 'Contains', whole: Scalar, part: Scalar): boolean {
  if (typeof whole !== 'string' || typeof part !== 'string' || part === '') return false;
  if (operator === 'StartsWith') return whole.startsWith(part);
  return operator === 'EndsWith' ? whole.endsWith(part) : whole.includes(part);
}
