import type { XmlElement } from '../flow-xml.ts';
import { findComponent, storeComponent, type OrgMetadata } from '../schema/org-metadata.ts';
import { textOf } from './xml-children.ts';

/** Components that stand inside the file of an object: metadata type by element. */
export const CHILD_TYPES = new Map([
  ['fields', 'CustomField'],
  ['validationRules', 'ValidationRule'],
  ['listViews', 'ListView'],
  ['compactLayouts', 'CompactLayout'],
]);

/** Keeps the file of an object: what it says of the object itself, and each child under its own name. */
export function storeObject(metadata: OrgMetadata, name: string, root: XmlElement): void {
  const files = new Map<string, string>();
  for (const child of root.children) {
    const type = CHILD_TYPES.get(child.name);
    if (type === undefined) continue;
    storeComponent(metadata, { type, fullName: `${name}.${textOf(child, 'fullName')}`, files, content: child });
  }
  const own = root.children.filter((child) => !CHILD_TYPES.has(child.name));
  const before = findComponent(metadata, 'CustomObject', name)?.content?.children ?? [];
  const kept = before.filter((element) => !own.some((each) => each.name === element.name));
  const content = { ...root, children: [...kept, ...own] };
  storeComponent(metadata, { type: 'CustomObject', fullName: name, files, content });
}
