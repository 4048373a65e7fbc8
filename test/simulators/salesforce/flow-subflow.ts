import { setReference } from './flow-assign.ts';
import type { FlowSubflow } from './flow-elements.ts';
import { FlowFault } from './flow-fault.ts';
import { copyValue, initialValues, sourceValue, type Interview } from './flow-interview.ts';
import { nameKey, programOf } from './flow-program.ts';

/** Goes on with the first element of the flow that is called. Throws a FlowFault when it is not active. */
export function enterSubflow(interview: Interview, call: FlowSubflow): void {
  const flow = interview.host.flow(call.flowName);
  if (flow?.status !== 'Active') throw new FlowFault(`The flow ${call.flowName} has no active version.`);
  const inputs = call.inputAssignments.map(
    ({ name, value }) => [nameKey(name), copyValue(sourceValue(interview, value))] as const,
  );
  const { program, values, loops } = interview;
  interview.callers.push({ program, values, loops, call });
  interview.program = programOf(flow);
  interview.values = new Map([...initialValues(interview.program), ...inputs]);
  interview.loops = new Map();
  interview.next = flow.start.connector?.targetReference;
}

/** Goes on after the call, with the outputs of the flow that has ended. Throws a FlowFault. */
export function leaveSubflow(interview: Interview): void {
  const { program, values } = interview;
  const caller = interview.callers.pop()!;
  const { call } = caller;
  Object.assign(interview, { program: caller.program, values: caller.values, loops: caller.loops });
  if (call.storeOutputAutomatically) {
    for (const { name, isOutput } of program.flow.variables) {
      const value = values.get(nameKey(name)) ?? null;
      if (isOutput) interview.values.set(nameKey(`${call.name}.${name}`), copyValue(value));
    }
  }
  for (const { assignToReference, name } of call.outputAssignments) {
    setReference(interview, assignToReference, values.get(nameKey(name)) ?? null);
  }
  interview.next = call.connector?.targetReference;
}
