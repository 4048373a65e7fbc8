import type { FlowProblem } from '../flow-host.ts';
import type { XmlElement } from '../flow-xml.ts';
import { findComponent, storeComponent, type OrgMetadata } from '../schema/org-metadata.ts';

/** A problem of a component; in a bundle, of one of its files. */
export interface ComponentProblem extends FlowProblem {
  readonly fileName?: string;
}

/** One component of a deploy: accepted when it has no problems. */
export interface Component {
  readonly type: string;
  readonly fullName: string;
  /** Path in the zip, for example `objects/TrackedEmail__c.object`. */
  readonly fileName: string;
  readonly created: boolean;
  readonly problems: readonly ComponentProblem[];
}

/** A deploy in the making: `metadata` is a copy that becomes the org's when no component has a problem. */
export interface Deployment {
  readonly metadata: OrgMetadata;
  readonly components: Component[];
}

/** A problem without a place of its own. */
export function problem(
  text: string,
  place: { readonly line: number; readonly column: number } = { line: 1, column: 1 },
): FlowProblem {
  return { problem: text, lineNumber: place.line, columnNumber: place.column };
}

/** One file of a deploy zip that is a component of its own. */
export interface SourceFile {
  /** Full name by the path: `ReplyTracking/Mailboxes` for a report in a folder. */
  readonly name: string;
  readonly fileName: string;
  readonly xml: string;
}

/** Adds the outcome of one file to the deployment, and the component to the metadata when it has no problem. */
export function addComponent(
  { metadata, components }: Deployment,
  type: string,
  { name, fileName, xml }: SourceFile,
  content: XmlElement | undefined,
  problems: readonly ComponentProblem[],
): void {
  const created = findComponent(metadata, type, name) === undefined;
  components.push({ type, fullName: name, fileName, created, problems });
  if (problems.length > 0) return;
  storeComponent(metadata, { type, fullName: name, files: new Map([[fileName, xml]]), content });
}

/** Whether the org, as the deploy leaves it so far, has a tab of this name. */
export function hasTab(metadata: OrgMetadata, name: string): boolean {
  return name.startsWith('standard-') || findComponent(metadata, 'CustomTab', name) !== undefined;
}
