import { zipSync } from 'fflate';
import { ApiError } from '../api-error.ts';
import type { XmlElement } from '../flow-xml.ts';
import type { Org } from '../org.ts';
import { recordId } from '../record-id.ts';
import { findComponent, type OrgMetadata, type StoredComponent } from '../schema/org-metadata.ts';
import { memberName } from './deploy-zip.ts';
import { fileProperties } from './list-metadata.ts';
import { checkMayUseMetadata } from './may-use-metadata.ts';
import { childNamed, childText, localName } from './soap-envelope.ts';
import { childrenOf, filesOf } from './stored-file.ts';

/** The retrieves of one org: each is done at once. */
export interface Retrieves {
  /** Starts a retrieve of what a RetrieveRequest names; returns its id. */
  start(userId: string, request: XmlElement | undefined): string;
  /** The RetrieveResult (Metadata API Developer Guide, "RetrieveResult"). */
  result(id: string): object;
}

interface Wanted {
  readonly type: string;
  readonly fullName: string;
}

/** Components of these types are named one by one; `*` finds none (Metadata API Developer Guide, "Retrieving Reports"). */
const NO_WILDCARD = ['Report', 'Dashboard', 'CustomField', 'ValidationRule', 'ListView', 'CompactLayout'];

/** Makes the retrieves of an org. */
export function createRetrieves(org: Org): Retrieves {
  const finished = new Map<string, object>();
  return {
    start(userId, request) {
      checkMayUseMetadata(org, userId);
      const id = recordId('09S', finished.size + 1);
      finished.set(id.slice(0, 15), { id, ...retrieve(org, userId, request) });
      return id;
    },
    result(id) {
      const found = finished.get(id.slice(0, 15));
      if (found !== undefined) return found;
      throw new ApiError(
        404,
        'INVALID_CROSS_REFERENCE_KEY',
        `INVALID_CROSS_REFERENCE_KEY: no retrieve has the id ${id}`,
      );
    },
  };
}

function retrieve(org: Org, userId: string, request: XmlElement | undefined): object {
  const manifest = childNamed(request, 'unpackaged');
  const root = childText(request, 'singlePackage') === 'true' ? '' : 'unpackaged/';
  const found: StoredComponent[] = [];
  const missing: Wanted[] = [];
  for (const wanted of membersOf(manifest)) {
    const matches = resolve(org.metadata, wanted);
    if (matches.length === 0 && wanted.fullName !== '*') missing.push(wanted);
    found.push(...matches);
  }
  const files = filesOf(org.metadata, found);
  const packageXml = manifestOf(found, childText(manifest, 'version'));
  const entries = [...files, ['package.xml', packageXml] as const].map(([path, text]) => [root + path, text] as const);
  const encoder = new TextEncoder();
  const zip = zipSync(Object.fromEntries(entries.map(([path, text]) => [path, encoder.encode(text)])));
  return {
    done: true,
    fileProperties: found.map((each) => fileProperties(org, userId, each, root)),
    messages: missing.map(({ type, fullName }) => ({
      fileName: `${root}package.xml`,
      problem: `Entity of type '${type}' named '${fullName}' cannot be found`,
    })),
    status: 'Succeeded',
    success: true,
    zipFile: Buffer.from(zip).toString('base64'),
  };
}

function membersOf(manifest: XmlElement | undefined): Wanted[] {
  const types = manifest?.children.filter((each) => localName(each) === 'types') ?? [];
  return types.flatMap((each) =>
    each.children
      .filter((child) => localName(child) === 'members')
      .map(({ text }) => ({ type: childText(each, 'name'), fullName: memberName(text) })),
  );
}

function resolve(metadata: OrgMetadata, { type, fullName }: Wanted): StoredComponent[] {
  const named =
    fullName === '*' && !NO_WILDCARD.includes(type)
      ? [...metadata.components.values()].filter((each) => each.type === type && isOwn(each))
      : [findComponent(metadata, type, fullName)].filter((each) => each !== undefined);
  return named.flatMap((each) => (type === 'CustomObject' ? [each, ...childrenOf(metadata, each.fullName)] : [each]));
}

/** The wildcard finds custom objects only (Metadata API Developer Guide, "CustomObject"). */
const isOwn = ({ type, fullName }: StoredComponent): boolean => type !== 'CustomObject' || fullName.includes('__');

function manifestOf(components: readonly StoredComponent[], version: string): string {
  const byType = Map.groupBy(components, ({ type }) => type);
  const types = [...byType].map(([type, all]) => {
    const members = all.map(({ fullName }) => `<members>${fullName}</members>`).join('');
    return `<types>${members}<name>${type}</name></types>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Package xmlns="http://soap.sforce.com/2006/04/metadata">${types.join('')}<version>${version}</version></Package>\n`;
}
