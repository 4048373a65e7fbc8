import type { Flow, FlowValueSource, FlowVariable } from './flow-elements.ts';
import type { ObjectSchema } from './flow-host.ts';
import { FORMULA_TYPES, literalValue } from './flow-interview.ts';
import { nameKey, stepNamed, type FlowProgram, type FlowResource, type FlowStep } from './flow-program.ts';
import { findField, globalType, type SchemaOf } from './formula.ts';
import { FormulaProblem } from './formula-parser.ts';
import { formulaTypeOf, typeOfValue, type FormulaType } from './formula-value.ts';

/** What a reference of a flow stands for. */
export interface ReferenceType {
  readonly type: FormulaType | 'Record';
  /** The object of a record. */
  readonly object?: string | undefined;
  readonly collection: boolean;
  /** Whether an assignment may change it. */
  readonly settable: boolean;
}

/** What an org holds besides objects that a flow may name. */
export interface FlowNeighbours {
  flow(name: string): Flow | undefined;
  /** Whether there is a record of custom metadata of this DeveloperName. */
  hasCustomMetadata(object: string, developerName: string): boolean;
}

/** A flow among the objects, flows and settings of an org. */
export interface FlowContext {
  readonly program: FlowProgram;
  readonly schemaOf: SchemaOf;
  readonly neighbours: FlowNeighbours;
}

/** Objects whose names end so are types of custom metadata. */
const CUSTOM_METADATA = '__mdt';

const FLOW_GLOBALS = new Map<string, FormulaType>([
  ['$Flow.CurrentDateTime', 'Datetime'],
  ['$Flow.CurrentDate', 'Date'],
  ['$Flow.FaultMessage', 'Text'],
  ['$GlobalConstant.EmptyString', 'Text'],
  ['$GlobalConstant.True', 'Boolean'],
  ['$GlobalConstant.False', 'Boolean'],
]);

const single = (type: FormulaType, settable = false): ReferenceType => ({ type, collection: false, settable });

/** The type of a path. Throws a FormulaProblem that says what is wrong with it. */
export function typeOfReference(context: FlowContext, path: string): ReferenceType {
  const [head, ...rest] = path.split('.') as [string, ...string[]];
  if (head.startsWith('$')) return typeOfGlobal(context, path, head, rest);
  const { program } = context;
  const input = screenInput(program.flow, head);
  if (input !== undefined) return input;
  const resource = program.resources.get(nameKey(head));
  const step = stepNamed(program, head);
  if (step?.kind === 'subflow' && step.element.storeOutputAutomatically)
    return typeOfSubflowOutput(context, step.element.flowName, rest, path);
  const base = resource === undefined ? step && typeOfOutput(context, step) : typeOfResource(resource);
  if (base === undefined) throw new FormulaProblem(`The reference ${path} names no resource of this flow.`);
  if (rest.length === 0) return base;
  if (base.type !== 'Record' || base.collection)
    throw new FormulaProblem(`The reference ${path} asks for a field of something that is no record.`);
  if (step?.kind === 'lookup') checkQueried(step.element.queriedFields, rest[0]!, path);
  return { ...typeOfField(context, base.object!, rest, path), settable: rest.length === 1 };
}

/** What a person types into a screen. */
function screenInput(flow: Flow, name: string): ReferenceType | undefined {
  const field = flow.screens.flatMap(({ fields }) => fields).find((each) => nameKey(each.name) === nameKey(name));
  return field === undefined || field.fieldType === 'DisplayText' ? undefined : single('Text');
}

function typeOfSubflowOutput(
  { neighbours }: FlowContext,
  flowName: string,
  rest: readonly string[],
  path: string,
): ReferenceType {
  const variable = neighbours.flow(flowName)?.variables.find(({ name }) => nameKey(name) === nameKey(rest[0] ?? ''));
  if (!variable?.isOutput || rest.length > 1)
    throw new FormulaProblem(`The reference ${path} names no output of ${flowName}.`);
  return { ...typeOfVariable(variable), settable: false };
}

function checkQueried(queried: readonly string[], field: string, path: string): void {
  const known = queried.map((name) => name.toLowerCase());
  if (known.length > 0 && field.toLowerCase() !== 'id' && !known.includes(field.toLowerCase())) {
    throw new FormulaProblem(`The field of ${path} is not among the fields that its Get Records element stores.`);
  }
}

function typeOfGlobal(context: FlowContext, path: string, head: string, rest: readonly string[]): ReferenceType {
  const { start } = context.program.flow;
  if (head === '$CustomMetadata') return typeOfSetting(context, path, rest);
  if ((head === '$Record' || head === '$Record__Prior') && start.object !== undefined) {
    if (head === '$Record__Prior' && start.recordTriggerType === 'Create') {
      throw new FormulaProblem(
        `The $Record__Prior global variable can't be used in a flow that runs only when a record is created.`,
      );
    }
    if (rest.length === 0) return { type: 'Record', object: start.object, collection: false, settable: false };
    const settable = head === '$Record' && rest.length === 1 && start.triggerType === 'RecordBeforeSave';
    return { ...typeOfField(context, start.object ?? '', rest, path), settable };
  }
  const type = FLOW_GLOBALS.get(path) ?? globalType(path);
  if (type === undefined) throw new FormulaProblem(`The reference ${path} names no resource of this flow.`);
  return single(type);
}

/** `$CustomMetadata.Type__mdt.Record.Field__c`. */
function typeOfSetting(context: FlowContext, path: string, rest: readonly string[]): ReferenceType {
  const [object = '', record = '', ...fields] = rest;
  const known = object.endsWith(CUSTOM_METADATA) && context.schemaOf(object) !== undefined;
  if (!known || fields.length !== 1 || !context.neighbours.hasCustomMetadata(object, record))
    throw new FormulaProblem(`Field ${path} does not exist. Check spelling.`);
  return typeOfField(context, object, fields, path);
}

function typeOfField(context: FlowContext, objectName: string, steps: readonly string[], path: string): ReferenceType {
  const field = findField(steps.join('.'), schemaNamed(context, objectName), context.schemaOf);
  const { triggerType } = context.program.flow.start;
  if (
    path.startsWith('$Record.') &&
    steps.length === 1 &&
    field.formula !== undefined &&
    triggerType === 'RecordBeforeSave'
  ) {
    throw new FormulaProblem(`The formula field of ${path} has no value before the record is saved.`);
  }
  const type = formulaTypeOf(field);
  if (type === undefined)
    throw new FormulaProblem(`The field ${path} has the type ${field.type}, which the local org's flows do not read.`);
  return single(type);
}

/** The schema of an object. Throws a FormulaProblem. */
export function schemaNamed({ schemaOf }: FlowContext, objectName: string): ObjectSchema {
  const schema = schemaOf(objectName);
  if (schema === undefined) throw new FormulaProblem(`The object "${objectName}" doesn't exist.`);
  return schema;
}

function typeOfResource(resource: FlowResource): ReferenceType {
  switch (resource.kind) {
    case 'variable':
      return typeOfVariable(resource.element);
    case 'constant':
      return typeOfVariable({ ...resource.element, isCollection: false, objectType: undefined }, false);
    case 'formula':
      return single(FORMULA_TYPES[resource.element.dataType]);
    case 'template':
      return single('Text');
  }
}

/** The type of a variable. */
export function typeOfVariable(
  { dataType, isCollection, objectType }: Pick<FlowVariable, 'dataType' | 'isCollection' | 'objectType'>,
  settable = true,
): ReferenceType {
  const collection = isCollection === true;
  if (dataType === 'SObject') return { type: 'Record', object: objectType, collection, settable };
  return { type: FORMULA_TYPES[dataType], collection, settable };
}

/** What a step leaves under its own name; undefined when it leaves nothing. */
function typeOfOutput(context: FlowContext, step: FlowStep): ReferenceType | undefined {
  if (step.kind === 'lookup' && step.element.storeOutputAutomatically) {
    return {
      type: 'Record',
      object: step.element.object,
      collection: !step.element.getFirstRecordOnly,
      settable: false,
    };
  }
  if (step.kind === 'create' && step.element.storeOutputAutomatically) return single('Text');
  if (step.kind === 'loop' && step.element.assignNextValueToReference === undefined) {
    const { collectionReference } = step.element;
    // An item of a loop is never a collection; asking for its type could go round in a circle.
    if (stepNamed(context.program, collectionReference)?.kind === 'loop')
      throw new FormulaProblem(`${collectionReference} is not a collection.`);
    return { ...typeOfReference(context, collectionReference), collection: false, settable: false };
  }
  return undefined;
}

/** The type of a literal or a reference. Throws a FormulaProblem. */
export function typeOfSource(context: FlowContext, source: FlowValueSource | undefined): ReferenceType {
  if (source === undefined) return single('Null');
  const members = [
    source.stringValue,
    source.numberValue,
    source.booleanValue,
    source.dateValue,
    source.dateTimeValue,
    source.elementReference,
  ];
  if (members.filter((member) => member !== undefined).length !== 1)
    throw new FormulaProblem('A value must be exactly one literal or reference.');
  if (source.elementReference !== undefined) return typeOfReference(context, source.elementReference);
  if (source.stringValue?.includes('{!')) {
    throw new FormulaProblem(
      'The local org resolves no merge fields inside a text value. Use a text template or a formula.',
    );
  }
  const value = literalValue(source);
  if (value === null || Number.isNaN(value)) throw new FormulaProblem('A literal is not a value of its type.');
  return single(typeOfValue(value));
}

/** Whether a value of one type can be given to, or compared with, something of another. */
export function fits(target: ReferenceType, source: ReferenceType): boolean {
  if (target.collection !== source.collection) return false;
  if (target.type === 'Record' || source.type === 'Record') {
    return target.type === source.type && target.object?.toLowerCase() === source.object?.toLowerCase();
  }
  return source.type === 'Null' || textual(target.type) === textual(source.type);
}

const textual = (type: FormulaType): FormulaType => (type === 'Picklist' ? 'Text' : type);
