import type { FlowProblem } from '../flow-host.ts';
import type { XmlElement } from '../flow-xml.ts';
import { findComponent, type OrgMetadata } from '../schema/org-metadata.ts';
import { columnsOf } from './check-report-type.ts';
import { problem } from './component.ts';
import { checkFolder } from './read-folder.ts';
import { allNamed, childNamed, childrenNamed, textOf } from './xml-children.ts';

/** Elements that hold the name of a column. */
const COLUMN_ELEMENTS = [
  'column',
  'dateColumn',
  'groupingColumn',
  'secondaryGroupingColumn',
  'sortColumn',
  'sourceColumnName',
];
const SUMMARY = /([\w.$]+):(?:SUM|AVG|MAX|MIN|UNIQUE)/g;
const LONGEST = { name: 40, description: 255 };

/** A report lies in a folder that exists and names columns of its report type. */
export function checkReport(metadata: OrgMetadata, name: string, root: XmlElement): FlowProblem[] {
  if (root.name === 'ReportFolder') return [];
  const type = textOf(root, 'reportType');
  const reportType = findComponent(metadata, 'ReportType', type.replace(/__c$/, ''))?.content;
  const own = [...checkFolder(metadata, 'Report', name), ...checkLengths(root, LONGEST), ...checkFormat(root)];
  if (!type.endsWith('__c') || reportType === undefined) {
    return [...own, problem(`Invalid report type: ${type}`, childNamed(root, 'reportType'))];
  }
  const columns = reportColumns(metadata, name) ?? new Set();
  return [
    ...own,
    ...namedColumns(root)
      .filter(({ text }) => !columns.has(text.trim()))
      .map(unknownColumn),
    ...checkFormulas(root, columns),
  ];
}

/** Everything that a report, or a dashboard of it, may name as a column; undefined when there is no such report. */
export function reportColumns(metadata: OrgMetadata, name: string): ReadonlySet<string> | undefined {
  const report = findComponent(metadata, 'Report', name)?.content;
  if (report === undefined) return undefined;
  const type = textOf(report, 'reportType').replace(/__c$/, '');
  const reportType = findComponent(metadata, 'ReportType', type)?.content;
  const made = [
    ...childrenNamed(report, 'buckets'),
    ...childrenNamed(report, 'aggregates'),
    ...childrenNamed(report, 'customDetailFormulas'),
  ];
  const own = made.map((each) => textOf(each, 'developerName'));
  return new Set(['RowCount', ...own, ...(reportType === undefined ? [] : columnsOf(reportType))]);
}

function namedColumns(root: XmlElement): XmlElement[] {
  const fields = ['columns', 'groupingsDown', 'groupingsAcross'].flatMap((list) => childrenNamed(root, list));
  return [
    ...fields.flatMap((each) => childNamed(each, 'field') ?? []),
    ...COLUMN_ELEMENTS.flatMap((name) => allNamed(root, name)),
  ];
}

const unknownColumn = (element: XmlElement): FlowProblem =>
  problem(`Invalid field name: ${element.text.trim()}`, element);

/** Summary formulas name columns as `Column:SUM`. */
function checkFormulas(root: XmlElement, columns: ReadonlySet<string>): FlowProblem[] {
  const named = new Set([...columns].map((column) => column.replace('$', '.')));
  return childrenNamed(root, 'aggregates').flatMap((aggregate) =>
    [...textOf(aggregate, 'calculatedFormula').matchAll(SUMMARY)]
      .filter(([, column = '']) => !columns.has(column) && !named.has(column))
      .map(([, column = '']) => problem(`Field ${column} does not exist. Check spelling.`, aggregate)),
  );
}

function checkFormat(root: XmlElement): FlowProblem[] {
  const format = textOf(root, 'format');
  const down = childrenNamed(root, 'groupingsDown').length;
  const across = childrenNamed(root, 'groupingsAcross').length;
  const fits =
    (format === 'Tabular' && down + across === 0) ||
    (format === 'Summary' && down > 0 && down <= 3 && across === 0) ||
    (format === 'Matrix' && down > 0 && down <= 2 && across > 0 && across <= 2);
  return fits
    ? []
    : [problem(`A report of format ${format} cannot have ${down} groupings down and ${across} across`, root)];
}

/** Texts that the platform keeps only so long. */
export function checkLengths(root: XmlElement, longest: Readonly<Record<string, number>>): FlowProblem[] {
  return Object.entries(longest)
    .filter(([element, length]) => textOf(root, element).length > length)
    .map(([element, length]) =>
      problem(`Value too long for field: ${element} maximum length is:${length}`, childNamed(root, element)),
    );
}
