import type { Connection } from 'jsforce';
import type { DeployMessage } from 'jsforce/lib/api/metadata/schema.js';
import { zipSync } from 'fflate';
import { parseXml, type XmlElement } from '../flow-xml.ts';

const NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"';

/** A metadata file with this root element. */
export function metadataFile(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${NAMESPACE}>\n${content}\n</${root}>\n`;
}

/** A CustomField inside an object file. */
export function field(name: string, type: string, members: Record<string, string | number | boolean> = {}): string {
  const given = Object.entries({ fullName: name, label: name.replace('__c', ''), type, ...members });
  return `<fields>${given.map(([key, value]) => `<${key}>${String(value)}</${key}>`).join('')}</fields>`;
}

/** What a new custom object needs beside its fields. */
export function objectHead(label: string, sharingModel = 'Private'): string {
  return `<label>${label}</label><pluralLabel>${label}s</pluralLabel><deploymentStatus>Deployed</deploymentStatus>
<sharingModel>${sharingModel}</sharingModel><nameField><label>Name</label><type>AutoNumber</type><displayFormat>N-{0000}</displayFormat></nameField>`;
}

const TYPES = new Map([
  ['applications', 'CustomApplication'],
  ['customMetadata', 'CustomMetadata'],
  ['customPermissions', 'CustomPermission'],
  ['dashboards', 'Dashboard'],
  ['flexipages', 'FlexiPage'],
  ['flows', 'Flow'],
  ['flowtests', 'FlowTest'],
  ['layouts', 'Layout'],
  ['lwc', 'LightningComponentBundle'],
  ['notificationtypes', 'CustomNotificationType'],
  ['objects', 'CustomObject'],
  ['permissionsets', 'PermissionSet'],
  ['quickActions', 'QuickAction'],
  ['reports', 'Report'],
  ['reportTypes', 'ReportType'],
  ['tabs', 'CustomTab'],
]);

/** The full name of the component that a file of a zip belongs to. */
function fullNameOf(path: string): string {
  const [folder = '', bundle = ''] = path.split('/');
  const name = path.slice(folder.length + 1);
  return folder === 'lwc' ? bundle : name.replace(/(?:-meta\.xml|\.\w+)$/, '');
}

/** The zip of these files with a package.xml that names them. */
export function deployZip(files: Record<string, string>): Buffer {
  const members = Map.groupBy(Object.keys(files), (path) => TYPES.get(path.slice(0, path.indexOf('/'))) ?? 'Unknown');
  const merged = [...members].map(([type, paths]) => {
    const names = [...new Set(paths.map(fullNameOf))].map((name) => `<members>${name}</members>`);
    return `<types>${names.join('')}<name>${type}</name></types>`;
  });
  const manifest = metadataFile('Package', `${merged.join('')}<version>67.0</version>`);
  const entries = Object.entries({ ...files, 'package.xml': manifest });
  return Buffer.from(
    zipSync(Object.fromEntries(entries.map(([path, text]) => [path, new TextEncoder().encode(text)]))),
  );
}

/** Deploys these files; returns the failures, which are none on success. */
export async function deploy(
  connection: Connection,
  files: Record<string, string>,
  options: { checkOnly?: boolean } = {},
): Promise<DeployMessage[]> {
  connection.metadata.pollInterval = 20;
  const result = await connection.metadata
    .deploy(deployZip(files), { rollbackOnError: true, singlePackage: true, ...options })
    .complete(true);
  return [result.details?.componentFailures ?? []].flat();
}

/** Everything that a file says, whatever its white space, with the elements of each level in one order. */
export function contentOf(xml: string): unknown {
  const write = ({ name, text, attributes, children }: XmlElement): unknown => [
    name,
    [...attributes].filter(([key]) => key !== 'xmlns').map((each) => each.join('=')),
    children.length === 0
      ? text
      : children
          .map(write)
          .map((each) => JSON.stringify(each))
          .sort(),
  ];
  return write(parseXml(xml));
}
