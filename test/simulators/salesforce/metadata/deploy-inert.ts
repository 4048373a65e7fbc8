import type { FlowProblem } from '../flow-host.ts';
import { flag, inert, many, object, oneOf, optional, required, text } from '../flow-reader.ts';
import { parseXml } from '../flow-xml.ts';
import { findObject } from '../schema/org-metadata.ts';
import { hasTab, problem, type Deployment } from './component.ts';

const customTab = object({
  customObject: required(flag),
  motif: required(text),
  description: optional(text),
});

const customApplication = object({
  label: required(text),
  description: optional(text),
  navType: optional(oneOf('Standard', 'Console')),
  uiType: optional(oneOf('Lightning')),
  formFactors: many(oneOf('Small', 'Large')),
  tabs: many(text),
  brand: inert,
  isNavAutoTempTabsDisabled: inert,
  isNavPersonalizationDisabled: inert,
  isNavTabPersistenceDisabled: inert,
});

/** A tab of a custom object; it has no effect on the data. */
export function deployTab(deployment: Deployment, name: string, fileName: string, xml: string): void {
  const problems: FlowProblem[] = [];
  const file = customTab(parseXml(xml), problems);
  if (findObject(deployment.metadata, name)?.custom !== true) {
    problems.push(problem(`In field: customObject - no CustomObject named ${name} found`, file));
  }
  add(deployment, 'CustomTab', name, fileName, problems);
}

/** An app; it has no effect on the data. */
export function deployApplication(deployment: Deployment, name: string, fileName: string, xml: string): void {
  const problems: FlowProblem[] = [];
  const file = customApplication(parseXml(xml), problems);
  for (const tab of file.tabs) {
    if (!hasTab(deployment.metadata, tab))
      problems.push(problem(`In field: tab - no CustomTab named ${tab} found`, file));
  }
  add(deployment, 'CustomApplication', name, fileName, problems);
}

function add(
  { metadata, components }: Deployment,
  type: string,
  fullName: string,
  fileName: string,
  problems: FlowProblem[],
): void {
  const key = `${type}:${fullName}`;
  components.push({ type, fullName, fileName, created: !metadata.inert.has(key), problems });
  if (problems.length === 0) metadata.inert.add(key);
}
