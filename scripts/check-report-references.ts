import type { Catalog } from './check-catalog.ts';
import { hasComponent, missing, namedIn } from './check-finding.ts';
import {
  allBelow,
  childrenOf,
  textOf,
  type Finding,
  type MetadataFile,
  type Project,
  type XmlElement,
} from './check-source.ts';

/** What a report type calls the lookup to the owner and the like, which a query calls with `Id` at the end. */
const LOOKUPS = /^(?:Owner|CreatedBy|LastModifiedBy)$/;
/** Elements of a report or of a dashboard's component that hold the name of a column. */
const COLUMN_ELEMENTS = ['column', 'dateColumn', 'groupingColumn', 'secondaryGroupingColumn', 'sortColumn'];
/** Columns that are no fields: the number of rows. */
const COUNT = 'RowCount';
/** A column in a summary formula, for example `TrackedEmail__c.Answered__c:AVG`. */
const SUMMARY = /([\w.$]+):(?:SUM|AVG|MAX|MIN|UNIQUE)/g;

/** A report type rests on objects, relationships and fields that exist. */
export function checkReportType(file: MetadataFile, catalog: Catalog): Finding[] {
  const base = textOf(file.root, 'baseObject') ?? '';
  if (!catalog.hasObject(base)) return [missing(file, file.root, `object ${base}`)];
  const objects = new Map([[base, base]]);
  const joins = allBelow(file.root).filter(({ name }) => name === 'join');
  let table = base;
  for (const join of joins) {
    const relationship = textOf(join, 'relationship') ?? '';
    const child = catalog.childObject(objects.get(table) ?? '', relationship);
    if (child === undefined) return [missing(file, join, `relationship ${relationship} of ${table}`)];
    objects.set((table = `${table}.${relationship}`), child);
  }
  return columnsIn(file.root).flatMap((column) => {
    const [owner = '', field = ''] = [textOf(column, 'table'), textOf(column, 'field')];
    const object = objects.get(owner);
    if (object === undefined) return [missing(file, column, `table ${owner}`)];
    const path = field.replace(LOOKUPS, (lookup) => `${lookup}Id`);
    return catalog.hasPath(object, path) ? [] : [missing(file, column, `field ${object}.${field}`)];
  });
}

const columnsIn = (root: XmlElement): XmlElement[] =>
  childrenOf(root, 'sections').flatMap((section) => childrenOf(section, 'columns'));

/** What a report, or a dashboard of it, may name as a column; undefined when the report or its type is not there. */
function columnsOf(report: MetadataFile, project: Project): ReadonlySet<string> | undefined {
  const name = (textOf(report.root, 'reportType') ?? '').replace(/__c$/, '');
  const type = project.files.find((file) => file.type === 'ReportType' && file.name === name);
  if (type === undefined) return undefined;
  const own = ['buckets', 'aggregates', 'customDetailFormulas'].flatMap((kind) => childrenOf(report.root, kind));
  return new Set([
    COUNT,
    ...own.map((each) => textOf(each, 'developerName') ?? ''),
    ...columnsIn(type.root).map((column) => `${textOf(column, 'table')}$${textOf(column, 'field')}`),
  ]);
}

/** A report names a report type of the project and columns of it. */
export function checkReport(file: MetadataFile, project: Project): Finding[] {
  const columns = columnsOf(file, project);
  if (columns === undefined) {
    return [missing(file, file.root, `report type ${textOf(file.root, 'reportType') ?? ''}`)];
  }
  const lists = ['columns', 'groupingsDown', 'groupingsAcross'].flatMap((list) => childrenOf(file.root, list));
  const inFormulas = namedIn(childrenOf(file.root, 'aggregates'), 'calculatedFormula').flatMap(({ name, line }) =>
    [...name.matchAll(SUMMARY)].map(([, column = '']) => ({ name: column.replace('.', '$'), line })),
  );
  return unknownColumns(file, [...namedIn(lists, 'field'), ...columnElements(file.root), ...inFormulas], columns);
}

/** A dashboard shows reports of the project and columns of them. */
export function checkDashboard(file: MetadataFile, project: Project): Finding[] {
  const components = allBelow(file.root).filter(({ name }) => name === 'dashboardComponent');
  return components.flatMap((component) => {
    const name = textOf(component, 'report') ?? '';
    const report = project.files.find((other) => other.type === 'Report' && other.name === name);
    if (report === undefined) return [missing(file, component, `report ${name}`)];
    const columns = columnsOf(report, project) ?? new Set([]);
    return unknownColumns(file, columnElements(component), columns);
  });
}

/** A folder of reports or dashboards that a component lies in is described by a file of its own. */
export function checkFolder(file: MetadataFile, project: Project): Finding[] {
  const folder = file.name.split('/')[0] ?? '';
  return hasComponent(project, `${file.type}Folder`, folder) ? [] : [missing(file, file.root, `folder ${folder}`)];
}

function columnElements(root: XmlElement): { name: string; line: number }[] {
  return allBelow(root)
    .filter(({ name }) => COLUMN_ELEMENTS.includes(name))
    .map(({ text, line }) => ({ name: text.trim(), line }));
}

function unknownColumns(
  file: MetadataFile,
  named: readonly { name: string; line: number }[],
  columns: ReadonlySet<string>,
): Finding[] {
  return named.filter(({ name }) => !columns.has(name)).map((column) => missing(file, column, `column ${column.name}`));
}
