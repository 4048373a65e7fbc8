import { parseFlow, validateFlow } from '../flow.ts';
import type { FlowProblem } from '../flow-host.ts';
import { parseXml } from '../flow-xml.ts';
import { findComponent, findObject, type OrgMetadata } from '../schema/org-metadata.ts';
import { addComponent, type Deployment, type SourceFile } from './component.ts';

/** Reads a flow, and lets saves start it and other flows call it. */
export function deployFlow(deployment: Deployment, file: SourceFile): void {
  const parsed = parseFlow(file.xml, file.name);
  const problems = 'flow' in parsed ? [] : parsed.problems;
  addComponent(deployment, 'Flow', file, problems.length > 0 ? undefined : parseXml(file.xml), problems);
  if ('flow' in parsed) deployment.metadata.flows.set(file.name.toLowerCase(), parsed.flow);
}

/** Checks a flow against the objects, the other flows and the settings of the org. */
export function checkFlow(metadata: OrgMetadata, name: string): readonly FlowProblem[] {
  const flow = metadata.flows.get(name.toLowerCase());
  if (flow === undefined) return [];
  return validateFlow(flow, (object) => findObject(metadata, object), {
    flow: (called) => metadata.flows.get(called.toLowerCase()),
    hasCustomMetadata: (object, record) =>
      findComponent(metadata, 'CustomMetadata', `${object.replace(/__mdt$/, '')}.${record}`) !== undefined,
  });
}
