import type { Connection } from 'jsforce';
import type { DeployMessage } from 'jsforce/lib/api/metadata/schema.js';
import { zipSync } from 'fflate';

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
  ['objects', 'CustomObject'],
  ['flows', 'Flow'],
  ['permissionsets', 'PermissionSet'],
  ['tabs', 'CustomTab'],
  ['applications', 'CustomApplication'],
]);

/** The zip of these files with a package.xml that names them. */
export function deployZip(files: Record<string, string>): Buffer {
  const types = Object.keys(files).map((path) => {
    const [folder = '', name = ''] = path.split('/');
    return `<types><members>${name.slice(0, name.lastIndexOf('.'))}</members><name>${TYPES.get(folder) ?? folder}</name></types>`;
  });
  const byName = Map.groupBy(types, (type) => /<name>(.*)<\/name>/.exec(type)?.[1] ?? '');
  const merged = [...byName].map(([name, all]) => {
    const members = all.map((type) => /<members>.*<\/members>/.exec(type)?.[0] ?? '');
    return `<types>${members.join('')}<name>${name}</name></types>`;
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
