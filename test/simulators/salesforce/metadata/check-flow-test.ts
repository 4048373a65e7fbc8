import { findComponent } from '../schema/org-metadata.ts';
import { problem } from './component.ts';
import type { CrossCheck } from './component-types.ts';
import { childNamed, textOf } from './xml-children.ts';

/** A flow test tests a flow that exists. */
export const checkFlowTest: CrossCheck = (metadata, _name, root) => {
  const flow = textOf(root, 'flowApiName');
  if (findComponent(metadata, 'Flow', flow) !== undefined) return [];
  return [problem(`In field: flowApiName - no Flow named ${flow} found`, childNamed(root, 'flowApiName'))];
};
