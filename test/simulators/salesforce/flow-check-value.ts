import type { FlowCondition, FlowFilter, FlowInputAssignment } from './flow-elements.ts';
import type { FieldSchema } from './flow-host.ts';
import { parseLogic } from './flow-logic.ts';
import {
  fits,
  schemaNamed,
  typeOfReference,
  typeOfSource,
  type FlowContext,
  type ReferenceType,
} from './flow-names.ts';
import { checkExpression, compileFormula } from './formula-run.ts';
import { isLongText } from './formula.ts';
import { FormulaProblem } from './formula-parser.ts';
import { formulaTypeOf, type FormulaType } from './formula-value.ts';

const TEXT_OPERATORS = ['StartsWith', 'EndsWith', 'Contains'];
const ORDER_OPERATORS = ['GreaterThan', 'GreaterThanOrEqualTo', 'LessThan', 'LessThanOrEqualTo'];
const STATE_OPERATORS = ['IsNull', 'IsChanged', 'IsEmpty', 'IsBlank'];

/** A field of an object by name. Throws a FormulaProblem. */
export function fieldNamed(context: FlowContext, objectName: string, name: string): FieldSchema {
  const field = schemaNamed(context, objectName).field(name);
  if (field === undefined)
    throw new FormulaProblem(`The field "${name}" for the object "${objectName}" doesn't exist.`);
  return field;
}

/** Checks a condition of a decision. Throws a FormulaProblem. */
export function checkCondition(context: FlowContext, condition: FlowCondition): void {
  const { leftValueReference: path, operator } = condition;
  const left = typeOfReference(context, path);
  if (operator === 'IsChanged') checkIsChanged(context, path);
  if (operator === 'IsEmpty' && !left.collection && left.type !== 'Text')
    throw new FormulaProblem(`IsEmpty takes a collection or a text, not ${path}.`);
  if (operator === 'IsNull' && left.collection) {
    throw new FormulaProblem(
      `The local org does not know whether an empty collection is null: use IsEmpty for ${path}.`,
    );
  }
  checkOperator(path, left, operator, typeOfSource(context, condition.rightValue));
}

function checkIsChanged(context: FlowContext, path: string): void {
  if (!/^\$Record\.\w+$/.test(path)) throw new FormulaProblem(`IsChanged takes a field of $Record, not ${path}.`);
  if (context.program.flow.start.recordTriggerType === 'Create') {
    throw new FormulaProblem("IsChanged can't be used in a flow that runs only when a record is created.");
  }
}

function checkOperator(
  name: string,
  left: ReferenceType,
  operator: FlowCondition['operator'],
  right: ReferenceType,
): void {
  if (STATE_OPERATORS.includes(operator)) {
    if (right.type !== 'Boolean') throw new FormulaProblem(`The operator ${operator} of ${name} needs true or false.`);
    return;
  }
  if (operator === 'In' || operator === 'NotIn') {
    if (!right.collection || !fits({ ...left, collection: true }, right)) throw mismatch(name, left, right);
    return;
  }
  if (left.collection || left.type === 'Record' || !fits(left, right)) throw mismatch(name, left, right);
  if (TEXT_OPERATORS.includes(operator) && left.type !== 'Text')
    throw new FormulaProblem(`The operator ${operator} takes a text, not ${name}.`);
  if (ORDER_OPERATORS.includes(operator) && !['Number', 'Date', 'Datetime'].includes(left.type)) {
    throw new FormulaProblem(`The operator ${operator} takes a number or a date, not ${name}.`);
  }
}

function mismatch(name: string, target: ReferenceType, source: ReferenceType): FormulaProblem {
  const describe = ({ type, collection }: ReferenceType): string => (collection ? `collection of ${type}` : type);
  return new FormulaProblem(
    `The data types of ${name} (${describe(target)}) and its value (${describe(source)}) don't match.`,
  );
}

/** Checks a condition of a data element. Throws a FormulaProblem. */
export function checkFilter(context: FlowContext, objectName: string, filter: FlowFilter): void {
  const field = fieldNamed(context, objectName, filter.field);
  if (isLongText(field)) throw new FormulaProblem(`field '${field.name}' can not be filtered in a query call`);
  if (filter.operator === 'IsChanged') throw new FormulaProblem('IsChanged is an operator of the start alone.');
  checkOperator(filter.field, fieldReference(field), filter.operator, typeOfSource(context, filter.value));
}

/** Checks a condition of the start. Throws a FormulaProblem. */
export function checkStartFilter(context: FlowContext, objectName: string, filter: FlowFilter): void {
  const field = fieldNamed(context, objectName, filter.field);
  if (filter.operator === 'IsChanged') checkIsChanged(context, `$Record.${filter.field}`);
  if (filter.value?.elementReference !== undefined && !filter.value.elementReference.startsWith('$')) {
    throw new FormulaProblem('The start of a flow can compare with literals and global variables only.');
  }
  checkOperator(filter.field, fieldReference(field), filter.operator, typeOfSource(context, filter.value));
}

function fieldReference(field: FieldSchema): ReferenceType {
  const type = formulaTypeOf(field);
  if (type === undefined)
    throw new FormulaProblem(
      `The field ${field.name} has the type ${field.type}, which the local org's flows do not read.`,
    );
  return { type, collection: false, settable: false };
}

/** Checks that a field can take its value. Throws a FormulaProblem. */
export function checkInput(
  context: FlowContext,
  objectName: string,
  { field: name, value }: FlowInputAssignment,
): void {
  const field = fieldNamed(context, objectName, name);
  if (field.formula !== undefined)
    throw new FormulaProblem(`The field ${name} is computed by a formula and can't be set.`);
  const [target, source] = [fieldReference(field), typeOfSource(context, value)];
  if (!fits(target, source)) throw mismatch(name, target, source);
}

/** Checks that a reference can be set to a value of a type. Throws a FormulaProblem. */
export function checkTarget(context: FlowContext, path: string, source: ReferenceType): void {
  const target = typeOfReference(context, path);
  if (!target.settable) throw new FormulaProblem(`${path} can't be set here.`);
  if (!fits(target, source)) throw mismatch(path, target, source);
}

/** Checks a condition logic against its number of conditions. Throws a FormulaProblem. */
export function checkLogic(logic: string | undefined, count: number): void {
  try {
    parseLogic(logic ?? 'and', count);
  } catch (error) {
    throw new FormulaProblem((error as Error).message);
  }
}

/** The type of a formula of the flow. `ofRecord`: it is the entry condition. Throws a FormulaProblem. */
export function checkFlowFormula(context: FlowContext, formula: string, ofRecord: boolean): FormulaType {
  return checkExpression(compileFormula(formula), {
    ofRecord,
    typeOf(path, merge) {
      if (!merge) throw new FormulaProblem(`Field ${path} does not exist. Check spelling.`);
      if (ofRecord && !path.startsWith('$'))
        throw new FormulaProblem(`The entry formula can't name ${path}: no element has run yet.`);
      const { type, collection } = typeOfReference(context, path);
      if (collection || type === 'Record')
        throw new FormulaProblem(`The formula uses ${path}, which is a record or a collection.`);
      return type;
    },
  });
}
