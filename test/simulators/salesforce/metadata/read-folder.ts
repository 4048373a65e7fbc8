import { parseXml, type XmlElement } from '../flow-xml.ts';
import type { FlowProblem } from '../flow-host.ts';
import { findComponent, type OrgMetadata } from '../schema/org-metadata.ts';
import { addComponent, problem, type Deployment, type SourceFile } from './component.ts';
import { checkFile, checkStructure } from './structure.ts';

/** Content that lies in folders; a member of package.xml is a folder, or `Folder/Name`. */
export type FolderedType = 'Report' | 'Dashboard';

/** What ends the file of a folder. */
export const FOLDER_SUFFIX = '-meta.xml';

/**
 * Reads a file below `reports` or `dashboards`: a folder (`reports/Name-meta.xml`) or its content
 * (`reports/Name/Report.report`). A folder is a component of the type of what it holds, as in package.xml.
 */
export function readFoldered(type: FolderedType): (deployment: Deployment, file: SourceFile) => void {
  return (deployment, file) => {
    const root = parseXml(file.xml);
    addComponent(
      deployment,
      type,
      file,
      root,
      file.fileName.endsWith(FOLDER_SUFFIX) ? readFolder(type, root) : checkFile(type, root),
    );
  };
}

function readFolder(type: FolderedType, root: XmlElement): FlowProblem[] {
  return root.name === `${type}Folder`
    ? checkStructure('Folder', root)
    : [problem(`Error parsing file: the root element is not ${type}Folder`, root)];
}

/** The folder that a full name begins with exists, and no other folder holds the same name; a name without one is a folder itself. */
export function checkFolder(metadata: OrgMetadata, type: FolderedType, fullName: string): FlowProblem[] {
  const slash = fullName.lastIndexOf('/');
  if (slash < 0) return [];
  const folder = fullName.slice(0, slash);
  const name = fullName.slice(slash).toLowerCase();
  const sameName = [...metadata.components.values()].filter(
    (each) => each.type === type && each.fullName.toLowerCase().endsWith(name),
  );
  return [
    ...(findComponent(metadata, type, folder) === undefined ? [problem(`Cannot find folder:${folder}`)] : []),
    ...(sameName.length > 1 ? [problem(`Duplicate developer name: ${fullName.slice(slash + 1)}`)] : []),
  ];
}
