import type { Catalog } from './check-catalog.ts';
import { allBelow, childrenOf, textOf, type Finding, type MetadataFile, type XmlElement } from './check-source.ts';

/** Global variables of a flow that are no records. */
const GLOBALS = [
  '$Flow.CurrentDate',
  '$Flow.CurrentDateTime',
  '$Flow.FaultMessage',
  '$Flow.InterviewGuid',
  '$GlobalConstant.EmptyString',
];
const RECORD = /^\$Record(?:__Prior)?$/;
/** Elements of a flow whose text is a reference. */
const REFERENCES = [
  'elementReference',
  'assignToReference',
  'leftValueReference',
  'targetReference',
  'collectionReference',
  'inputReference',
];

/** One flow and what it may name. */
interface Scope {
  readonly file: MetadataFile;
  readonly catalog: Catalog;
  /** The object whose record starts the flow. */
  readonly object: string;
  /** Names of the flow's own elements and resources. */
  readonly own: ReadonlySet<string>;
}

/** Objects, fields, picklist values, elements and resources that a flow names all exist. */
export function checkFlowReferences(file: MetadataFile, catalog: Catalog): Finding[] {
  const start = file.root.children.find(({ name }) => name === 'start');
  const object = (start && textOf(start, 'object')) ?? '';
  const own = new Set(
    file.root.children
      .flatMap((child) => [child, ...childrenOf(child, 'rules')])
      .map((child) => textOf(child, 'name') ?? ''),
  );
  const scope: Scope = { file, catalog, object, own };
  return allBelow(file.root).flatMap((element) => [
    ...recordProblems(element, scope),
    ...referenceProblems(element, scope),
    ...valueProblems(element, scope),
  ]);
}

/** Start and data elements: the object, and the fields that are compared or written. */
function recordProblems(element: XmlElement, { file, catalog }: Scope): Finding[] {
  const object = textOf(element, 'object');
  if (object === undefined) return [];
  if (!catalog.hasObject(object)) return [missing(file, element, `object ${object}`)];
  return ['filters', 'inputAssignments'].flatMap((part) =>
    childrenOf(element, part).flatMap((each) => {
      const field = textOf(each, 'field') ?? '';
      if (!catalog.hasField(object, field)) return [missing(file, each, `field ${object}.${field}`)];
      return literalProblems(`${object}.${field}`, childrenOf(each, 'value'), file, catalog);
    }),
  );
}

function referenceProblems(element: XmlElement, scope: Scope): Finding[] {
  const named = REFERENCES.includes(element.name) ? [element.text] : [];
  const inFormula = ['expression', 'filterFormula'].includes(element.name)
    ? [...element.text.matchAll(/\{!([^}]*)\}/g)].map(([, name]) => name ?? '')
    : [];
  return [...named, ...inFormula]
    .filter((name) => !exists(name, scope))
    .map((name) => missing(scope.file, element, `resource or field ${name}`));
}

function exists(name: string, { catalog, object, own }: Scope): boolean {
  if (GLOBALS.includes(name)) return true;
  const [head = '', field, ...rest] = name.split('.');
  if (!RECORD.test(head)) return own.has(head);
  return field === undefined || (rest.length === 0 && catalog.hasField(object, field));
}

/** Conditions and assignments: a literal that meets a picklist field is one of its values. */
function valueProblems(element: XmlElement, { file, catalog, object }: Scope): Finding[] {
  const reference = textOf(element, 'leftValueReference') ?? textOf(element, 'assignToReference');
  const [head = '', field] = reference?.split('.') ?? [];
  if (field === undefined || !RECORD.test(head)) return [];
  return literalProblems(
    `${object}.${field}`,
    [...childrenOf(element, 'rightValue'), ...childrenOf(element, 'value')],
    file,
    catalog,
  );
}

function literalProblems(
  field: string,
  values: readonly XmlElement[],
  file: MetadataFile,
  catalog: Catalog,
): Finding[] {
  const allowed = catalog.fields.get(field)?.values ?? [];
  return values
    .flatMap((value) => childrenOf(value, 'stringValue'))
    .filter(({ text }) => allowed.length > 0 && !allowed.includes(text))
    .map((literal) => missing(file, literal, `value "${literal.text}" of ${field}`));
}

function missing({ path }: MetadataFile, { line }: XmlElement, what: string): Finding {
  return { path, line, problem: `names the ${what}, which does not exist` };
}
