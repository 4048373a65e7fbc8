import { readCatalog, type Catalog } from './check-catalog.ts';
import { checkFlowReferences } from './check-flow-references.ts';
import { checkPermissionSet, checkPermissionCoverage } from './check-permissions.ts';
import { childrenOf, textOf, type Finding, type MetadataFile, type Project } from './check-source.ts';

/** Columns of a list view that are no fields but words of the platform. */
const STANDARD_COLUMNS = ['NAME', 'OWNER.ALIAS', 'CREATED_DATE', 'LAST_UPDATE', 'RECORDTYPE'];

/** Everything that one file names in another exists: objects, fields, picklist values, elements, tabs, applications. */
export function checkReferences(project: Project): Finding[] {
  const catalog = readCatalog(project);
  return [
    ...project.files.flatMap((file) => checkFile(file, project, catalog)),
    ...checkPermissionCoverage(project, catalog),
  ];
}

function checkFile(file: MetadataFile, project: Project, catalog: Catalog): Finding[] {
  switch (file.type) {
    case 'Flow':
      return checkFlowReferences(file, project, catalog);
    case 'PermissionSet':
      return checkPermissionSet(file, project, catalog);
    case 'CustomField':
      return checkField(file, catalog);
    case 'ListView':
      return checkListView(file, catalog);
    case 'CustomTab':
      return catalog.objects.has(file.name) ? [] : [missing(file, 1, `object ${file.name}`)];
    case 'CustomApplication':
      return checkApplication(file, project);
    default:
      return [];
  }
}

function checkField(file: MetadataFile, catalog: Catalog): Finding[] {
  const object = file.name.split('.')[0] ?? '';
  const target = file.root.children.find(({ name }) => name === 'referenceTo');
  const formula = file.root.children.find(({ name }) => name === 'formula');
  const named = formula?.text.match(/\b\w+__c\b/g) ?? [];
  return [
    ...(target && !catalog.hasObject(target.text) ? [missing(file, target.line, `object ${target.text}`)] : []),
    ...named
      .filter((field) => !catalog.hasField(object, field))
      .map((field) => missing(file, formula?.line ?? 1, `field ${object}.${field}`)),
    ...(object === 'Activity' || catalog.objects.has(object) ? [] : [missing(file, 1, `object ${object}`)]),
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
    .map(({ field, line }) => missing(file, line, `field ${object}.${field}`));
  const values = childrenOf(file.root, 'filters').flatMap((filter) => {
    const allowed = catalog.fields.get(`${object}.${textOf(filter, 'field')}`)?.values ?? [];
    const asked = (textOf(filter, 'value') ?? '').split(',');
    return allowed.length === 0
      ? []
      : asked
          .filter((value) => !allowed.includes(value))
          .map((value) => missing(file, filter.line, `picklist value ${value}`));
  });
  return [...unknown, ...values];
}

function checkApplication(file: MetadataFile, project: Project): Finding[] {
  const tabs = new Set(project.files.filter(({ type }) => type === 'CustomTab').map(({ name }) => name));
  return childrenOf(file.root, 'tabs')
    .filter(({ text }) => !text.startsWith('standard-') && !tabs.has(text))
    .map(({ text, line }) => missing(file, line, `tab ${text}`));
}

function missing({ path }: MetadataFile, line: number, what: string): Finding {
  return { path, line, problem: `names the ${what}, which does not exist` };
}
