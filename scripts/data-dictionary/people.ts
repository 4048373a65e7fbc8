import { childrenOf, textOf, type MetadataFile, type Project, type XmlElement } from '../check-source.ts';
import { labelled, listed, prose, table } from './markdown.ts';

/** Rights in the order in which people name them, by element. */
const RIGHTS: readonly (readonly [string, string])[] = [
  ['allowRead', 'read'],
  ['allowCreate', 'create'],
  ['allowEdit', 'edit'],
  ['allowDelete', 'delete'],
  ['viewAllRecords', 'see all'],
  ['modifyAllRecords', 'change all'],
];

/** The section of a permission set: whom it is for and what that person may. */
export function permissionSetSection({ name, root }: MetadataFile): string[] {
  const names = (list: string, child: string): string[] =>
    childrenOf(root, list).map((grant) => `\`${textOf(grant, child)}\``);
  const permissions = [...names('customPermissions', 'name'), ...names('userPermissions', 'name')];
  const flows = names('flowAccesses', 'flow');
  return [
    `### ${textOf(root, 'label')} \`${name}\``,
    prose(textOf(root, 'description') ?? ''),
    ...table(
      ['object', 'may'],
      childrenOf(root, 'objectPermissions').map((grant) => [`\`${textOf(grant, 'object')}\``, listed(rightsOf(grant))]),
    ),
    ...(permissions.length === 0 ? [] : [`Permissions: ${listed(permissions)}.`]),
    ...(flows.length === 0 ? [] : [`Flows: ${listed(flows)}.`]),
  ];
}

function rightsOf(grant: XmlElement): string[] {
  return RIGHTS.filter(([element]) => textOf(grant, element) === 'true').map(([, right]) => right);
}

/** A table of everything of one metadata type that is described, or nothing when there is none. */
export function describedTable({ files }: Project, type: string, what: string): string[] {
  const found = files.filter((file) => file.type === type);
  return table(
    [what, 'what it is for'],
    found.map(({ name, root }) => [labelled(labelOf(root) ?? name, name), prose(textOf(root, 'description') ?? '')]),
  );
}

function labelOf(root: XmlElement): string | undefined {
  return ['label', 'masterLabel', 'title', 'name']
    .map((element) => textOf(root, element))
    .find((text) => text !== undefined);
}

/** What each setting is set to when the package is installed, and what it does. */
export function settingTable({ files }: Project, record: string): string[] {
  const values = files
    .filter(({ type, name }) => type === 'CustomMetadata' && name === record)
    .flatMap(({ root }) => childrenOf(root, 'values'));
  const object = `${record.split('.')[0]}__mdt`;
  return table(
    ['setting', 'as installed', 'what it does'],
    values.map((value) => {
      const name = textOf(value, 'field') ?? '';
      const field = files.find((file) => file.type === 'CustomField' && file.name === `${object}.${name}`)?.root;
      return [
        labelled((field && textOf(field, 'label')) ?? name, name),
        (textOf(value, 'value') ?? '').replace(/\.0$/, ''),
        prose((field && textOf(field, 'description')) ?? ''),
      ];
    }),
  );
}
