import { FlowFault, unsetFault } from './flow-fault.ts';
import type { FlowDataType, FlowFormula, FlowSubflow, FlowTextTemplate, FlowValueSource } from './flow-elements.ts';
import type { FlowHost, TriggerRecord } from './flow-host.ts';
import { nameKey, type FlowProgram } from './flow-program.ts';
import { fieldValue, globalValue } from './formula.ts';
import { compileFormula, runExpression } from './formula-run.ts';
import { FormulaError, parseDate, parseDateTime, toFieldValue, type Scalar } from './formula-value.ts';
import type { SaveError, SObjectRecord } from './record.ts';

/** A record that a flow holds; it belongs to one interview and is copied whenever it is assigned. */
export interface FlowRecord {
  readonly kind: 'record';
  readonly object: string;
  readonly fields: SObjectRecord;
}

/** A value of a flow: a single value, a record or a collection of either. */
export type FlowValue = Scalar | FlowRecord | readonly FlowValue[];

/** A flow that waits for the end of the one it has called. */
export interface Caller {
  readonly program: FlowProgram;
  readonly values: Map<string, FlowValue>;
  readonly loops: Map<string, FlowValue[]>;
  readonly call: FlowSubflow;
}

/** One run of one flow, for one record when a record triggers it. */
export interface Interview {
  /** The flow that is running now: that of the interview, or one that it has called. */
  program: FlowProgram;
  readonly host: FlowHost;
  readonly trigger: TriggerRecord;
  /** The place of the record in its batch. */
  readonly place: number;
  /** Values of variables, element outputs and loop items by name key. */
  values: Map<string, FlowValue>;
  /** What each running loop has left. */
  loops: Map<string, FlowValue[]>;
  /** The flows that wait, the first of them first. */
  readonly callers: Caller[];
  /** Elements and outcomes of the interview's own flow that it has come by, by name key. */
  readonly visited: Set<string>;
  /** The element to run next; undefined at the end. */
  next: string | undefined;
  steps: number;
  faultMessage: string;
  /** Set when the interview has failed. */
  error: SaveError | undefined;
}

/** Where a reference stands: what is unset is blank in a formula, but makes an element fail. */
type Place = 'element' | 'formula';

/** Begins an interview at the start of its flow. */
export function beginInterview(program: FlowProgram, trigger: TriggerRecord, place: number, host: FlowHost): Interview {
  return {
    program,
    host,
    trigger,
    place,
    values: initialValues(program),
    loops: new Map(),
    callers: [],
    visited: new Set(),
    next: program.flow.start.connector?.targetReference,
    steps: 0,
    faultMessage: '',
    error: undefined,
  };
}

/** What the variables of a flow hold when it begins. */
export function initialValues(program: FlowProgram): Map<string, FlowValue> {
  const entries = program.flow.variables.map(({ name, value, isCollection }): [string, FlowValue] => [
    nameKey(name),
    isCollection ? [] : value === undefined ? null : literalValue(value),
  ]);
  return new Map(entries);
}

/** A record, copied so that a change of it stays with its new holder. */
export function copyValue(value: FlowValue): FlowValue {
  if (isCollection(value)) return value.map(copyValue);
  return isRecord(value) ? flowRecord(value.object, value.fields) : value;
}

/** A record that a flow holds, with a copy of the given fields. */
export function flowRecord(object: string, fields: SObjectRecord): FlowRecord {
  return { kind: 'record', object, fields: Object.assign(Object.create(null) as SObjectRecord, fields) };
}

export const isCollection = (value: FlowValue): value is readonly FlowValue[] => Array.isArray(value);

export const isRecord = (value: FlowValue): value is FlowRecord =>
  value !== null && typeof value === 'object' && !isCollection(value) && value.kind === 'record';

/** A value that is neither a record nor a collection. Throws a FlowFault. */
export function scalarOf(value: FlowValue, path: string): Scalar {
  if (isCollection(value) || isRecord(value))
    throw new FlowFault(`${path} is a record or a collection where a single value is needed.`);
  return value;
}

/** The value that a literal or a reference of the flow file stands for. Throws a FlowFault. */
export function sourceValue(interview: Interview, source: FlowValueSource | undefined): FlowValue {
  if (source === undefined) return null;
  if (source.elementReference !== undefined) return referenceValue(interview, source.elementReference, 'element');
  return literalValue(source);
}

/** The value of a literal; null when the source holds a reference or nothing. */
export function literalValue(source: FlowValueSource): Scalar {
  if (source.stringValue !== undefined) return source.stringValue;
  if (source.numberValue !== undefined) return Number(source.numberValue);
  if (source.dateValue !== undefined) return parseDate(source.dateValue) ?? null;
  if (source.dateTimeValue !== undefined) return parseDateTime(source.dateTimeValue) ?? null;
  return source.booleanValue ?? null;
}

/**
 * The value of a path such as `$Record.Status__c`, `varName`, `Get_Person.Name` or `Call_a_Flow.Outcome`, the output of
 * a called flow. Throws a FlowFault.
 */
export function referenceValue(interview: Interview, path: string, place: Place): FlowValue {
  const [head, ...rest] = path.split('.') as [string, ...string[]];
  if (head.startsWith('$')) return globalReference(interview, path, head, rest, place);
  const resource = interview.program.resources.get(nameKey(head));
  if (resource?.kind === 'formula') return formulaValue(interview, resource.element);
  if (resource?.kind === 'template') return templateText(interview, resource.element);
  if (resource?.kind === 'constant') return sourceValue(interview, resource.element.value);
  const output = interview.values.get(nameKey(path));
  if (output !== undefined) return output;
  return memberValue(interview, interview.values.get(nameKey(head)) ?? null, path, rest, place);
}

function memberValue(
  interview: Interview,
  value: FlowValue,
  path: string,
  rest: readonly string[],
  place: Place,
): FlowValue {
  if (rest.length === 0) return value;
  if (isRecord(value)) return recordField(interview, value.object, value.fields, path, rest, place);
  if (place === 'formula') return null;
  throw unsetFault(path);
}

function globalReference(
  interview: Interview,
  path: string,
  head: string,
  rest: readonly string[],
  place: Place,
): FlowValue {
  const { trigger, host, program } = interview;
  const object = program.flow.start.object!;
  if (head === '$Record')
    return rest.length === 0
      ? flowRecord(object, trigger.record)
      : recordField(interview, object, trigger.record, path, rest, place);
  if (head === '$CustomMetadata') return settingValue(interview, path, rest);
  if (head === '$Record__Prior') return priorValue(interview, object, path, rest, place);
  if (path === '$Flow.FaultMessage') return interview.faultMessage;
  if (path === '$Flow.CurrentDateTime') return { kind: 'datetime', milliseconds: host.now().getTime() };
  if (path === '$Flow.CurrentDate') return parseDate(host.now().toISOString().slice(0, 10)) ?? null;
  if (path === '$GlobalConstant.EmptyString') return '';
  if (path === '$GlobalConstant.True' || path === '$GlobalConstant.False') return path.endsWith('True');
  const value = globalValue(path, host);
  if (value === undefined) throw unsetFault(path);
  return value;
}

/** `$CustomMetadata.Type__mdt.Record.Field__c`; blank when the record has been deleted since the flow was deployed. */
function settingValue({ host }: Interview, path: string, [object, record, field]: readonly string[]): Scalar {
  const [schema, fields] = [host.schema(object!), host.customMetadata(object!, record!)];
  return schema === undefined || fields === undefined
    ? null
    : orFault(path, () => fieldValue(field!, schema, fields, host));
}

/** On create there is no prior record, and all its fields are blank. */
function priorValue(
  interview: Interview,
  object: string,
  path: string,
  rest: readonly string[],
  place: Place,
): FlowValue {
  const { prior } = interview.trigger;
  if (prior === undefined) return null;
  return rest.length === 0 ? flowRecord(object, prior) : recordField(interview, object, prior, path, rest, place);
}

function recordField(
  interview: Interview,
  object: string,
  fields: SObjectRecord,
  path: string,
  rest: readonly string[],
  place: Place,
): Scalar {
  const schema = interview.host.schema(object);
  if (schema === undefined) throw new FlowFault(`The object ${object} doesn't exist.`);
  const lookup =
    rest.length === 1
      ? undefined
      : schema.fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === rest[0]!.toLowerCase());
  if (place === 'element' && lookup !== undefined && (fields[lookup.name] ?? null) === null) throw unsetFault(path);
  return orFault(path, () => fieldValue(rest.join('.'), schema, fields, interview.host));
}

/** The value of a formula resource, computed now. Throws a FlowFault. */
function formulaValue(interview: Interview, formula: FlowFormula): Scalar {
  const value = orFault(formula.name, () =>
    runExpression(compileFormula(formula.expression), {
      value: (path) => scalarOf(referenceValue(interview, path, 'formula'), path),
      prior: (path) =>
        scalarOf(referenceValue(interview, path.replace(/^\$Record\./, '$Record__Prior.'), 'formula'), path),
      isNew: interview.trigger.prior === undefined,
      now: interview.host.now(),
    }),
  );
  return roundTo(value, formula.scale);
}

/** A number with as many decimals as its resource has. */
export function roundTo(value: Scalar, scale: number | undefined): Scalar {
  return typeof value === 'number' && scale !== undefined ? Number(value.toFixed(scale)) : value;
}

function orFault<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof FormulaError)
      throw new FlowFault(`The formula or field ${path} has no value: ${error.message}.`);
    throw error;
  }
}

function templateText(interview: Interview, template: FlowTextTemplate): string {
  return template.text.replace(/\{!([^{}\s]+)\}/g, (_, path: string) => {
    const value = scalarOf(referenceValue(interview, path, 'element'), path);
    return String(toFieldValue(value) ?? '');
  });
}

/** Data types of flow files by the formula type of their values. */
export const FORMULA_TYPES = {
  String: 'Text',
  Picklist: 'Text',
  Number: 'Number',
  Currency: 'Number',
  Boolean: 'Boolean',
  Date: 'Date',
  DateTime: 'Datetime',
} as const satisfies Record<Exclude<FlowDataType, 'SObject'>, string>;
