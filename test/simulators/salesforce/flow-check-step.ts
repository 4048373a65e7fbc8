import { fail, type Check } from './flow-check.ts';
import { checkAction, checkScreen, checkSubflow } from './flow-check-call.ts';
import { checkCondition, checkFilter, checkInput, checkLogic, checkTarget, fieldNamed } from './flow-check-value.ts';
import type { Flow, FlowAssignment, FlowRecordLookup } from './flow-elements.ts';
import { schemaNamed, typeOfReference, typeOfSource, type FlowContext, type ReferenceType } from './flow-names.ts';
import { nameKey, type FlowProgram, type FlowStep } from './flow-program.ts';
import type { Placed } from './flow-reader.ts';
import { isLongText } from './formula.ts';

/** Checks one step of a flow against the objects of the org. */
export function checkStep(context: FlowContext, step: FlowStep, check: Check): void {
  const { element } = step;
  if (context.program.flow.start.triggerType === 'RecordBeforeSave') check(element, () => checkBeforeSave(step));
  switch (step.kind) {
    case 'assignment':
      return checkAssignment(context, step.element, check);
    case 'decision':
      for (const rule of step.element.rules) {
        check(rule, () => checkLogic(rule.conditionLogic, rule.conditions.length));
        check(rule, () => (rule.conditions.length === 0 ? fail('An outcome needs a condition.') : undefined));
        for (const condition of rule.conditions)
          check({ ...condition, name: rule.name }, () => checkCondition(context, condition));
      }
      return;
    case 'loop':
      return check(element, () => {
        const collection = typeOfReference(context, step.element.collectionReference);
        if (!collection.collection) fail(`${step.element.collectionReference} is not a collection.`);
        const item = step.element.assignNextValueToReference;
        if (item !== undefined) checkTarget(context, item, { ...collection, collection: false });
      });
    case 'lookup':
      return checkLookup(context, step.element, check);
    case 'subflow':
      return checkSubflow(context, step.element, check);
    case 'action':
      return checkAction(context, step.element, check);
    case 'screen':
      return checkScreen(context, step.element, check);
    default:
      return checkWrite(context, step, check);
  }
}

function checkBeforeSave(step: FlowStep): void {
  const writes =
    ['create', 'delete', 'subflow', 'action'].includes(step.kind) ||
    (step.kind === 'update' && step.element.inputReference !== '$Record');
  if (writes)
    fail(
      "A flow that runs before the record is saved can't create, update or delete other records, call a flow or run an action.",
    );
  if (step.kind === 'update' && step.element.faultConnector !== undefined)
    fail("Before the save this element can't fail and has no fault path.");
}

function checkAssignment(context: FlowContext, assignment: FlowAssignment, check: Check): void {
  check(assignment, () => (assignment.assignmentItems.length === 0 ? fail('An assignment needs an item.') : undefined));
  for (const item of assignment.assignmentItems) {
    check({ ...item, name: assignment.name }, () => {
      const source = typeOfSource(context, item.value);
      const target = typeOfReference(context, item.assignToReference);
      if (!target.settable) fail(`${item.assignToReference} can't be set here.`);
      checkTarget(context, item.assignToReference, operandType(item.operator, target, source));
    });
  }
}

/** The type that an operand has for its target once the operator is taken into account. */
function operandType(
  operator: FlowAssignment['assignmentItems'][number]['operator'],
  target: ReferenceType,
  source: ReferenceType,
): ReferenceType {
  if (operator === 'AssignCount') {
    if (!source.collection) fail('AssignCount counts a collection.');
    return { type: 'Number', collection: false, settable: false };
  }
  if (operator === 'AddItem' && !target.collection) fail('AddItem adds to a collection.');
  if (operator === 'Subtract' && target.collection) fail("The local org doesn't interpret Subtract on a collection.");
  if (target.collection && operator !== 'Assign') return { ...source, collection: true };
  const moves =
    (operator === 'Add' || operator === 'Subtract') &&
    ['Date', 'Datetime'].includes(target.type) &&
    source.type === 'Number';
  if (operator === 'Subtract' && !moves && target.type !== 'Number')
    fail('Subtract takes numbers, or days from a date.');
  return moves ? target : source;
}

type Filtered = Placed & Pick<FlowRecordLookup, 'name' | 'filters' | 'filterLogic'>;

function checkFilters(context: FlowContext, object: string, element: Filtered, check: Check): void {
  check(element, () => checkLogic(element.filterLogic, element.filters.length));
  for (const filter of element.filters)
    check({ ...filter, name: element.name }, () => checkFilter(context, object, filter));
}

function checkLookup(context: FlowContext, lookup: FlowRecordLookup, check: Check): void {
  check(lookup, () => schemaNamed(context, lookup.object));
  checkFilters(context, lookup.object, lookup, check);
  for (const name of lookup.queriedFields) check(lookup, () => fieldNamed(context, lookup.object, name));
  check(lookup, () => {
    if (lookup.sortField !== undefined && isLongText(fieldNamed(context, lookup.object, lookup.sortField))) {
      fail(`field '${lookup.sortField}' can not be sorted in a query call`);
    }
  });
  check(lookup, () =>
    lookup.limit === undefined || typeOfSource(context, lookup.limit).type === 'Number'
      ? undefined
      : fail('The limit must be a number.'),
  );
  check(lookup, () => checkStore(context, lookup));
  for (const { field, assignToReference } of lookup.outputAssignments) {
    check(lookup, () => {
      const type = typeOfReference(
        { ...context, program: storing(context.program, lookup) },
        `${lookup.name}.${field}`,
      );
      checkTarget(context, assignToReference, type);
    });
  }
}

function checkStore(context: FlowContext, lookup: FlowRecordLookup): void {
  const ways = [
    lookup.storeOutputAutomatically === true,
    lookup.outputReference !== undefined,
    lookup.outputAssignments.length > 0,
  ];
  if (ways.filter(Boolean).length !== 1) fail('It must store what it finds in exactly one way.');
  if (lookup.outputReference !== undefined) {
    const found = {
      type: 'Record' as const,
      object: lookup.object,
      collection: !lookup.getFirstRecordOnly,
      settable: false,
    };
    checkTarget(context, lookup.outputReference, found);
  }
}

/** The program as if the element stored its one record under its own name, which is how its fields are read. */
function storing(program: FlowProgram, lookup: FlowRecordLookup): FlowProgram {
  const element = { ...lookup, storeOutputAutomatically: true, getFirstRecordOnly: true, queriedFields: [] };
  return { ...program, steps: new Map(program.steps).set(nameKey(lookup.name), { kind: 'lookup', element }) };
}

type Write = Extract<FlowStep, { kind: 'create' | 'update' | 'delete' }>;

function checkWrite(context: FlowContext, step: Write, check: Check): void {
  const { element } = step;
  const { object, inputReference, name } = element;
  const inputs = 'inputAssignments' in element ? element.inputAssignments : [];
  const filters = 'filters' in element ? element.filters : [];
  if (inputReference !== undefined) check(element, () => checkInputReference(context, step, inputReference));
  else check(element, () => schemaNamed(context, object ?? fail('It needs an object or a record.')));
  const target = inputReference === '$Record' ? context.program.flow.start.object : object;
  for (const input of inputs) check({ ...input, name }, () => checkInput(context, target ?? '', input));
  if ('filterLogic' in element) checkFilters(context, object ?? '', element, check);
  check(element, () => {
    if (step.kind !== 'create' && inputReference === undefined && filters.length === 0)
      fail('Without a condition it would touch every record.');
    if (step.kind === 'update' && inputReference === undefined && inputs.length === 0) fail('It sets no field.');
  });
  if (step.kind === 'create') check(element, () => checkStoredId(context, step.element));
}

function checkInputReference(context: FlowContext, step: Write, path: string): void {
  const { element } = step;
  const inputs = 'inputAssignments' in element ? element.inputAssignments : [];
  const filters = 'filters' in element ? element.filters : [];
  if (filters.length > 0) fail('It can have conditions or a record, not both.');
  if (path === '$Record' && step.kind === 'update') {
    if (inputs.length === 0) fail('The local org interprets an update of $Record by field values only.');
    return;
  }
  if (inputs.length > 0) fail('It can have field values or a record, not both.');
  if (path.includes('.') || path === '$Record__Prior') fail(`The local org does not write ${path}.`);
  if (typeOfReference(context, path).type !== 'Record') fail(`${path} is not a record or a collection of records.`);
}

function checkStoredId(context: FlowContext, create: Flow['recordCreates'][number]): void {
  if (create.assignRecordIdToReference === undefined) return;
  if (create.storeOutputAutomatically || create.inputReference !== undefined) fail('It must store the id in one way.');
  checkTarget(context, create.assignRecordIdToReference, { type: 'Text', collection: false, settable: false });
}
