import { allBelow, childrenOf, textOf, type MetadataFile, type XmlElement } from '../check-source.ts';
import { listed, prose, table } from './markdown.ts';

/** How each kind of element is called in Flow Builder. */
const KINDS: Readonly<Record<string, string>> = {
  actionCalls: 'action',
  assignments: 'assignment',
  collectionProcessors: 'collection',
  customErrors: 'error',
  decisions: 'decision',
  loops: 'loop',
  recordCreates: 'create records',
  recordDeletes: 'delete records',
  recordLookups: 'get records',
  recordUpdates: 'update records',
  screens: 'screen',
  subflows: 'subflow',
};
const RESOURCES: Readonly<Record<string, string>> = {
  choices: 'choice',
  constants: 'constant',
  dynamicChoiceSets: 'choices',
  formulas: 'formula',
  textTemplates: 'text',
  variables: 'variable',
};
const TRIGGERS: Readonly<Record<string, string>> = {
  RecordAfterSave: 'after the save',
  RecordBeforeSave: 'before the save',
};
const EVENTS: Readonly<Record<string, string>> = {
  Create: 'is created',
  CreateAndUpdate: 'is created or changed',
  Delete: 'is deleted',
  Update: 'is changed',
};

/** The section of a flow: what it is for, what starts it, and its elements in the order in which they are reached. */
export function flowSection({ name, root }: MetadataFile): string[] {
  const elements = inOrder(root);
  const resources = root.children.filter((child) => child.name in RESOURCES);
  return [
    `### ${textOf(root, 'label')} \`${name}\``,
    prose(textOf(root, 'description') ?? ''),
    startLine(root),
    ...table(
      ['element', 'kind', 'what it does', 'goes on'],
      elements.map((element) => [
        prose(textOf(element, 'label') ?? ''),
        KINDS[element.name] ?? '',
        prose(textOf(element, 'description') ?? ''),
        exitsOf(element, elements),
      ]),
    ),
    ...table(
      ['resource', 'kind', 'what it holds'],
      resources.map((resource) => [
        `\`${textOf(resource, 'name')}\``,
        resourceKind(resource),
        prose(textOf(resource, 'description') ?? ''),
      ]),
    ),
  ];
}

function resourceKind(resource: XmlElement): string {
  const ways = [
    ...(textOf(resource, 'isInput') === 'true' ? ['input'] : []),
    ...(textOf(resource, 'isOutput') === 'true' ? ['output'] : []),
  ];
  return [RESOURCES[resource.name] ?? '', ...ways].join(', ');
}

function startLine(root: XmlElement): string {
  const start = childrenOf(root, 'start')[0];
  const object = start && textOf(start, 'object');
  const trigger = start && textOf(start, 'triggerType');
  const order = textOf(root, 'triggerOrder');
  if (start !== undefined && trigger === 'Scheduled') return `Starts by the clock${scheduleOf(start)}.`;
  if (start === undefined || trigger === undefined) {
    return textOf(root, 'processType') === 'Flow'
      ? 'Started by a user, through an action or a page.'
      : 'Started by other flows.';
  }
  const asynchronous = childrenOf(start, 'scheduledPaths').some(
    (path) => textOf(path, 'pathType') === 'AsyncAfterCommit',
  );
  const moment = asynchronous ? 'after the transaction has been committed' : TRIGGERS[trigger];
  const event = EVENTS[textOf(start, 'recordTriggerType') ?? ''];
  return `Starts when a record of \`${object}\` ${event}, ${moment}${order === undefined ? '' : `; place ${order} in the order`}.`;
}

function scheduleOf(start: XmlElement): string {
  const schedule = childrenOf(start, 'schedule')[0];
  const frequency = schedule && textOf(schedule, 'frequency');
  return frequency === undefined
    ? ''
    : `, ${frequency.toLowerCase()} at ${(textOf(schedule!, 'startTime') ?? '').slice(0, 5)}`;
}

/** Elements as they are reached from the start, what is reached first coming first. */
function inOrder(root: XmlElement): XmlElement[] {
  const byName = new Map(
    root.children.filter(({ name }) => name in KINDS).map((element) => [textOf(element, 'name') ?? '', element]),
  );
  const reached = new Set<XmlElement>();
  const visit = (element: XmlElement): void => {
    for (const target of targetsOf(element)) {
      const next = byName.get(target);
      if (next === undefined || reached.has(next)) continue;
      reached.add(next);
      visit(next);
    }
  };
  for (const start of childrenOf(root, 'start')) visit(start);
  return [...reached, ...[...byName.values()].filter((element) => !reached.has(element))];
}

function targetsOf(element: XmlElement): string[] {
  return allBelow(element)
    .filter(({ name }) => name === 'targetReference')
    .map(({ text }) => text);
}

/** Where an element leads: for a decision by its outcomes, else by what follows it and what follows a fault. */
function exitsOf(element: XmlElement, elements: readonly XmlElement[]): string {
  const labelOf = (connector: XmlElement | undefined): string => {
    const target = connector && textOf(connector, 'targetReference');
    const found = elements.find((each) => textOf(each, 'name') === target);
    return found === undefined ? 'end' : prose(textOf(found, 'label') ?? '');
  };
  const to = (from: XmlElement, connector: string): string => labelOf(childrenOf(from, connector)[0]);
  if (element.name === 'decisions') {
    const outcomes = childrenOf(element, 'rules').map(
      (rule) => `${prose(textOf(rule, 'label') ?? '')}: ${to(rule, 'connector')}`,
    );
    return [
      ...outcomes,
      `${prose(textOf(element, 'defaultConnectorLabel') ?? 'else')}: ${to(element, 'defaultConnector')}`,
    ].join('; ');
  }
  if (element.name === 'loops') {
    return `each: ${to(element, 'nextValueConnector')}; then: ${to(element, 'noMoreValuesConnector')}`;
  }
  const fault = childrenOf(element, 'faultConnector').map((connector) => `fault: ${labelOf(connector)}`);
  return listed([to(element, 'connector'), ...fault]);
}
