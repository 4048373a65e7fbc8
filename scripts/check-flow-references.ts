import type { Catalog } from './check-catalog.ts';
import { flowScope, hasFile, hasVariable, objectOf, referenceExists, type FlowScope } from './check-flow-scope.ts';
import {
  allBelow,
  childrenOf,
  textOf,
  type Finding,
  type MetadataFile,
  type Project,
  type XmlElement,
} from './check-source.ts';

/** Elements of a flow whose text is a reference. */
const REFERENCES = [
  'elementReference',
  'assignToReference',
  'leftValueReference',
  'targetReference',
  'collectionReference',
  'inputReference',
];
/** Elements of a flow whose text is a formula, or a text with merge fields. */
const FORMULAS = ['expression', 'filterFormula', 'formulaExpression', 'fieldText'];

/** Objects, fields, picklist values, elements, resources, flows, permissions and settings that a flow names all exist. */
export function checkFlowReferences(file: MetadataFile, project: Project, catalog: Catalog): Finding[] {
  const scope = flowScope(file, project, catalog);
  return allBelow(file.root).flatMap((element) => [
    ...recordProblems(element, scope),
    ...referenceProblems(element, scope),
    ...valueProblems(element, scope),
    ...(element.name === 'subflows' ? subflowProblems(element, scope) : []),
  ]);
}

/** Start and data elements: the object, and the fields that are compared, read, sorted by or written. */
function recordProblems(element: XmlElement, { file, catalog }: FlowScope): Finding[] {
  const object = textOf(element, 'object');
  if (object === undefined) return [];
  if (!catalog.hasObject(object)) return [missing(file, element, `object ${object}`)];
  const read = [...childrenOf(element, 'queriedFields'), ...childrenOf(element, 'sortField')]
    .filter(({ text }) => !catalog.hasField(object, text))
    .map((field) => missing(file, field, `field ${object}.${field.text}`));
  const compared = ['filters', 'inputAssignments'].flatMap((part) =>
    childrenOf(element, part).flatMap((each) => {
      const field = textOf(each, 'field') ?? '';
      if (!catalog.hasField(object, field)) return [missing(file, each, `field ${object}.${field}`)];
      return literalProblems(`${object}.${field}`, childrenOf(each, 'value'), file, catalog);
    }),
  );
  return [...read, ...compared];
}

function referenceProblems(element: XmlElement, scope: FlowScope): Finding[] {
  const named = REFERENCES.includes(element.name) ? [element.text] : [];
  const inFormula = FORMULAS.includes(element.name)
    ? [...element.text.matchAll(/\{!([^}]*)\}/g)].map(([, name]) => name ?? '')
    : [];
  return [...named, ...inFormula]
    .filter((name) => !referenceExists(name, scope))
    .map((name) => missing(scope.file, element, `resource or field ${name}`));
}

/** Conditions and assignments: a literal that meets a picklist field is one of its values. */
function valueProblems(element: XmlElement, scope: FlowScope): Finding[] {
  const reference = textOf(element, 'leftValueReference') ?? textOf(element, 'assignToReference');
  const [head = '', field] = reference?.split('.') ?? [];
  const object = objectOf(head, scope);
  if (field === undefined || object === undefined) return [];
  const values = [...childrenOf(element, 'rightValue'), ...childrenOf(element, 'value')];
  return literalProblems(`${object}.${field}`, values, scope.file, scope.catalog);
}

/** A called flow exists and takes every input that it is given. */
function subflowProblems(element: XmlElement, scope: FlowScope): Finding[] {
  const flow = textOf(element, 'flowName') ?? '';
  if (!hasFile(scope.project, 'Flow', flow)) return [missing(scope.file, element, `flow ${flow}`)];
  return childrenOf(element, 'inputAssignments')
    .filter((input) => !hasVariable(flow, textOf(input, 'name') ?? '', 'isInput', scope))
    .map((input) => missing(scope.file, input, `input ${textOf(input, 'name')} of ${flow}`));
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
