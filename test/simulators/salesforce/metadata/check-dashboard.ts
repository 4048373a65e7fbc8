import type { FlowProblem } from '../flow-host.ts';
import type { XmlElement } from '../flow-xml.ts';
import type { OrgMetadata } from '../schema/org-metadata.ts';
import { checkLengths, reportColumns } from './check-report.ts';
import { problem } from './component.ts';
import { checkFolder } from './read-folder.ts';
import { allNamed, childNamed, childrenNamed, textOf } from './xml-children.ts';

const LONGEST = { title: 80, description: 255 };
const MOST_COMPONENTS = 20;

/** A dashboard lies in a folder that exists and shows columns of reports that exist. */
export function checkDashboard(metadata: OrgMetadata, name: string, root: XmlElement): FlowProblem[] {
  if (root.name === 'DashboardFolder') return [];
  const components = [...allNamed(root, 'dashboardComponent'), ...allNamed(root, 'components')];
  const specified = textOf(root, 'dashboardType') === 'SpecifiedUser';
  return [
    ...checkFolder(metadata, 'Dashboard', name),
    ...checkLengths(root, LONGEST),
    ...(specified
      ? [
          problem(
            'NOT_SIMULATED: a dashboard of a specified user names a user of one org',
            childNamed(root, 'dashboardType'),
          ),
        ]
      : []),
    ...(components.length > MOST_COMPONENTS
      ? [problem(`A dashboard has at most ${MOST_COMPONENTS} components`, root)]
      : []),
    ...components.flatMap((component) => checkComponent(metadata, component)),
    ...checkGrid(root),
  ];
}

function checkComponent(metadata: OrgMetadata, component: XmlElement): FlowProblem[] {
  const report = textOf(component, 'report');
  const columns = reportColumns(metadata, report);
  if (columns === undefined) {
    return [
      problem(`In field: report - no Report named ${report} found`, childNamed(component, 'report') ?? component),
    ];
  }
  const named = [
    ...childrenNamed(component, 'groupingColumn'),
    ...[...childrenNamed(component, 'chartSummary'), ...childrenNamed(component, 'dashboardTableColumn')].flatMap(
      (each) => childNamed(each, 'column') ?? [],
    ),
    ...childrenNamed(component, 'dashboardFilterColumns').flatMap((each) => childNamed(each, 'column') ?? []),
  ];
  return named
    .filter(({ text }) => !columns.has(text.trim()))
    .map((element) => problem(`Invalid field name: ${element.text.trim()}`, element));
}

interface Cell {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

function cellOf(element: XmlElement): Cell {
  const top = Number(textOf(element, 'rowIndex'));
  const left = Number(textOf(element, 'columnIndex'));
  const bottom = top + Number(textOf(element, 'rowSpan'));
  return { top, left, bottom, right: left + Number(textOf(element, 'colSpan')) };
}

const overlap = (one: Cell, other: Cell): boolean =>
  one.top < other.bottom && other.top < one.bottom && one.left < other.right && other.left < one.right;

/** Components of a grid lie inside of its columns and do not cover each other. */
function checkGrid(root: XmlElement): FlowProblem[] {
  const grid = childNamed(root, 'dashboardGridLayout');
  const width = Number(textOf(grid, 'numberOfColumns'));
  const elements = childrenNamed(grid, 'dashboardGridComponents');
  const cells = elements.map(cellOf);
  return elements.flatMap((element, at) => {
    const cell = cells[at]!;
    if (cell.right > width) return [problem('A dashboard component lies outside of the grid', element)];
    const covered = cells.slice(0, at).some((other) => overlap(cell, other));
    return covered ? [problem('Two dashboard components lie on one place of the grid', element)] : [];
  });
}
