import { readFlowTest } from '../flow-test.ts';
import { problem } from './component.ts';
import type { CrossCheck } from './component-types.ts';
import { childNamed, textOf } from './xml-children.ts';

/** A flow test tests a flow that exists, and of it only what a flow test can: not a screen, nothing by the clock. */
export const checkFlowTest: CrossCheck = (metadata, _name, root) => {
  const name = textOf(root, 'flowApiName');
  const flow = metadata.flows.get(name.toLowerCase());
  const place = childNamed(root, 'flowApiName');
  if (flow === undefined) return [problem(`In field: flowApiName - no Flow named ${name} found`, place)];
  if (flow.processType === 'Flow' || flow.start.triggerType === 'Scheduled')
    return [problem(`The flow ${name} is neither record-triggered nor autolaunched and has no flow tests`, place)];
  return readFlowTest(root).problems;
};
