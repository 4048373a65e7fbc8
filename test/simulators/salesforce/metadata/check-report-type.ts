import type { FlowProblem } from '../flow-host.ts';
import type { XmlElement } from '../flow-xml.ts';
import { findObject, type OrgMetadata } from '../schema/org-metadata.ts';
import { problem } from './component.ts';
import { childObject, resolveFieldPath, resolveTable } from './field-path.ts';
import { allNamed, childNamed, textOf } from './xml-children.ts';

/** A report type rests on objects, relationships and fields that exist; no column stands in it twice. */
export function checkReportType(metadata: OrgMetadata, _name: string, root: XmlElement): FlowProblem[] {
  const base = textOf(root, 'baseObject');
  if (findObject(metadata, base) === undefined) {
    return [problem(`In field: baseObject - no CustomObject named ${base} found`, childNamed(root, 'baseObject'))];
  }
  const columns = allNamed(root, 'columns');
  const keys = columns.map(columnKey);
  return [
    ...(textOf(root, 'category') === '' ? [problem('Required field is missing: category', root)] : []),
    ...checkJoins(metadata, base, root),
    ...columns.flatMap((column) => checkColumn(metadata, base, root, column)),
    ...columns
      .filter((_column, at) => keys.indexOf(keys[at]!) < at)
      .map((column) => problem(`Duplicate column ${columnKey(column)} in the report type`, column)),
  ];
}

/** How a report names a column of a report type: `Table$Field`. */
function columnKey(column: XmlElement): string {
  return `${textOf(column, 'table')}$${textOf(column, 'field')}`;
}

/** Tables of a report type: the base object and the objects joined to it, each with the path before it. */
function tablesOf(root: XmlElement): string[] {
  const tables = [textOf(root, 'baseObject')];
  for (let join = childNamed(root, 'join'); join !== undefined; join = childNamed(join, 'join')) {
    tables.push(`${tables.at(-1)!}.${textOf(join, 'relationship')}`);
  }
  return tables;
}

function checkJoins(metadata: OrgMetadata, base: string, root: XmlElement): FlowProblem[] {
  let parent = findObject(metadata, base);
  for (let join = childNamed(root, 'join'); join !== undefined; join = childNamed(join, 'join')) {
    const relationship = textOf(join, 'relationship');
    const child = parent && childObject(metadata, parent, relationship);
    if (child === undefined) {
      return [problem(`Could not find relationship ${relationship} on ${parent?.name ?? base}`, join)];
    }
    parent = child;
  }
  return [];
}

function checkColumn(metadata: OrgMetadata, base: string, root: XmlElement, column: XmlElement): FlowProblem[] {
  const table = textOf(column, 'table');
  const field = textOf(column, 'field');
  if (!tablesOf(root).includes(table))
    return [problem(`Could not find table ${table} in report type on ${base}`, column)];
  const object = resolveTable(metadata, table);
  const found = object && resolveFieldPath(metadata, object, field);
  return found === undefined ? [problem(`Could not find field ${field} in table ${table}`, column)] : [];
}

/** The columns that reports of this type may name. */
export function columnsOf(root: XmlElement): ReadonlySet<string> {
  return new Set(allNamed(root, 'columns').map(columnKey));
}
