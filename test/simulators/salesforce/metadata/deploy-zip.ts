import { unzipSync } from 'fflate';
import { XmlError, parseXml } from '../flow-xml.ts';
import { childNamed, childText } from './soap-envelope.ts';

/** The files of a deploy by path, and what its package.xml names: full names, or `*`, by metadata type. */
export interface DeployZip {
  readonly files: ReadonlyMap<string, string>;
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** Deploys hold at most 10,000 files (Metadata API Developer Guide, "Metadata Limits"). */
const MAX_FILES = 10_000;
const MAX_BYTES = 400_000_000;
const NEWEST = 67;

/** Reads the zip of a deploy call. Throws an XmlError in words for what is no package. */
export function readDeployZip(bytes: Uint8Array, singlePackage: boolean): DeployZip {
  const files = unzip(bytes, singlePackage);
  const manifest = files.get('package.xml');
  if (manifest === undefined) throw new XmlError('No package.xml found');
  files.delete('package.xml');
  const root = parseXml(manifest);
  const version = Number(childText(root, 'version'));
  if (!(version >= 31 && version <= NEWEST))
    throw new XmlError(`Invalid version specified: ${childText(root, 'version')}`);
  const types = root.children.filter(({ name }) => name === 'types');
  const members = types.map((type) => {
    const names = type.children.filter(({ name }) => name === 'members').map(({ text }) => memberName(text));
    return [childNamed(type, 'name')?.text.trim() ?? '', names] as const;
  });
  return { files, members: new Map(members) };
}

/** The full name that a member of package.xml stands for; the CLI writes that of a folder with a slash at its end. */
export function memberName(text: string): string {
  return text.trim().replace(/\/$/, '');
}

function unzip(zip: Uint8Array, singlePackage: boolean): Map<string, string> {
  let bytes = 0;
  let count = 0;
  const raw = unzipSync(zip, {
    filter({ name, originalSize }) {
      bytes += originalSize;
      count += 1;
      if (bytes > MAX_BYTES || count > MAX_FILES) throw new XmlError('The zip holds more than the platform takes');
      return !name.endsWith('/');
    },
  });
  const paths = Object.keys(raw);
  const root = singlePackage ? '' : `${paths[0]?.split('/')[0] ?? ''}/`;
  const outside = paths.find((path) => !path.startsWith(root));
  if (outside !== undefined)
    throw new XmlError(`${outside} lies outside of the one folder that a package without singlePackage has`);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return new Map(paths.map((path) => [path.slice(root.length), decoder.decode(raw[path])]));
}
