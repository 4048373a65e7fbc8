import { checkStart } from './flow-check-start.ts';
import { checkFlowFormula } from './flow-check-value.ts';
import { fail, type Check } from './flow-check.ts';
import { checkStep } from './flow-check-step.ts';
import type { Flow } from './flow-elements.ts';
import { checkGraph } from './flow-graph.ts';
import type { FlowProblem } from './flow-host.ts';
import { FORMULA_TYPES } from './flow-interview.ts';
import { schemaNamed, typeOfReference, typeOfSource, type FlowContext, type FlowNeighbours } from './flow-names.ts';
import { allResources, allSteps, flowProgram, nameKey, type FlowProgram, type FlowResource } from './flow-program.ts';
import { problemAt } from './flow-reader.ts';
import { problemOf, type SchemaOf } from './formula.ts';

const ALONE: FlowNeighbours = { flow: () => undefined, hasCustomMetadata: () => false };

/**
 * What is wrong with a parsed flow in an org of this schema; empty when it can be deployed. Stricter than the
 * platform: what the local org does not interpret, or only warns of elsewhere, is a problem here.
 */
export function validateFlow(flow: Flow, schemaOf: SchemaOf, neighbours = ALONE): FlowProblem[] {
  const context: FlowContext = { program: flowProgram(flow), schemaOf, neighbours };
  const problems: FlowProblem[] = [];
  const check: Check = (place, action) => {
    const problem = problemOf(action);
    if (problem !== undefined)
      problems.push(problemAt(place, place.name === undefined ? problem : `${place.name}: ${problem}`));
  };
  checkStart(context, check);
  problems.push(...checkGraph(context.program));
  for (const resource of allResources(flow)) checkResource(context, resource, check);
  checkCircles(context.program, check);
  for (const step of allSteps(flow)) checkStep(context, step, check);
  return problems;
}

function checkResource(context: FlowContext, resource: FlowResource, check: Check): void {
  const { element } = resource;
  check(element, () => {
    if (resource.kind === 'formula') return checkFormulaResource(context, resource.element);
    if (resource.kind === 'template')
      return checkTemplate(context, resource.element.text, resource.element.isViewedAsPlainText);
    if (resource.kind === 'variable') checkVariable(context, resource.element);
    if (resource.element.value?.elementReference !== undefined) fail('Its value must be a literal.');
    if (resource.element.value !== undefined) {
      const source = typeOfSource(context, resource.element.value);
      const { type } = typeOfReference(context, element.name);
      if (source.type !== type) fail(`Its value has the type ${source.type}, not ${type}.`);
    }
  });
}

function checkVariable(context: FlowContext, variable: Flow['variables'][number]): void {
  if (variable.dataType === 'SObject')
    schemaNamed(context, variable.objectType ?? fail('A record variable needs an object.'));
  if (['Number', 'Currency'].includes(variable.dataType) && variable.scale === undefined)
    fail('A number needs a scale.');
  if ((variable.isInput || variable.isOutput) && context.program.flow.start.triggerType !== undefined)
    fail('A flow that is started by records or by the clock has no inputs and outputs.');
}

function checkFormulaResource(context: FlowContext, formula: Flow['formulas'][number]): void {
  const declared = FORMULA_TYPES[formula.dataType];
  if (declared === 'Number' && (formula.scale === undefined || formula.scale < 0 || formula.scale > 17))
    fail('A number needs a scale from 0 to 17.');
  const type = checkFlowFormula(context, formula.expression, false);
  if (type !== declared && type !== 'Null') fail(`The formula's result has the type ${type}, not ${declared}.`);
}

function checkTemplate(context: FlowContext, text: string, isPlain: boolean | undefined): void {
  if (!isPlain) fail('The local org interprets text templates that are viewed as plain text only.');
  for (const [, path] of text.matchAll(/\{!([^{}\s]*)\}/g)) {
    const { type, collection } = typeOfReference(context, path!);
    if (collection || !['Text', 'Picklist', 'Number'].includes(type)) {
      fail(`The local org does not know how ${path} is written in a text; use the function TEXT in a formula.`);
    }
  }
}

/** A formula or template that names itself, on whatever detour, would never end. */
function checkCircles(program: FlowProgram, check: Check): void {
  const namesIn = (resource: FlowResource | undefined): string[] => {
    const text =
      resource?.kind === 'formula'
        ? resource.element.expression
        : resource?.kind === 'template'
          ? resource.element.text
          : '';
    return [...text.matchAll(/\{!(\w+)/g)].map(([, name]) => nameKey(name!));
  };
  for (const { element } of allResources(program.flow)) {
    const seen = new Set<string>();
    const open = namesIn(program.resources.get(nameKey(element.name)));
    while (open.length > 0) {
      const name = open.pop()!;
      if (!seen.has(name)) open.push(...namesIn(program.resources.get(name)));
      seen.add(name);
    }
    check(element, () => (seen.has(nameKey(element.name)) ? fail('It refers to itself.') : undefined));
  }
}
