import { meetsCondition } from './flow-condition.ts';
import { FlowFault } from './flow-fault.ts';
import type { Flow } from './flow.ts';
import type { FlowHost } from './flow-host.ts';
import { literalValue, type Interview } from './flow-interview.ts';
import { nameKey } from './flow-program.ts';
import { flag, inert, many, object, oneOf, optional, problemAt, required, text, type Read } from './flow-reader.ts';
import { runInterview } from './flow-run.ts';
import { parseXml, type XmlElement } from './flow-xml.ts';
import type { FlowProblem } from './flow-host.ts';
import type { Scalar } from './formula-value.ts';
import type { FieldValue, SObjectRecord } from './record.ts';

const value = object({
  stringValue: optional(text),
  numberValue: optional(text),
  booleanValue: optional(flag),
  dateValue: optional(text),
  dateTimeValue: optional(text),
  elementReference: optional(text),
  sobjectValue: optional(text),
});

const condition = object({
  leftValueReference: required(text),
  operator: required(
    oneOf(
      'EqualTo',
      'NotEqualTo',
      'GreaterThan',
      'GreaterThanOrEqualTo',
      'LessThan',
      'LessThanOrEqualTo',
      'Contains',
      'StartsWith',
      'EndsWith',
      'IsNull',
      'IsEmpty',
      'IsBlank',
      'WasVisited',
    ),
  ),
  rightValue: optional(value),
});

/** The written list: the members of the metadata type FlowTest that are run here. */
const flowTestElements = object({
  description: required(text),
  flowApiName: required(text),
  label: required(text),
  testPoints: many(
    object({
      assertions: many(object({ conditions: many(condition), errorMessage: required(text) })),
      elementApiName: required(oneOf('Start', 'Finish')),
      parameters: many(
        object({
          leftValueReference: required(text),
          type: required(
            oneOf('InputTriggeringRecordInitial', 'InputTriggeringRecordUpdated', 'InputVariable', 'ScheduledPath'),
          ),
          value: required(value),
        }),
      ),
    }),
  ),
  testType: required(oneOf('WithAssertion')),
  doesCommitChanges: inert,
});

/** One flow test: what the flow is given, and what must hold when it has ended. */
export type FlowTest = Read<typeof flowTestElements>;

/** Reads the root element of a `.flowtest-meta.xml`; what is not run here is a problem. */
export function readFlowTest(root: XmlElement): { readonly test: FlowTest; readonly problems: readonly FlowProblem[] } {
  const problems: FlowProblem[] = [];
  const test = flowTestElements(root, problems);
  const [start, finish, ...more] = test.testPoints;
  if (start?.elementApiName !== 'Start' || finish?.elementApiName !== 'Finish' || more.length > 0)
    problems.push(problemAt(test, 'A flow test has the test points Start and Finish, in this order.'));
  if (finish?.assertions.length === 0) problems.push(problemAt(test, 'The test point Finish asserts nothing.'));
  return { test, problems };
}

/** The flow test of a file. Throws an Error that names what is wrong with it. */
export function parseFlowTest(xml: string): FlowTest {
  const { test, problems } = readFlowTest(parseXml(xml));
  if (problems.length > 0) throw new Error(problems.map(({ problem }) => problem).join('\n'));
  return test;
}

/**
 * Runs a flow test as the platform does, one interview whose writes are taken back, and gives the messages of the
 * assertions that do not hold; none when it passes. There is no other record than those of the org.
 */
export function runFlowTest(test: FlowTest, flow: Flow, host: FlowHost): string[] {
  const undo = host.savepoint();
  try {
    const interview = runInterview(flow, triggerOf(test, flow, host), inputsOf(test), host);
    if (interview === undefined) return ['The start of the flow does not let the record in.'];
    if (interview.error !== undefined) return [`The flow failed: ${interview.error.message}`];
    return test.testPoints
      .flatMap(({ assertions }) => assertions)
      .filter(({ conditions }) => !conditions.every((each) => holds(interview, each)))
      .map(({ errorMessage }) => errorMessage);
  } catch (error) {
    if (!(error instanceof FlowFault)) throw error;
    return [`The flow failed: ${error.message}`];
  } finally {
    undo();
  }
}

type TestCondition = Read<typeof condition>;

function holds(interview: Interview, { leftValueReference, operator, rightValue }: TestCondition): boolean {
  if (operator === 'WasVisited')
    return interview.visited.has(nameKey(leftValueReference)) === (rightValue?.booleanValue ?? true);
  return meetsCondition(interview, { leftValueReference, operator, rightValue });
}

type Parameter = FlowTest['testPoints'][number]['parameters'][number];

const parametersOf = (test: FlowTest, type: Parameter['type']): Parameter[] =>
  test.testPoints.flatMap(({ parameters }) => parameters).filter((each) => each.type === type);

function inputsOf(test: FlowTest): Record<string, Scalar> {
  const entries = parametersOf(test, 'InputVariable').map((each): [string, Scalar] => [
    each.leftValueReference,
    literalValue(each.value),
  ]);
  return Object.fromEntries(entries);
}

/** On update the record has been saved before with its initial values. */
function triggerOf(
  test: FlowTest,
  flow: Flow,
  host: FlowHost,
): { readonly record: SObjectRecord; readonly prior: SObjectRecord | undefined } {
  const [initial] = parametersOf(test, 'InputTriggeringRecordInitial');
  const [updated] = parametersOf(test, 'InputTriggeringRecordUpdated');
  if (initial === undefined || flow.start.object === undefined)
    return { record: Object.create(null) as SObjectRecord, prior: undefined };
  const before = recordOf(initial, flow.start.object, host);
  if (updated === undefined) return { record: before, prior: undefined };
  return { record: { ...before, ...given(updated) }, prior: before };
}

function recordOf(parameter: Parameter, objectName: string, host: FlowHost): SObjectRecord {
  const fields = host.schema(objectName)?.fields ?? [];
  const record = Object.create(null) as SObjectRecord;
  for (const { name, type } of fields) record[name] = type === 'boolean' ? false : null;
  const values = given(parameter);
  for (const name of Object.keys(values)) {
    if (!(name in record)) throw new Error(`The object ${objectName} has no field ${name}`);
  }
  return Object.assign(record, values);
}

function given({ value: { sobjectValue } }: Parameter): Record<string, FieldValue> {
  return JSON.parse(sobjectValue ?? '{}') as Record<string, FieldValue>;
}
