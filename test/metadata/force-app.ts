import { join } from 'node:path';
import { childrenOf, readProject, textOf, type MetadataFile, type XmlElement } from '../../scripts/check-source.ts';

export { childrenOf, textOf, type MetadataFile, type XmlElement } from '../../scripts/check-source.ts';

/** The folder with sfdx-project.json. */
export const ROOT = join(import.meta.dirname, '../..');

/** Every metadata file of force-app. */
export const FILES = readProject(ROOT).files;

/** All files of one metadata type, for example `Flow`. */
export function filesOf(type: string): MetadataFile[] {
  return FILES.filter((file) => file.type === type);
}

/** The one file of a type and a name; fields are named `Object__c.Field__c`. */
export function fileNamed(type: string, name: string): MetadataFile {
  const file = FILES.find((each) => each.type === type && each.name === name);
  if (file === undefined) throw new Error(`force-app has no ${type} ${name}`);
  return file;
}

/** Custom objects of force-app with their fields. Activity has fields and no object of its own. */
export function fieldsOf(object: string): MetadataFile[] {
  return filesOf('CustomField').filter(({ name }) => name.startsWith(`${object}.`));
}

/** Elements and resources of a flow: everything in it that has a name of its own. */
export function flowElements({ root }: MetadataFile): XmlElement[] {
  return root.children.filter(
    ({ name, children }) => name !== 'processMetadataValues' && children.some((child) => child.name === 'name'),
  );
}

/** The field grants of a permission set: whether each may be edited, by `Object.Field`. */
export function fieldGrants(permissionSet: string): Map<string, boolean> {
  const grants = childrenOf(fileNamed('PermissionSet', permissionSet).root, 'fieldPermissions');
  return new Map(grants.map((grant) => [textOf(grant, 'field') ?? '', textOf(grant, 'editable') === 'true']));
}
