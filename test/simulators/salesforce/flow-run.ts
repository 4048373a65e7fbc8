import { runAction } from './flow-action.ts';
import { inputFields, runAssignment, setReference } from './flow-assign.ts';
import { meetsRule, meetsStart } from './flow-condition.ts';
import { runDataStep } from './flow-data.ts';
import type { Flow, FlowActionCall, FlowLoop } from './flow-elements.ts';
import { FlowFault, triggerError, unsetFault } from './flow-fault.ts';
import type { FlowHost, TriggerRecord } from './flow-host.ts';
import {
  beginInterview,
  copyValue,
  isCollection,
  referenceValue,
  scalarOf,
  type FlowValue,
  type Interview,
} from './flow-interview.ts';
import { nameKey, programOf, stepNamed, type DataStep, type FlowStep } from './flow-program.ts';
import { enterSubflow, leaveSubflow } from './flow-subflow.ts';
import { toFieldValue, type Scalar } from './formula-value.ts';
import type { FieldValue, SaveError, SObjectRecord } from './record.ts';

/** Stands in for the platform's limit of CPU time, which ends a flow that runs in a circle. */
const MAX_STEPS = 20_000;

/**
 * Runs before-save flows, one after the other, over at most 200 records; they change the records in place.
 * `flows` come from `flowsFor`. The result holds an error for each record, by its place in the batch, whose interview
 * failed; such a row must not be saved, and the flows that follow the failed one did not run for it. A caller that
 * then saves the other rows anew begins with fresh copies of their records.
 */
export function runBeforeSaveFlows(
  flows: readonly Flow[],
  batch: readonly TriggerRecord[],
  host: FlowHost,
): Map<number, SaveError> {
  return runFlows(flows, batch, host);
}

/**
 * Runs after-save flows over at most 200 saved records, which carry their Id. When the result holds an error, the
 * caller takes the whole batch back to its state before the save, refuses those rows and saves the others anew, as
 * the platform does: what a failed interview wrote before it failed must not stay.
 */
export function runAfterSaveFlows(
  flows: readonly Flow[],
  batch: readonly TriggerRecord[],
  host: FlowHost,
): Map<number, SaveError> {
  return runFlows(flows, batch, host);
}

/** The outputs of an autolaunched flow, by name, or why it failed. */
export type AutolaunchedOutcome = { readonly outputs: Record<string, FieldValue> } | { readonly error: SaveError };

/** Runs a flow that no record triggers, with values for its input variables. Texts, numbers and the like only. */
export function runAutolaunchedFlow(
  flow: Flow,
  inputs: Readonly<Record<string, Scalar>>,
  host: FlowHost,
): AutolaunchedOutcome {
  const trigger = { record: Object.create(null) as SObjectRecord, prior: undefined };
  const interview = runInterview(flow, trigger, inputs, host)!;
  if (interview.error !== undefined) return { error: interview.error };
  const outputs = flow.variables
    .filter(({ isOutput }) => isOutput)
    .map(({ name }) => [name, toFieldValue(scalarOf(interview.values.get(nameKey(name)) ?? null, name))]);
  return { outputs: Object.fromEntries(outputs) as Record<string, FieldValue> };
}

/**
 * Runs one interview as a debug run does: nothing is asked of it but where it begins, and it can be looked at when it
 * has ended. Undefined when the start of the flow does not let the record in.
 */
export function runInterview(
  flow: Flow,
  trigger: TriggerRecord,
  inputs: Readonly<Record<string, Scalar>>,
  host: FlowHost,
): Interview | undefined {
  const interview = beginInterview(programOf(flow), trigger, 0, host);
  for (const [name, value] of Object.entries(inputs)) setInput(interview, name, value);
  if (flow.start.triggerType !== undefined && !meetsStart(interview)) return undefined;
  interview.next ??= flow.start.scheduledPaths[0]?.connector?.targetReference;
  runInStep([interview]);
  return interview;
}

function setInput(interview: Interview, name: string, value: Scalar): void {
  const { flow } = interview.program;
  const variable = flow.variables.find((each) => nameKey(each.name) === nameKey(name));
  if (!variable?.isInput) throw new Error(`The flow ${flow.fullName} has no input ${name}`);
  interview.values.set(nameKey(name), value);
}

/** The records of a batch that the start of a flow lets in. Its conditions are asked when the records are saved. */
export function enteringRecords(flow: Flow, batch: readonly TriggerRecord[], host: FlowHost): TriggerRecord[] {
  return batch.filter((trigger, place) => enters(beginInterview(programOf(flow), trigger, place, host)));
}

/**
 * Runs a flow from a given element for records that its start has let in: the path after the commit, or a scheduled
 * flow. The errors are those of the interviews that failed.
 */
export function runFlowFrom(
  flow: Flow,
  element: string | undefined,
  batch: readonly TriggerRecord[],
  host: FlowHost,
): SaveError[] {
  const interviews = batch.map((trigger, place) => ({
    ...beginInterview(programOf(flow), trigger, place, host),
    next: element,
  }));
  runInStep(interviews);
  return interviews.flatMap(({ error }) => error ?? []);
}

function runFlows(flows: readonly Flow[], batch: readonly TriggerRecord[], host: FlowHost): Map<number, SaveError> {
  const failed = new Map<number, SaveError>();
  for (const flow of flows) {
    const interviews = batch
      .map((trigger, place) => ({ trigger, place }))
      .filter(({ place }) => !failed.has(place))
      .map(({ trigger, place }) => beginInterview(programOf(flow), trigger, place, host));
    runInStep(interviews.filter(enters));
    for (const { place, error } of interviews) if (error !== undefined) failed.set(place, error);
  }
  return failed;
}

function enters(interview: Interview): boolean {
  try {
    return meetsStart(interview);
  } catch (error) {
    fail(interview, error);
    return false;
  }
}

/**
 * Runs the interviews of one flow in step: each goes on until it needs the database; then every element at which
 * some wait is run once for all of them.
 */
function runInStep(interviews: readonly Interview[]): void {
  for (;;) {
    const waiting = new Map<DataStep, Interview[]>();
    for (const interview of interviews) {
      const step = advance(interview);
      if (step === undefined) continue;
      const group = waiting.get(step);
      if (group === undefined) waiting.set(step, [interview]);
      else group.push(interview);
    }
    if (waiting.size === 0) return;
    for (const [step, group] of waiting) runForAll(step, group);
  }
}

function runForAll(step: DataStep, group: readonly Interview[]): void {
  for (const interview of group) interview.next = step.element.connector?.targetReference;
  runDataStep(step, group, (interview, fault) => {
    interview.next = step.element.faultConnector?.targetReference;
    interview.faultMessage = fault.message;
    if (interview.next === undefined) fail(interview, fault);
  });
}

/** Runs an interview up to the next data element, which it returns; undefined when the interview is over. */
function advance(interview: Interview): DataStep | undefined {
  try {
    for (;;) {
      while (interview.next === undefined && interview.callers.length > 0) leaveSubflow(interview);
      if (interview.next === undefined) return undefined;
      const step = stepNamed(interview.program, interview.next);
      if (step === undefined) throw new FlowFault(`The element ${interview.next} doesn't exist.`);
      if (interview.callers.length === 0) interview.visited.add(nameKey(step.element.name));
      if (++interview.steps > MAX_STEPS) throw new FlowFault('The flow ran too many elements, as if in a circle.');
      if (needsDatabase(interview, step)) return step;
      if (step.kind === 'subflow') enterSubflow(interview, step.element);
      else interview.next = runStep(interview, step);
    }
  } catch (error) {
    fail(interview, error);
    return undefined;
  }
}

const DATA_KINDS: readonly FlowStep['kind'][] = ['lookup', 'create', 'update', 'delete'];

function needsDatabase(interview: Interview, step: FlowStep): step is DataStep {
  return DATA_KINDS.includes(step.kind) && !changesInPlace(interview, step);
}

/** Before the save, Update Records of `$Record` changes the record that is about to be saved. */
function changesInPlace({ program }: Interview, step: FlowStep): boolean {
  return step.kind === 'update' && program.flow.start.triggerType === 'RecordBeforeSave';
}

/** Runs a step that needs no database; the result is the name of the next one. */
function runStep(interview: Interview, step: FlowStep): string | undefined {
  switch (step.kind) {
    case 'assignment':
      runAssignment(interview, step.element);
      return step.element.connector?.targetReference;
    case 'decision': {
      const rule = step.element.rules.find((each) => meetsRule(interview, each));
      if (rule !== undefined && interview.callers.length === 0) interview.visited.add(nameKey(rule.name));
      return (rule ?? { connector: step.element.defaultConnector }).connector?.targetReference;
    }
    case 'loop':
      return runLoop(interview, step.element);
    case 'action':
      return runActionCall(interview, step.element);
    case 'update': {
      const object = interview.program.flow.start.object!;
      Object.assign(interview.trigger.record, inputFields(interview, object, step.element.inputAssignments));
      return step.element.connector?.targetReference;
    }
    default:
      throw new FlowFault(`The element ${step.element.name} can't run before the save.`);
  }
}

function runActionCall(interview: Interview, call: FlowActionCall): string | undefined {
  try {
    runAction(interview, call);
    return call.connector?.targetReference;
  } catch (error) {
    if (!(error instanceof FlowFault) || call.faultConnector === undefined) throw error;
    interview.faultMessage = error.message;
    return call.faultConnector.targetReference;
  }
}

function runLoop(interview: Interview, loop: FlowLoop): string | undefined {
  const key = nameKey(loop.name);
  const item = loop.assignNextValueToReference ?? loop.name;
  const left = interview.loops.get(key) ?? loopItems(interview, loop);
  const first = left.shift();
  if (first === undefined) {
    interview.loops.delete(key);
    if (loop.assignNextValueToReference === undefined) interview.values.set(key, null);
    return loop.noMoreValuesConnector?.targetReference;
  }
  interview.loops.set(key, left);
  setReference(interview, item, copyValue(first));
  return loop.nextValueConnector?.targetReference;
}

function loopItems(interview: Interview, loop: FlowLoop): FlowValue[] {
  const collection = referenceValue(interview, loop.collectionReference, 'element');
  if (!isCollection(collection)) throw unsetFault(loop.collectionReference);
  return loop.iterationOrder === 'Desc' ? collection.toReversed() : [...collection];
}

/** Ends an interview with an error. What is no fault of the flow ends the whole transaction. */
function fail(interview: Interview, error: unknown): void {
  if (!(error instanceof FlowFault)) throw error;
  const { flow } = interview.callers[0]?.program ?? interview.program;
  interview.next = undefined;
  interview.callers.length = 0;
  interview.error = triggerError(flow.label, error.message);
}
