import { basename } from 'node:path';
import type { Catalog } from './check-catalog.ts';
import { childrenOf, textOf, type MetadataFile, type Project, type XmlElement } from './check-source.ts';

/** Global variables of a flow that are no records. */
const GLOBALS = [
  '$Flow.CurrentDate',
  '$Flow.CurrentDateTime',
  '$Flow.FaultMessage',
  '$Flow.InterviewGuid',
  '$GlobalConstant.EmptyString',
  '$User.Id',
];
const RECORD = /^\$Record(?:__Prior)?$/;

/** One flow and what it may name. */
export interface FlowScope {
  readonly file: MetadataFile;
  readonly project: Project;
  readonly catalog: Catalog;
  /** Everything in the flow that has a name of its own. */
  readonly own: ReadonlyMap<string, XmlElement>;
}

export function flowScope(file: MetadataFile, project: Project, catalog: Catalog): FlowScope {
  const named = file.root.children.flatMap((child) => [
    child,
    ...childrenOf(child, 'rules'),
    ...(child.name === 'screens' ? childrenOf(child, 'fields') : []),
  ]);
  return { file, project, catalog, own: new Map(named.map((element) => [textOf(element, 'name') ?? '', element])) };
}

/** The object of the record, or of each record, that a name stands for; undefined when it is no record. */
export function objectOf(name: string, scope: FlowScope): string | undefined {
  const { file, own } = scope;
  if (RECORD.test(name)) return file.root.children.flatMap((child) => startObject(child))[0];
  const element = own.get(name);
  if (element?.name === 'recordLookups') return textOf(element, 'object');
  if (element?.name === 'variables') return textOf(element, 'objectType');
  return element?.name === 'loops' ? objectOf(textOf(element, 'collectionReference') ?? '', scope) : undefined;
}

function startObject(child: XmlElement): string[] {
  return child.name === 'start' ? [textOf(child, 'object') ?? ''] : [];
}

/** Whether a reference such as `$Record.Status__c`, `Each_Status.OwnerId` or `NextStepAt` leads to something. */
export function referenceExists(name: string, scope: FlowScope): boolean {
  if (GLOBALS.includes(name)) return true;
  const [head = '', ...path] = name.split('.');
  if (head === '$Permission') return hasFile(scope.project, 'CustomPermission', path.join('.'));
  if (head === '$CustomMetadata') return settingExists(path, scope);
  if (!RECORD.test(head) && !scope.own.has(head)) return false;
  const [field, ...rest] = path;
  if (field === undefined) return true;
  if (rest.length > 0) return false;
  const element = scope.own.get(head);
  if (element?.name === 'subflows') return hasVariable(textOf(element, 'flowName') ?? '', field, 'isOutput', scope);
  return scope.catalog.hasField(objectOf(head, scope) ?? '', field);
}

/** Whether the project has a flow with an input, or output, of that name. */
export function hasVariable(flow: string, name: string, way: 'isInput' | 'isOutput', { project }: FlowScope): boolean {
  const called = project.files.find((file) => file.type === 'Flow' && file.name === flow);
  const variables = called === undefined ? [] : childrenOf(called.root, 'variables');
  return variables.some((variable) => textOf(variable, 'name') === name && textOf(variable, way) === 'true');
}

/** Whether the project has a component of that type and name. */
export function hasFile(project: Project, type: string, name: string): boolean {
  return project.files.some((file) => file.type === type && file.name === name);
}

function settingExists(path: readonly string[], { project, catalog }: FlowScope): boolean {
  const [type = '', record = '', field = ''] = path;
  const file = `${type.replace(/__mdt$/, '')}.${record}.md-meta.xml`;
  return catalog.hasField(type, field) && project.files.some((each) => basename(each.path) === file);
}
