import type { FlowAssignment, FlowInputAssignment } from './flow-elements.ts';
import { FlowFault } from './flow-fault.ts';
import {
  copyValue,
  flowRecord,
  isCollection,
  isRecord,
  referenceValue,
  roundTo,
  scalarOf,
  sourceValue,
  type FlowValue,
  type Interview,
} from './flow-interview.ts';
import { nameKey } from './flow-program.ts';
import { addValues, subtractValues } from './formula-number-functions.ts';
import { toFieldValue, type Scalar } from './formula-value.ts';
import type { SObjectRecord } from './record.ts';

/** Runs the items of an assignment in order; each sees what the ones before it did. Throws a FlowFault. */
export function runAssignment(interview: Interview, assignment: FlowAssignment): void {
  for (const { assignToReference: path, operator, value } of assignment.assignmentItems) {
    const operand = sourceValue(interview, value);
    setReference(interview, path, operator === 'Assign' ? operand : combine(interview, path, operator, operand));
  }
}

function combine(
  interview: Interview,
  path: string,
  operator: 'Add' | 'AddItem' | 'Subtract' | 'AssignCount',
  operand: FlowValue,
): FlowValue {
  if (operator === 'AssignCount') return isCollection(operand) ? operand.length : 0;
  const present = referenceValue(interview, path, 'element');
  if (isCollection(present)) return [...present, ...(isCollection(operand) ? operand : [operand]).map(copyValue)];
  if (operator === 'AddItem') throw new FlowFault(`${path} is not a collection.`);
  const [left, right] = [scalarOf(present, path) ?? neutral(operand), scalarOf(operand, path)];
  return operator === 'Add' ? addValues(left, right) : subtractValues(left, right);
}

/** A variable that was never set counts as nothing when a number is added to it. */
const neutral = (operand: FlowValue): Scalar => (typeof operand === 'number' ? 0 : null);

/** Gives a variable, a field of a record variable, of the current item or of `$Record` a value. Throws a FlowFault. */
export function setReference(interview: Interview, path: string, value: FlowValue): void {
  const [head, field] = path.split('.') as [string, string | undefined];
  if (field !== undefined) setField(interview, head, field, scalarOf(value, path));
  else interview.values.set(nameKey(head), copyValue(rounded(interview, head, value)));
}

function rounded(interview: Interview, name: string, value: FlowValue): FlowValue {
  const resource = interview.program.resources.get(nameKey(name));
  if (isCollection(value) || isRecord(value) || resource?.kind !== 'variable') return value;
  return roundTo(value, resource.element.scale);
}

function setField(interview: Interview, head: string, name: string, value: Scalar): void {
  const { host, trigger, program } = interview;
  const object = head === '$Record' ? program.flow.start.object! : recordObject(interview, head);
  const field = host.schema(object)?.field(name);
  if (field === undefined) throw new FlowFault(`The field ${name} for the object ${object} doesn't exist.`);
  const held = interview.values.get(nameKey(head)) ?? null;
  const record =
    head === '$Record' ? trigger.record : isRecord(held) ? held.fields : newRecord(interview, head, object);
  record[field.name] = toFieldValue(value);
}

function recordObject(interview: Interview, name: string): string {
  const held = interview.values.get(nameKey(name)) ?? null;
  if (isRecord(held)) return held.object;
  const resource = interview.program.resources.get(nameKey(name));
  const object = resource?.kind === 'variable' ? resource.element.objectType : undefined;
  if (object === undefined) throw new FlowFault(`${name} holds no record.`);
  return object;
}

function newRecord(interview: Interview, name: string, object: string): SObjectRecord {
  const record = flowRecord(object, {});
  interview.values.set(nameKey(name), record);
  return record.fields;
}

/** The fields that input assignments give to a record of an object. Throws a FlowFault. */
export function inputFields(
  interview: Interview,
  object: string,
  assignments: readonly FlowInputAssignment[],
): SObjectRecord {
  const fields = Object.create(null) as SObjectRecord;
  for (const { field, value } of assignments) {
    const name = interview.host.schema(object)?.field(field)?.name;
    if (name === undefined) throw new FlowFault(`The field ${field} for the object ${object} doesn't exist.`);
    fields[name] = toFieldValue(scalarOf(sourceValue(interview, value), field));
  }
  return fields;
}
