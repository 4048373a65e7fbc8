import type { FlowProblem } from '../flow-host.ts';
import { parseXml, type XmlElement } from '../flow-xml.ts';
import type { OrgMetadata } from '../schema/org-metadata.ts';
import { checkApplication } from './check-application.ts';
import { checkCustomMetadata } from './check-custom-metadata.ts';
import { checkTab } from './check-tab.ts';
import { addComponent, type Deployment, type SourceFile } from './component.ts';
import { deployFlow } from './deploy-flow.ts';
import { deployPermissionSet } from './deploy-permission-set.ts';
import { checkFile } from './structure.ts';

/** What a cross check may know: everything that the org holds after the deploy. */
export type CrossCheck = (metadata: OrgMetadata, name: string, root: XmlElement) => readonly FlowProblem[];

/** A metadata type with one file for each component. */
export interface ComponentType {
  readonly type: string;
  /** Folder in a zip. */
  readonly folder: string;
  readonly suffix: string;
  /** Reads a file and adds the component, or its problems; another component may come later. */
  readonly read: (deployment: Deployment, file: SourceFile) => void;
  /** Checks what a component names, when every file has been read. */
  readonly check?: CrossCheck;
}

/** A type whose elements are checked against the Metadata API's list, and that has no effect on data. */
function plain(type: string, folder: string, suffix: string, check?: CrossCheck): ComponentType {
  return {
    type,
    folder,
    suffix,
    read(deployment, file) {
      const root = parseXml(file.xml);
      addComponent(deployment, type, file, root, checkFile(type, root));
    },
    ...(check === undefined ? {} : { check }),
  };
}

/** Every type but CustomObject; permission sets come last, because reading them needs the others. */
export const COMPONENT_TYPES: readonly ComponentType[] = [
  plain('CustomPermission', 'customPermissions', '.customPermission'),
  plain('CustomMetadata', 'customMetadata', '.md', checkCustomMetadata),
  plain('CustomTab', 'tabs', '.tab', checkTab),
  plain('CustomApplication', 'applications', '.app', checkApplication),
  { type: 'Flow', folder: 'flows', suffix: '.flow', read: deployFlow },
  { type: 'PermissionSet', folder: 'permissionsets', suffix: '.permissionset', read: deployPermissionSet },
];
