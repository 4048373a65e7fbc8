import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import type * as Sdr from '@salesforce/source-deploy-retrieve';
import { XMLParser } from 'fast-xml-parser';
import type { Finding, Project } from './check-source.ts';

const { ComponentSet, MetadataConverter } = createRequire(import.meta.url)(
  '@salesforce/source-deploy-retrieve',
) as typeof Sdr;

interface Manifest {
  readonly Package: {
    readonly types: readonly { readonly name: string; readonly members: readonly string[] }[];
    readonly version: string;
  };
}

/**
 * The whole source converts into one deployable package: every file belongs to a component, every component stands in
 * the manifest, and the manifest asks for the API version of the project. Works in a temporary folder.
 */
export async function checkConversion(project: Project): Promise<Finding[]> {
  const target = mkdtempSync(join(tmpdir(), 'reply-tracking-convert-'));
  try {
    const components = ComponentSet.fromSource(project.packages.map((folder) => join(project.root, folder)));
    components.sourceApiVersion = project.apiVersion;
    await new MetadataConverter().convert(components, 'metadata', {
      type: 'directory',
      outputDirectory: target,
      genUniqueDir: false,
    });
    return [...unknownFiles(project, components), ...missingMembers(project, components, join(target, 'package.xml'))];
  } catch (error) {
    return [
      { path: 'sfdx-project.json', line: 1, problem: `the source does not convert: ${(error as Error).message}` },
    ];
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

function unknownFiles(project: Project, components: Sdr.ComponentSet): Finding[] {
  const known = new Set(
    [...components.getSourceComponents()]
      .flatMap((component) => [component, ...component.getChildren()])
      .flatMap(({ xml }) => (xml === undefined ? [] : [relative(project.root, xml).split(sep).join('/')])),
  );
  return project.files
    .filter(({ path }) => !known.has(path))
    .map(({ path }) => ({ path, line: 1, problem: 'belongs to no component: is its folder or its suffix misspelt?' }));
}

function missingMembers(project: Project, components: Sdr.ComponentSet, file: string): Finding[] {
  const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'types' || name === 'members' });
  const manifest = (parser.parse(readFileSync(file, 'utf8')) as Manifest).Package;
  const members = new Set(manifest.types.flatMap(({ name, members }) => members.map((member) => `${name}:${member}`)));
  const missing = [...components.getSourceComponents()]
    .filter(({ type, fullName, xml }) => xml !== undefined && !members.has(memberOf(type, fullName)))
    .map(({ type, fullName, xml }) => ({
      path: relative(project.root, xml ?? '')
        .split(sep)
        .join('/'),
      line: 1,
      problem: `${type.name} ${fullName} is missing in the manifest of the converted package`,
    }));
  const wrongVersion =
    manifest.version === project.apiVersion ? [] : [versionFinding(manifest.version, project.apiVersion)];
  return [...missing, ...wrongVersion];
}

/** A manifest names a folder of reports as a Report with a slash at the end. */
function memberOf({ name, folderContentType }: Sdr.SourceComponent['type'], fullName: string): string {
  return folderContentType === undefined ? `${name}:${fullName}` : `${name.slice(0, -'Folder'.length)}:${fullName}/`;
}

function versionFinding(found: string, wanted: string): Finding {
  return {
    path: 'sfdx-project.json',
    line: 1,
    problem: `the converted package asks for API ${found} instead of ${wanted}`,
  };
}
