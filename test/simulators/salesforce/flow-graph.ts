import type { FlowProblem } from './flow-host.ts';
import { allResources, allSteps, nameKey, stepNamed, type FlowProgram, type FlowStep } from './flow-program.ts';
import { problemAt, type Placed } from './flow-reader.ts';

type Connector = (Placed & { readonly targetReference: string }) | undefined;

/** The connectors that lead away from a step. */
function connectorsOf(step: FlowStep): readonly Connector[] {
  switch (step.kind) {
    case 'assignment':
      return [step.element.connector];
    case 'decision':
      return [...step.element.rules.map(({ connector }) => connector), step.element.defaultConnector];
    case 'loop':
      return [step.element.nextValueConnector, step.element.noMoreValuesConnector];
    case 'subflow':
    case 'screen':
      return [step.element.connector];
    default:
      return [step.element.connector, step.element.faultConnector];
  }
}

/** Connectors that lead nowhere, elements that nothing leads to, and names that are used twice or are not allowed. */
export function checkGraph(program: FlowProgram): FlowProblem[] {
  return [...checkConnectors(program), ...checkReachable(program), ...checkNames(program), ...checkLoops(program)];
}

/** Where a flow may begin: at once, and after the commit. */
function beginnings({ flow: { start } }: FlowProgram): readonly Connector[] {
  return [start.connector, ...start.scheduledPaths.map(({ connector }) => connector)];
}

function checkConnectors(program: FlowProgram): FlowProblem[] {
  const { start } = program.flow;
  const connectors = [...beginnings(program), ...allSteps(program.flow).flatMap(connectorsOf)];
  const dangling = connectors
    .filter((connector) => connector !== undefined)
    .filter(({ targetReference }) => stepNamed(program, targetReference) === undefined)
    .map((connector) =>
      problemAt(connector, `A connector leads to the element "${connector.targetReference}", which doesn't exist.`),
    );
  const first = beginnings(program).every((connector) => connector === undefined)
    ? [problemAt(start, 'The start of the flow is not connected to an element.')]
    : [];
  return [...first, ...dangling];
}

function checkReachable(program: FlowProgram): FlowProblem[] {
  const reached = new Set<string>();
  const open = beginnings(program).map((connector) => connector?.targetReference);
  while (open.length > 0) {
    const name = open.pop();
    const step = name === undefined ? undefined : stepNamed(program, name);
    if (step === undefined || reached.has(nameKey(step.element.name))) continue;
    reached.add(nameKey(step.element.name));
    open.push(...connectorsOf(step).map((connector) => connector?.targetReference));
  }
  return allSteps(program.flow)
    .filter(({ element }) => !reached.has(nameKey(element.name)))
    .map(({ element }) =>
      problemAt(element, `The element "${element.name}" is not connected to the rest of the flow.`),
    );
}

function checkNames({ flow }: FlowProgram): FlowProblem[] {
  const seen = new Set<string>();
  const rules = flow.decisions.flatMap((decision) => decision.rules);
  return [
    ...allSteps(flow).map(({ element }) => element),
    ...allResources(flow).map(({ element }) => element),
    ...flow.screens.flatMap(({ fields }) => fields),
    ...rules,
  ].flatMap((element) => {
    const { name } = element;
    const wellFormed = /^[A-Za-z][A-Za-z0-9_]{0,79}$/.test(name) && !name.includes('__') && !name.endsWith('_');
    const problems = wellFormed ? [] : [problemAt(element, `"${name}" is not a valid API name.`)];
    if (seen.has(nameKey(name)))
      problems.push(problemAt(element, `The API name "${name}" is used more than once in this flow.`));
    seen.add(nameKey(name));
    return problems;
  });
}

function checkLoops({ flow }: FlowProgram): FlowProblem[] {
  return flow.loops
    .filter(({ nextValueConnector }) => nextValueConnector === undefined)
    .map((loop) => problemAt(loop, `The loop "${loop.name}" has no path for each item.`));
}
