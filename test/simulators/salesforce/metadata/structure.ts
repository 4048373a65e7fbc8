import { readFileSync } from 'node:fs';
import type { FlowProblem } from '../flow-host.ts';
import type { XmlElement } from '../flow-xml.ts';
import { problem } from './component.ts';

/** Elements by structure with their types: `?` optional, `[]` any number; words by enumeration. */
interface MetadataTypes {
  readonly structures: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly words: Readonly<Record<string, readonly string[]>>;
}

const NAMESPACE = 'http://soap.sforce.com/2006/04/metadata';
const TYPES = JSON.parse(readFileSync(new URL('metadata-types.json', import.meta.url), 'utf8')) as MetadataTypes;

/** Plain values, by the name of their type; every other name that has no structure is text. */
const VALUES = new Map([
  ['boolean', /^(?:true|false)$/],
  ['number', /^-?\d{1,18}(?:\.\d{1,18})?$/],
]);

/** What is wrong with the elements of a metadata file, in the words of the platform. The root is of this type. */
export function checkFile(type: string, root: XmlElement): FlowProblem[] {
  if (root.name !== type || root.attributes.get('xmlns') !== NAMESPACE) {
    return [problem(`Error parsing file: the root element is not ${type} of ${NAMESPACE}`, root)];
  }
  return checkStructure(type, root);
}

/** What is wrong with the children of one element of this structure. */
export function checkStructure(type: string, element: XmlElement): FlowProblem[] {
  const members = new Map(Object.entries(TYPES.structures[type] ?? {}));
  const missing = [...members].filter(
    ([name, member]) => !/[?\]]$/.test(member) && !element.children.some((child) => child.name === name),
  );
  return [
    ...missing.map(([name]) => problem(`Required field is missing: ${name}`, element)),
    ...element.children.flatMap((child, at) => checkMember(type, element, child, at, members.get(child.name))),
    ...(element.text.trim() === '' ? [] : [problem(`Error parsing file: unexpected text in ${element.name}`, element)]),
  ];
}

function checkMember(
  type: string,
  parent: XmlElement,
  child: XmlElement,
  at: number,
  member: string | undefined,
): FlowProblem[] {
  if (member === undefined) {
    return [problem(`Error parsing file: Element ${child.name} invalid at this location in type ${type}`, child)];
  }
  const before = parent.children.slice(0, at).some(({ name }) => name === child.name);
  const apart = !member.includes('[]') || parent.children[at - 1]?.name !== child.name;
  const repeated =
    before && apart
      ? [problem(`Error parsing file: Element ${child.name} is duplicated at this location in type ${type}`, child)]
      : [];
  return [...repeated, ...checkValue(member.replace(/\W+$/, ''), child)];
}

function checkValue(type: string, element: XmlElement): FlowProblem[] {
  if (Object.hasOwn(TYPES.structures, type)) return checkStructure(type, element);
  const [child] = element.children;
  if (child !== undefined) {
    return [
      problem(`Error parsing file: Element ${child.name} invalid at this location in type ${element.name}`, child),
    ];
  }
  const words = Object.hasOwn(TYPES.words, type) ? TYPES.words[type] : undefined;
  const text = element.text.trim();
  if (words !== undefined && !words.includes(text)) {
    return [problem(`'${text}' is not a valid value for the enum '${type}'`, element)];
  }
  if (VALUES.get(type)?.test(text) === false) {
    return [problem(`Error parsing file: '${text}' is not a valid value for ${element.name}`, element)];
  }
  return [];
}
