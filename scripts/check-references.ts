import { readCatalog, type Catalog } from './check-catalog.ts';
import { checkBundleName, checkComponent } from './check-component-references.ts';
import { checkConnectorNames } from './check-connector-names.ts';
import { missing } from './check-finding.ts';
import { checkFlowReferences } from './check-flow-references.ts';
import { checkFormulaReferences } from './check-formula-references.ts';
import { checkCompactLayout, checkLayout, checkObject, STANDARD_COLUMNS } from './check-layout-references.ts';
import { checkApplication, checkFlexiPage, checkQuickAction, checkTab } from './check-page-references.ts';
import { checkPermissionSet, checkPermissionCoverage } from './check-permissions.ts';
import { checkDashboard, checkFolder, checkReport, checkReportType } from './check-report-references.ts';
import { checkNotifications, checkNotificationType, checkSettings } from './check-settings.ts';
import { childrenOf, textOf, type Finding, type MetadataFile, type Project } from './check-source.ts';

type FileCheck = (file: MetadataFile, project: Project, catalog: Catalog) => Finding[];

/** What a file of each metadata type can name in another. */
const CHECKS: Readonly<Record<string, readonly FileCheck[]>> = {
  CompactLayout: [(file, _project, catalog) => checkCompactLayout(file, catalog)],
  CustomApplication: [checkApplication],
  CustomField: [
    (file, _project, catalog) => checkField(file, catalog),
    (file, project, catalog) => checkFormulaReferences(file, project, catalog, ['formula', 'defaultValue']),
  ],
  CustomMetadata: [(file, _project, catalog) => checkSettings(file, catalog)],
  CustomNotificationType: [checkNotificationType],
  CustomObject: [checkObject],
  CustomTab: [checkTab],
  Dashboard: [checkDashboard, checkFolder],
  FlexiPage: [checkFlexiPage],
  Flow: [checkFlowReferences, checkNotifications],
  Layout: [checkLayout],
  LightningComponentBundle: [checkBundleName, checkComponent],
  ListView: [(file, _project, catalog) => checkListView(file, catalog)],
  PermissionSet: [checkPermissionSet],
  QuickAction: [checkQuickAction],
  Report: [checkReport, checkFolder],
  ReportType: [(file, _project, catalog) => checkReportType(file, catalog)],
  ValidationRule: [
    (file, project, catalog) => checkFormulaReferences(file, project, catalog, ['errorConditionFormula']),
  ],
};

/** Everything that one file names in another exists, and the connector has what its table of names needs. */
export function checkReferences(project: Project): Finding[] {
  const catalog = readCatalog(project);
  return [
    ...project.files.flatMap((file) => (CHECKS[file.type] ?? []).flatMap((check) => check(file, project, catalog))),
    ...checkPermissionCoverage(project, catalog),
    ...checkConnectorNames(project, catalog),
  ];
}

function checkField(file: MetadataFile, catalog: Catalog): Finding[] {
  const object = file.name.split('.')[0] ?? '';
  const target = file.root.children.find(({ name }) => name === 'referenceTo');
  return [
    ...(target && !catalog.hasObject(target.text) ? [missing(file, target, `object ${target.text}`)] : []),
    ...(object === 'Activity' || catalog.objects.has(object) ? [] : [missing(file, { line: 1 }, `object ${object}`)]),
  ];
}

function checkListView(file: MetadataFile, catalog: Catalog): Finding[] {
  const object = file.name.split('.')[0] ?? '';
  const columns = childrenOf(file.root, 'columns').map(({ text, line }) => ({ field: text, line }));
  const filters = childrenOf(file.root, 'filters').map((filter) => ({
    field: textOf(filter, 'field') ?? '',
    line: filter.line,
  }));
  const unknown = [...columns, ...filters]
    .filter(({ field }) => !STANDARD_COLUMNS.includes(field) && !catalog.hasField(object, field))
    .map(({ field, line }) => missing(file, { line }, `field ${object}.${field}`));
  const values = childrenOf(file.root, 'filters').flatMap((filter) => {
    const allowed = catalog.fields.get(`${object}.${textOf(filter, 'field')}`)?.values ?? [];
    const asked = (textOf(filter, 'value') ?? '').split(',');
    return allowed.length === 0
      ? []
      : asked
          .filter((value) => !allowed.includes(value))
          .map((value) => missing(file, filter, `picklist value ${value}`));
  });
  return [...unknown, ...values];
}
