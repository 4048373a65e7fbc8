import { flowElements, type Flow } from './flow-elements.ts';
import type { FlowProblem } from './flow-host.ts';
import { problemAt } from './flow-reader.ts';
import { parseXml, XmlError } from './flow-xml.ts';

export type { Flow } from './flow-elements.ts';
export { validateFlow } from './flow-validate.ts';

const NAMESPACE = 'http://soap.sforce.com/2006/04/metadata';
const LAST_ORDER_BEFORE_UNORDERED = 1000;

/**
 * The flow of one `.flow-meta.xml` text (`.flow` in a deploy zip), or why it cannot be deployed: the text is not
 * XML, or holds an element or attribute that is not on the written list of `flow-elements.ts`.
 */
export function parseFlow(
  xml: string,
  fullName: string,
): { readonly flow: Flow } | { readonly problems: readonly FlowProblem[] } {
  try {
    const root = parseXml(xml);
    const problems: FlowProblem[] = [];
    if (root.name !== 'Flow' || root.attributes.get('xmlns') !== NAMESPACE) {
      problems.push(problemAt(root, `Error parsing file: the root element is not Flow of ${NAMESPACE}`));
    }
    const flow = { ...flowElements(root, problems), fullName };
    return problems.length === 0 ? { flow } : { problems };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return { problems: [{ problem: error.message, lineNumber: error.line, columnNumber: error.column }] };
  }
}

/**
 * The active flows that a save of these records starts, in the order in which the platform runs them: trigger order
 * 1 to 1,000, then those without an order, as they were activated, then 1,001 to 2,000; equal ones by API name.
 * `flows` are in the order of their activation.
 */
export function flowsFor(
  flows: readonly Flow[],
  objectName: string,
  trigger: 'RecordBeforeSave' | 'RecordAfterSave',
  event: 'create' | 'update',
): Flow[] {
  const events = ['CreateAndUpdate', event === 'create' ? 'Create' : 'Update'];
  return flows
    .filter(
      ({ status, start }) =>
        status === 'Active' &&
        start.triggerType === trigger &&
        start.object?.toLowerCase() === objectName.toLowerCase() &&
        events.includes(start.recordTriggerType ?? ''),
    )
    .sort((one, other) => rank(one) - rank(other) || (one.triggerOrder === undefined ? 0 : byName(one, other)));
}

const byName = (one: Flow, other: Flow): number => (one.fullName < other.fullName ? -1 : 1);

function rank(flow: Flow): number {
  return flow.triggerOrder ?? LAST_ORDER_BEFORE_UNORDERED + 0.5;
}
