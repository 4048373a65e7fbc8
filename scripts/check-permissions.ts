import type { Catalog } from './check-catalog.ts';
import { hasComponent } from './check-finding.ts';
import { childrenOf, textOf, type Finding, type MetadataFile, type Project, type XmlElement } from './check-source.ts';

/** What a permission set names beside objects and fields: the list, the name in it, its metadata type, and how to say it. */
const GRANTS = [
  { list: 'tabSettings', child: 'tab', type: 'CustomTab', says: 'shows the tab' },
  { list: 'applicationVisibilities', child: 'application', type: 'CustomApplication', says: 'shows the application' },
  { list: 'customPermissions', child: 'name', type: 'CustomPermission', says: 'grants the custom permission' },
  { list: 'customMetadataTypeAccesses', child: 'name', type: 'CustomObject', says: 'grants the settings' },
  { list: 'flowAccesses', child: 'flow', type: 'Flow', says: 'lets run the flow' },
] as const;

/** A permission set names only what exists, and grants no field that the platform does not let it grant. */
export function checkPermissionSet(file: MetadataFile, project: Project, catalog: Catalog): Finding[] {
  const finding = ({ line }: XmlElement, problem: string): Finding => ({ path: file.path, line, problem });
  const objects = childrenOf(file.root, 'objectPermissions')
    .filter((grant) => !catalog.hasObject(textOf(grant, 'object') ?? ''))
    .map((grant) => finding(grant, `grants the object ${textOf(grant, 'object')}, which does not exist`));
  const named = GRANTS.flatMap(({ list, child, type, says }) =>
    childrenOf(file.root, list)
      .filter((grant) => !hasComponent(project, type, textOf(grant, child) ?? ''))
      .map((grant) => finding(grant, `${says} ${textOf(grant, child)}, which does not exist`)),
  );
  const fields = childrenOf(file.root, 'fieldPermissions').flatMap((grant) => {
    const problem = fieldProblem(grant, file, catalog);
    return problem === undefined ? [] : [finding(grant, problem)];
  });
  return [...objects, ...named, ...fields];
}

function fieldProblem(grant: XmlElement, file: MetadataFile, catalog: Catalog): string | undefined {
  const name = textOf(grant, 'field') ?? '';
  const [object = '', field = ''] = name.split('.');
  if (!catalog.hasField(object, field)) return `grants the field ${name}, which does not exist`;
  const known = catalog.fields.get(name);
  if (known?.required)
    return `grants the required field ${name}; the platform refuses that, required fields are open to all`;
  if (known?.type === 'MasterDetail') return `grants the master-detail field ${name}; the platform refuses that`;
  if (known?.calculated && textOf(grant, 'editable') === 'true') return `lets users edit the formula field ${name}`;
  const objects = childrenOf(file.root, 'objectPermissions').map((other) => textOf(other, 'object'));
  if (object !== 'Task' && !objects.includes(object)) return `grants the field ${name} without its object`;
  return undefined;
}

/** Event shares the grants of Task; the fields of a custom metadata type are granted with the type. */
const OUTSIDE_FIELD_SECURITY = /^Event\.|__mdt\./;

/** A custom field that no permission set grants is invisible to everybody, administrators included. */
export function checkPermissionCoverage(project: Project, catalog: Catalog): Finding[] {
  const granted = new Set(
    project.files
      .filter(({ type }) => type === 'PermissionSet')
      .flatMap(({ root }) => childrenOf(root, 'fieldPermissions'))
      .map((grant) => textOf(grant, 'field') ?? ''),
  );
  return [...catalog.fields]
    .filter(
      ([name, field]) =>
        !OUTSIDE_FIELD_SECURITY.test(name) && !field.required && field.type !== 'MasterDetail' && !granted.has(name),
    )
    .map(([name, { file }]) => ({
      path: file.path,
      line: 1,
      problem: `no permission set grants ${name}, so nobody sees it`,
    }));
}
