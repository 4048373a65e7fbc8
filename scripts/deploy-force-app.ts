import type { Connection } from 'jsforce';
import type { DeployMessage } from 'jsforce/lib/api/metadata/schema.js';
import { zipSync } from 'fflate';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';

/** Metadata that is copied as it is: folder and suffix of the deploy zip, by the suffix of the source format. */
const COPIED = new Map([
  ['.flow-meta.xml', { type: 'Flow', folder: 'flows', suffix: '.flow' }],
  ['.flowtest-meta.xml', { type: 'FlowTest', folder: 'flowtests', suffix: '.flowtest' }],
  ['.permissionset-meta.xml', { type: 'PermissionSet', folder: 'permissionsets', suffix: '.permissionset' }],
  [
    '.customPermission-meta.xml',
    { type: 'CustomPermission', folder: 'customPermissions', suffix: '.customPermission' },
  ],
  ['.notiftype-meta.xml', { type: 'CustomNotificationType', folder: 'notificationtypes', suffix: '.notiftype' }],
  ['.md-meta.xml', { type: 'CustomMetadata', folder: 'customMetadata', suffix: '.md' }],
  ['.quickAction-meta.xml', { type: 'QuickAction', folder: 'quickActions', suffix: '.quickAction' }],
  ['.layout-meta.xml', { type: 'Layout', folder: 'layouts', suffix: '.layout' }],
  ['.flexipage-meta.xml', { type: 'FlexiPage', folder: 'flexipages', suffix: '.flexipage' }],
  ['.reportType-meta.xml', { type: 'ReportType', folder: 'reportTypes', suffix: '.reportType' }],
  ['.tab-meta.xml', { type: 'CustomTab', folder: 'tabs', suffix: '.tab' }],
  ['.app-meta.xml', { type: 'CustomApplication', folder: 'applications', suffix: '.app' }],
]);

/** Metadata that lies in folders, whose names are part of its own. */
const FOLDERED = new Map([
  ['.report-meta.xml', { type: 'Report', folder: 'reports', suffix: '.report' }],
  ['.dashboard-meta.xml', { type: 'Dashboard', folder: 'dashboards', suffix: '.dashboard' }],
]);

/** The folders of these. */
const FOLDERS = new Map([
  ['.reportFolder-meta.xml', { type: 'Report', folder: 'reports' }],
  ['.dashboardFolder-meta.xml', { type: 'Dashboard', folder: 'dashboards' }],
]);

const BUNDLE_SUFFIX = '.js-meta.xml';
/** Tests of a component are not deployed; .forceignore names them too. */
const BUNDLE_TESTS = '__tests__';

/** Children of an object, each a file of its own in the source format: the element that holds them in the object file. */
const CHILDREN = new Map([
  ['.field-meta.xml', { type: 'CustomField', element: 'fields' }],
  ['.listView-meta.xml', { type: 'ListView', element: 'listViews' }],
  ['.compactLayout-meta.xml', { type: 'CompactLayout', element: 'compactLayouts' }],
  ['.validationRule-meta.xml', { type: 'ValidationRule', element: 'validationRules' }],
]);

const OBJECT_SUFFIX = '.object-meta.xml';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"';

interface Package {
  /** Text by path in the zip. */
  readonly files: Map<string, string>;
  /** Full names by metadata type. */
  readonly members: Map<string, string[]>;
}

/**
 * Deploys a folder in source format, of the metadata types named above, and waits for the end. Throws an error that lists what the org refused, a line each.
 */
export async function deployForceApp(connection: Connection, folder: string): Promise<void> {
  const pollInterval = connection.metadata.pollInterval;
  connection.metadata.pollInterval = 250;
  try {
    const zip = Buffer.from(zipForceApp(folder, connection.version));
    const result = await connection.metadata.deploy(zip, { rollbackOnError: true, singlePackage: true }).complete(true);
    if (!result.success) throw new Error(describeFailures([result.details?.componentFailures ?? []].flat()));
  } finally {
    connection.metadata.pollInterval = pollInterval;
  }
}

/** Assigns permission sets to the user of the connection; without one, deployed fields are visible to nobody. */
export async function assignPermissionSets(
  connection: Connection,
  userId: string,
  names: readonly string[],
): Promise<void> {
  const { records } = await connection.query<{ Id: string; Name: string }>('SELECT Id, Name FROM PermissionSet');
  for (const name of names) {
    const found = records.find((record) => record.Name === name);
    if (found === undefined) throw new Error(`The org has no permission set ${name}; deploy force-app first`);
    await connection.sobject('PermissionSetAssignment').create({ AssigneeId: userId, PermissionSetId: found.Id });
  }
}

function describeFailures(failures: readonly DeployMessage[]): string {
  const lines = failures.map(
    ({ fileName, lineNumber, problem }) => `${fileName}:${lineNumber ?? '?'} ${problem ?? ''}`,
  );
  return ['The org refused the deploy:', ...lines].join('\n  ');
}

/** The deploy zip of a folder in source format, in the layout of the Metadata API. */
export function zipForceApp(folder: string, version: string): Uint8Array {
  const content: Package = { files: new Map(), members: new Map() };
  const objects = new Map<string, string[]>();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('-meta.xml'));
  for (const name of names.sort()) addFile(content, objects, join(folder, name));
  for (const [object, parts] of objects) {
    content.files.set(
      `objects/${object}.object`,
      `${HEAD}<CustomObject ${NAMESPACE}>${parts.join('')}</CustomObject>\n`,
    );
  }
  content.files.set('package.xml', manifest(content.members, version));
  return zipSync(Object.fromEntries([...content.files].map(([path, text]) => [path, new TextEncoder().encode(text)])));
}

function addFile(content: Package, objects: Map<string, string[]>, path: string): void {
  const suffix = suffixOf(path);
  const name = basename(path, suffix);
  const text = readFileSync(path, 'utf8');
  const copied = COPIED.get(suffix);
  const foldered = FOLDERED.get(suffix);
  const folder = FOLDERS.get(suffix);
  const child = CHILDREN.get(suffix);
  if (copied !== undefined) {
    content.files.set(`${copied.folder}/${name}${copied.suffix}`, text);
    addMember(content, copied.type, name);
  } else if (foldered !== undefined) {
    const fullName = `${basename(dirname(path))}/${name}`;
    content.files.set(`${foldered.folder}/${fullName}${foldered.suffix}`, text);
    addMember(content, foldered.type, fullName);
  } else if (folder !== undefined) {
    content.files.set(`${folder.folder}/${name}-meta.xml`, text);
    addMember(content, folder.type, name);
  } else if (child !== undefined) {
    const object = basename(dirname(dirname(path)));
    addPart(objects, object, `<${child.element}>${insideOf(text, path)}</${child.element}>`);
    addMember(content, child.type, `${object}.${name}`);
  } else if (suffix === OBJECT_SUFFIX) {
    addPart(objects, name, insideOf(text, path));
    addMember(content, 'CustomObject', name);
  } else if (suffix === BUNDLE_SUFFIX) {
    addBundle(content, dirname(path));
    addMember(content, 'LightningComponentBundle', name);
  } else
    throw new Error(
      `${path.split(sep).join('/')} is of a metadata type that this script does not deploy; use: sf project deploy start`,
    );
}

/** The last two words: a name may hold dots itself, as that of a quick action does. */
function suffixOf(path: string): string {
  return /\.\w+-meta\.xml$/.exec(path)?.[0] ?? '';
}

function addBundle(content: Package, folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (name.startsWith(BUNDLE_TESTS) || !statSync(path).isFile()) continue;
    content.files.set(`lwc/${basename(folder)}/${name.split(sep).join('/')}`, readFileSync(path, 'utf8'));
  }
}

function addMember({ members }: Package, type: string, name: string): void {
  members.set(type, [...(members.get(type) ?? []), name]);
}

function addPart(objects: Map<string, string[]>, object: string, part: string): void {
  objects.set(object, [...(objects.get(object) ?? []), part]);
}

/** What stands between the tags of the root element. */
function insideOf(xml: string, path: string): string {
  const root = xml.indexOf(NAMESPACE);
  const from = xml.indexOf('>', root) + 1;
  const to = xml.lastIndexOf('</');
  if (root < 0 || to < from) throw new Error(`${path} is not a metadata file: no root element with ${NAMESPACE}`);
  return xml.slice(from, to);
}

function manifest(members: Package['members'], version: string): string {
  const types = [...members].map(([type, names]) => {
    const lines = names.map((name) => `<members>${name}</members>`);
    return `<types>${lines.join('')}<name>${type}</name></types>`;
  });
  return `${HEAD}<Package ${NAMESPACE}>${types.join('')}<version>${version}</version></Package>\n`;
}
