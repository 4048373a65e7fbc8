import { apiNames } from '../connector/src/salesforce/api-names.ts';
import type { Catalog } from './check-catalog.ts';
import { childrenOf, textOf, type Finding, type Project } from './check-source.ts';

/** Where the connector keeps the names that it uses. */
const TABLE = 'connector/src/salesforce/api-names.ts';
const PERMISSION_SET = 'ReplyTrackingConnector';
/** What the connector writes; the rest it only reads. */
const WRITTEN = ['task', 'trackedEmail', 'trackedRecipient', 'connectedMailbox'];

/** One name of the table: an object, or something below it. */
interface Named {
  readonly object: string;
  readonly name: string;
  readonly isWritten: boolean;
}

/** Every name in the connector's table exists in the package and is granted to the connector, for writing where it writes. */
export function checkConnectorNames(project: Project, catalog: Catalog, names = apiNames()): Finding[] {
  const grants = grantsOf(project);
  return Object.entries(names).flatMap(([part, { object, ...fields }]) => [
    ...objectProblems(object, WRITTEN.includes(part), grants, catalog),
    ...Object.values(fields).flatMap((name) =>
      fieldProblems({ object, name, isWritten: WRITTEN.includes(part) }, grants, catalog),
    ),
  ]);
}

interface Grants {
  /** Rights by object. */
  readonly objects: ReadonlyMap<string, readonly string[]>;
  /** Whether each field may be edited. */
  readonly fields: ReadonlyMap<string, boolean>;
}

function grantsOf({ files }: Project): Grants {
  const roots = files.filter(({ type, name }) => type === 'PermissionSet' && name === PERMISSION_SET);
  const all = (name: string): ReturnType<typeof childrenOf> => roots.flatMap(({ root }) => childrenOf(root, name));
  return {
    objects: new Map(
      all('objectPermissions').map((grant) => [
        textOf(grant, 'object') ?? '',
        grant.children.filter(({ text }) => text === 'true').map(({ name }) => name),
      ]),
    ),
    fields: new Map(
      all('fieldPermissions').map((grant) => [textOf(grant, 'field') ?? '', textOf(grant, 'editable') === 'true']),
    ),
  };
}

const finding = (problem: string): Finding => ({ path: TABLE, line: 1, problem });

function objectProblems(object: string, isWritten: boolean, { objects }: Grants, catalog: Catalog): Finding[] {
  if (!catalog.hasObject(object)) return [finding(`names the object ${object}, which does not exist`)];
  if (!catalog.objects.has(object)) return [];
  const needed = isWritten ? ['allowRead', 'allowCreate'] : ['allowRead'];
  return needed
    .filter((right) => !(objects.get(object) ?? []).includes(right))
    .map((right) => finding(`uses ${object}, for which ${PERMISSION_SET} lacks ${right}`));
}

function fieldProblems({ object, name, isWritten }: Named, { fields }: Grants, catalog: Catalog): Finding[] {
  if (name.endsWith('__r') && catalog.childObject(object, name) !== undefined) return [];
  const field = name.replace(/__r$/, '__c');
  const known = catalog.fields.get(`${object}.${field}`);
  if (known === undefined) {
    return name.includes('__') ? [finding(`names the field ${object}.${name}, which does not exist`)] : [];
  }
  if (known.required || known.type === 'MasterDetail') return [];
  const grant = fields.get(`${object}.${field}`);
  if (grant === undefined) return [finding(`uses ${object}.${field}, which ${PERMISSION_SET} does not grant`)];
  return isWritten && !grant ? [finding(`writes ${object}.${field}, which ${PERMISSION_SET} lets only read`)] : [];
}
