import type { XmlElement } from '../flow-xml.ts';
import { findComponent, type OrgMetadata, type StoredComponent } from '../schema/org-metadata.ts';
import { CHILD_TYPES } from './store-object.ts';
import { writeXml } from './write-xml.ts';

const CHILDREN = [...CHILD_TYPES.values()];
const NAMESPACE = 'http://soap.sforce.com/2006/04/metadata';

/** Files by path in a zip that hold these components; children of one object share its file. */
export function filesOf(metadata: OrgMetadata, components: readonly StoredComponent[]): ReadonlyMap<string, string> {
  const own = components.filter(({ type }) => type !== 'CustomObject' && !CHILDREN.includes(type));
  const parts = components.filter((each) => !own.includes(each));
  const objects = new Set(parts.map(objectOf));
  return new Map([
    ...own.flatMap(({ files }) => [...files]),
    ...[...objects].map((name) => [`objects/${name}.object`, objectFile(metadata, name, parts)] as const),
  ]);
}

/** The name of the object in whose file a component stands. */
export function objectOf({ type, fullName }: StoredComponent): string {
  return type === 'CustomObject' ? fullName : fullName.slice(0, fullName.indexOf('.'));
}

/** The children of an object that have names of their own. */
export function childrenOf(metadata: OrgMetadata, name: string): StoredComponent[] {
  return [...metadata.components.values()].filter((each) => CHILDREN.includes(each.type) && objectOf(each) === name);
}

function objectFile(metadata: OrgMetadata, name: string, parts: readonly StoredComponent[]): string {
  const own = parts.filter((each) => objectOf(each) === name);
  const whole = own.some(({ type }) => type === 'CustomObject');
  const children = (whole ? childrenOf(metadata, name) : own).flatMap(({ content }) => content ?? []);
  const head = whole ? (findComponent(metadata, 'CustomObject', name)?.content?.children ?? []) : [];
  const root: XmlElement = {
    name: 'CustomObject',
    text: '',
    attributes: new Map([['xmlns', NAMESPACE]]),
    children: [...head, ...children].sort(byName),
    line: 1,
    column: 1,
  };
  return writeXml(root);
}

/** The platform writes the elements of an object in alphabetical order; equal ones stay as they are. */
function byName(one: XmlElement, other: XmlElement): number {
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}
