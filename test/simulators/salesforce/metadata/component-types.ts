import type { FlowProblem } from '../flow-host.ts';
import { parseXml, type XmlElement } from '../flow-xml.ts';
import type { OrgMetadata } from '../schema/org-metadata.ts';
import { checkApplication } from './check-application.ts';
import { checkCustomMetadata } from './check-custom-metadata.ts';
import { checkDashboard } from './check-dashboard.ts';
import { checkFlexiPage } from './check-flexipage.ts';
import { checkFlowTest } from './check-flow-test.ts';
import { checkLayout } from './check-layout.ts';
import { checkNotificationType } from './check-notification-type.ts';
import { checkQuickAction } from './check-quick-action.ts';
import { checkReport } from './check-report.ts';
import { checkReportType } from './check-report-type.ts';
import { checkTab } from './check-tab.ts';
import { addComponent, type Deployment, type SourceFile } from './component.ts';
import { checkFlow, deployFlow } from './deploy-flow.ts';
import { deployPermissionSet } from './deploy-permission-set.ts';
import { readFoldered, type FolderedType } from './read-folder.ts';
import { checkFile } from './structure.ts';

/** What a cross check may know: everything that the org holds after the deploy. */
export type CrossCheck = (metadata: OrgMetadata, name: string, root: XmlElement) => readonly FlowProblem[];

/** A metadata type with one file for each component. */
export interface ComponentType {
  readonly type: string;
  /** Folder in a zip. */
  readonly folder: string;
  readonly suffix: string;
  /** Whether its components lie in folders, which have files of their own: `reports/Name-meta.xml`. */
  readonly isFoldered?: boolean;
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

/** A type whose components lie in folders; the folders are components of it too. */
function foldered(type: FolderedType, folder: string, suffix: string, check: CrossCheck): ComponentType {
  return { type, folder, suffix, isFoldered: true, read: readFoldered(type), check };
}

/** Every type with one file a component, but CustomObject; permission sets come last, because reading them needs the others. */
export const COMPONENT_TYPES: readonly ComponentType[] = [
  plain('CustomPermission', 'customPermissions', '.customPermission'),
  plain('CustomMetadata', 'customMetadata', '.md', checkCustomMetadata),
  plain('CustomNotificationType', 'notificationtypes', '.notiftype', checkNotificationType),
  { type: 'Flow', folder: 'flows', suffix: '.flow', read: deployFlow, check: checkFlow },
  plain('FlowTest', 'flowtests', '.flowtest', checkFlowTest),
  plain('QuickAction', 'quickActions', '.quickAction', checkQuickAction),
  plain('Layout', 'layouts', '.layout', checkLayout),
  plain('FlexiPage', 'flexipages', '.flexipage', checkFlexiPage),
  plain('CustomTab', 'tabs', '.tab', checkTab),
  plain('CustomApplication', 'applications', '.app', checkApplication),
  plain('ReportType', 'reportTypes', '.reportType', checkReportType),
  foldered('Report', 'reports', '.report', checkReport),
  foldered('Dashboard', 'dashboards', '.dashboard', checkDashboard),
  { type: 'PermissionSet', folder: 'permissionsets', suffix: '.permissionset', read: deployPermissionSet },
];
