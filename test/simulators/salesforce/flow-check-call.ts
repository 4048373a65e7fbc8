import { NOTIFICATION_INPUTS } from './flow-action.ts';
import { fail, type Check } from './flow-check.ts';
import { checkFlowFormula, checkTarget } from './flow-check-value.ts';
import type { FlowActionCall, FlowScreen, FlowSubflow, FlowVariable } from './flow-elements.ts';
import { fits, typeOfReference, typeOfSource, typeOfVariable, type FlowContext } from './flow-names.ts';
import { nameKey } from './flow-program.ts';

/** Checks the call of another flow against that flow's variables. */
export function checkSubflow(context: FlowContext, call: FlowSubflow, check: Check): void {
  const flow = context.neighbours.flow(call.flowName);
  check(call, () => {
    if (flow === undefined) fail(`The flow "${call.flowName}" doesn't exist.`);
    if (flow.start.triggerType !== undefined) fail(`The flow ${call.flowName} is started by records, not by flows.`);
    if (flow.processType !== 'AutoLaunchedFlow')
      fail(`The local org does not interpret the call of a screen flow: ${call.flowName}.`);
  });
  if (flow === undefined) return;
  const variable = (name: string, use: 'isInput' | 'isOutput'): FlowVariable => {
    const found = flow.variables.find((each) => nameKey(each.name) === nameKey(name));
    return found?.[use] === true
      ? found
      : fail(`The flow ${call.flowName} has no ${use === 'isInput' ? 'input' : 'output'} variable ${name}.`);
  };
  for (const { name, value, ...place } of call.inputAssignments) {
    check({ ...place, name: call.name }, () => {
      const [target, source] = [typeOfVariable(variable(name, 'isInput')), typeOfSource(context, value)];
      if (!fits(target, source)) fail(`The data types of the input ${name} and its value don't match.`);
    });
  }
  for (const { name, assignToReference, ...place } of call.outputAssignments) {
    check({ ...place, name: call.name }, () =>
      checkTarget(context, assignToReference, typeOfVariable(variable(name, 'isOutput'))),
    );
  }
  check(call, () => {
    if (call.storeOutputAutomatically && call.outputAssignments.length > 0)
      fail('It must store what the flow gives in one way.');
  });
}

/** Checks the inputs of a custom notification. */
export function checkAction(context: FlowContext, call: FlowActionCall, check: Check): void {
  check(call, () => {
    if (call.actionName !== 'customNotificationAction')
      fail(`The local org does not interpret the action ${call.actionName}.`);
    for (const name of NOTIFICATION_INPUTS.keys()) {
      if (!call.inputParameters.some((each) => each.name === name)) fail(`The input ${name} is missing.`);
    }
  });
  for (const { name, value, ...place } of call.inputParameters) {
    check({ ...place, name: call.name }, () => {
      const collection = NOTIFICATION_INPUTS.get(name) ?? fail(`The local org does not interpret the input ${name}.`);
      const source = typeOfSource(context, value);
      if (!fits({ type: 'Text', collection, settable: false }, source))
        fail(`The input ${name} takes a ${collection ? 'collection of texts' : 'text'}.`);
    });
  }
}

/** Checks the texts and fields of a screen. A screen is shown by the platform alone; nothing here runs it. */
export function checkScreen(context: FlowContext, screen: FlowScreen, check: Check): void {
  if (context.program.flow.processType !== 'Flow') check(screen, () => fail('Only a screen flow has screens.'));
  for (const field of screen.fields) {
    check(field, () => {
      for (const [, path] of (field.fieldText ?? '').matchAll(/\{!([^{}\s]*)\}/g)) typeOfReference(context, path!);
      typeOfSource(context, field.defaultValue);
      typeOfSource(context, field.isReadOnly);
      if (field.fieldType === 'DisplayText' && field.fieldText === undefined)
        fail('A text that is shown needs a text.');
      if (field.fieldType === 'InputField' && field.dataType === undefined) fail('An input needs a data type.');
      const rule = field.validationRule;
      if (rule !== undefined && checkFlowFormula(context, rule.formulaExpression, false) !== 'Boolean')
        fail('A validation rule must be true or false.');
    });
  }
}
