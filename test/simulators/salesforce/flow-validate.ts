import type { Flow } from './flow-elements.ts';
import type { FlowProblem, ObjectSchema } from './flow-host.ts';

/** What is wrong with a parsed flow in an org of this schema; empty when it can be deployed. */
export function validateFlow(_flow: Flow, _schemaOf: (objectName: string) => ObjectSchema | undefined): FlowProblem[] {
  throw new Error('not written yet');
}
