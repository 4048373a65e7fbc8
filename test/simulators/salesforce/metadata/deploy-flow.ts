import { parseFlow, validateFlow } from '../flow.ts';
import { parseXml } from '../flow-xml.ts';
import { findObject } from '../schema/org-metadata.ts';
import { addComponent, type Deployment, type SourceFile } from './component.ts';

/** Reads a flow, checks it against the objects of the org, and lets saves start it. */
export function deployFlow(deployment: Deployment, file: SourceFile): void {
  const { metadata } = deployment;
  const parsed = parseFlow(file.xml, file.name);
  const problems =
    'flow' in parsed ? validateFlow(parsed.flow, (object) => findObject(metadata, object)) : parsed.problems;
  addComponent(deployment, 'Flow', file, problems.length > 0 ? undefined : parseXml(file.xml), problems);
  if ('flow' in parsed && problems.length === 0) metadata.flows.set(file.name.toLowerCase(), parsed.flow);
}
