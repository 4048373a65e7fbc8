import type {
  Flow,
  FlowActionCall,
  FlowAssignment,
  FlowConstant,
  FlowDecision,
  FlowFormula,
  FlowLoop,
  FlowRecordCreate,
  FlowRecordDelete,
  FlowRecordLookup,
  FlowRecordUpdate,
  FlowScreen,
  FlowSubflow,
  FlowTextTemplate,
  FlowVariable,
} from './flow-elements.ts';

/** One step of a flow. */
export type FlowStep =
  | { readonly kind: 'assignment'; readonly element: FlowAssignment }
  | { readonly kind: 'decision'; readonly element: FlowDecision }
  | { readonly kind: 'loop'; readonly element: FlowLoop }
  | { readonly kind: 'subflow'; readonly element: FlowSubflow }
  | { readonly kind: 'action'; readonly element: FlowActionCall }
  | { readonly kind: 'screen'; readonly element: FlowScreen }
  | DataStep;

/** A step that reads or writes the database; all interviews that wait at it are served by one statement. */
export type DataStep =
  | { readonly kind: 'lookup'; readonly element: FlowRecordLookup }
  | { readonly kind: 'create'; readonly element: FlowRecordCreate }
  | { readonly kind: 'update'; readonly element: FlowRecordUpdate }
  | { readonly kind: 'delete'; readonly element: FlowRecordDelete };

/** Something that steps refer to by name. */
export type FlowResource =
  | { readonly kind: 'variable'; readonly element: FlowVariable }
  | { readonly kind: 'constant'; readonly element: FlowConstant }
  | { readonly kind: 'formula'; readonly element: FlowFormula }
  | { readonly kind: 'template'; readonly element: FlowTextTemplate };

/** A flow with its elements found by name, compared without case as on the platform. */
export interface FlowProgram {
  readonly flow: Flow;
  readonly steps: ReadonlyMap<string, FlowStep>;
  readonly resources: ReadonlyMap<string, FlowResource>;
}

const programs = new WeakMap<Flow, FlowProgram>();

/** The program of a flow, made once. */
export function programOf(flow: Flow): FlowProgram {
  const program = programs.get(flow) ?? flowProgram(flow);
  programs.set(flow, program);
  return program;
}

/** How an element's name is looked up. */
export const nameKey = (name: string): string => name.toLowerCase();

/** The step of a name. */
export const stepNamed = (program: FlowProgram, name: string): FlowStep | undefined => program.steps.get(nameKey(name));

/** Indexes the elements of a flow. Of two elements with one name the last is kept; validation refuses such a flow. */
export function flowProgram(flow: Flow): FlowProgram {
  return {
    flow,
    steps: new Map(allSteps(flow).map((step) => [nameKey(step.element.name), step])),
    resources: new Map(allResources(flow).map((resource) => [nameKey(resource.element.name), resource])),
  };
}

/** Every step of a flow in the order of the file. */
export function allSteps(flow: Flow): FlowStep[] {
  return [
    ...flow.assignments.map((element) => ({ kind: 'assignment' as const, element })),
    ...flow.decisions.map((element) => ({ kind: 'decision' as const, element })),
    ...flow.loops.map((element) => ({ kind: 'loop' as const, element })),
    ...flow.subflows.map((element) => ({ kind: 'subflow' as const, element })),
    ...flow.actionCalls.map((element) => ({ kind: 'action' as const, element })),
    ...flow.screens.map((element) => ({ kind: 'screen' as const, element })),
    ...flow.recordLookups.map((element) => ({ kind: 'lookup' as const, element })),
    ...flow.recordCreates.map((element) => ({ kind: 'create' as const, element })),
    ...flow.recordUpdates.map((element) => ({ kind: 'update' as const, element })),
    ...flow.recordDeletes.map((element) => ({ kind: 'delete' as const, element })),
  ];
}

/** Every named resource of a flow in the order of the file. */
export function allResources(flow: Flow): FlowResource[] {
  return [
    ...flow.variables.map((element) => ({ kind: 'variable' as const, element })),
    ...flow.constants.map((element) => ({ kind: 'constant' as const, element })),
    ...flow.formulas.map((element) => ({ kind: 'formula' as const, element })),
    ...flow.textTemplates.map((element) => ({ kind: 'template' as const, element })),
  ];
}
