import type { FlowProblem } from '../flow-host.ts';
import type { OrgMetadata } from '../schema/org-metadata.ts';

/** One component of a deploy: accepted when it has no problems. */
export interface Component {
  readonly type: string;
  readonly fullName: string;
  /** Path in the zip, for example `objects/TrackedEmail__c.object`. */
  readonly fileName: string;
  readonly created: boolean;
  readonly problems: readonly FlowProblem[];
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

/** Whether the org, as the deploy leaves it so far, has a tab of this name. */
export function hasTab(metadata: OrgMetadata, name: string): boolean {
  return name.startsWith('standard-') || metadata.inert.has(`CustomTab:${name}`);
}
