import { parseFlow, type Flow } from '../flow.ts';

/** The start of a flow in a test. */
export interface TestStart {
  readonly object?: string;
  readonly trigger?: 'RecordBeforeSave' | 'RecordAfterSave';
  readonly on?: 'Create' | 'Update' | 'CreateAndUpdate';
  readonly to?: string;
  /** Further members of the start. */
  readonly more?: string;
}

/** The text of a flow file with these members, which stand before the start. */
export function flowXml(members: string, start: TestStart = {}, more = '<status>Active</status>'): string {
  const { object = 'Person__c', trigger = 'RecordAfterSave', on = 'CreateAndUpdate', to = 'First' } = start;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Flow xmlns="http://soap.sforce.com/2006/04/metadata">
<label>Test Flow</label>
<processType>AutoLaunchedFlow</processType>
${members}
<start>
<connector><targetReference>${to}</targetReference></connector>
${start.more ?? ''}
<object>${object}</object>
<recordTriggerType>${on}</recordTriggerType>
<triggerType>${trigger}</triggerType>
</start>
${more}
</Flow>`;
}

/** A flow that can be parsed. */
export function flowOf(members: string, start: TestStart = {}, fullName = 'Test_Flow', more?: string): Flow {
  const parsed = parseFlow(flowXml(members, start, more), fullName);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.flow;
}

/** A connector to an element. */
export const to = (name: string, tag = 'connector'): string =>
  `<${tag}><targetReference>${name}</targetReference></${tag}>`;

/** A text literal. */
export const textValue = (text: string): string => `<value><stringValue>${text}</stringValue></value>`;

/** A reference. */
export const reference = (path: string): string => `<value><elementReference>${path}</elementReference></value>`;

/** An assignment with one item. */
export function assignment(name: string, target: string, value: string, next = '', operator = 'Assign'): string {
  return `<assignments><name>${name}</name><assignmentItems><assignToReference>${target}</assignToReference>
<operator>${operator}</operator>${value}</assignmentItems>${next}</assignments>`;
}

/** A decision with one outcome of one condition. */
export function decision(
  name: string,
  left: string,
  operator: string,
  right: string,
  then: string,
  otherwise = '',
): string {
  return `<decisions><name>${name}</name><rules><name>${name}_Yes</name><conditionLogic>and</conditionLogic>
<conditions><leftValueReference>${left}</leftValueReference><operator>${operator}</operator>
<rightValue>${right}</rightValue></conditions>${to(then)}</rules>${otherwise}</decisions>`;
}

/** A condition of a start or of a data element. */
export const filter = (field: string, operator: string, value: string): string =>
  `<filters><field>${field}</field><operator>${operator}</operator>${value}</filters>`;

/** A field and its value. */
export const input = (field: string, value: string): string =>
  `<inputAssignments><field>${field}</field>${value}</inputAssignments>`;

/** A variable of a type. */
export const variable = (name: string, type: string, more = ''): string =>
  `<variables><name>${name}</name><dataType>${type}</dataType>${more}</variables>`;

/** A formula of a type. */
export const formula = (name: string, type: string, expression: string, scale = ''): string =>
  `<formulas><name>${name}</name><dataType>${type}</dataType><expression>${expression}</expression>${scale}</formulas>`;
