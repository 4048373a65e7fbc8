import { fail, type Check } from './flow-check.ts';
import { checkFlowFormula, checkLogic, checkStartFilter } from './flow-check-value.ts';
import type { FlowStart } from './flow-elements.ts';
import { schemaNamed, type FlowContext } from './flow-names.ts';

/** Checks where a flow begins: by a save, by the clock, or by a call. */
export function checkStart(context: FlowContext, check: Check): void {
  const { start, triggerOrder, processType } = context.program.flow;
  check(start, () => {
    if (triggerOrder !== undefined && (triggerOrder < 1 || triggerOrder > 2000))
      fail('The trigger order must be between 1 and 2,000.');
    if (processType === 'Flow' && start.triggerType !== undefined) fail('A screen flow is started by people.');
  });
  if (start.triggerType === undefined) return checkCalledStart(start, check);
  check(start, () => schemaNamed(context, start.object ?? fail('The start needs an object.')));
  checkConditions(context, check);
  if (start.triggerType === 'Scheduled') checkScheduledStart(start, check);
  else checkTriggeredStart(start, check);
}

/** A flow that is called begins at its first element, whatever the record. */
function checkCalledStart(start: FlowStart, check: Check): void {
  check(start, () => {
    if (start.object !== undefined || start.recordTriggerType !== undefined || start.filters.length > 0)
      fail('The start needs a triggerType.');
    if (start.filterFormula !== undefined || start.schedule !== undefined || start.scheduledPaths.length > 0)
      fail('A flow that is called has no conditions, schedule or paths.');
  });
}

function checkScheduledStart(start: FlowStart, check: Check): void {
  check(start, () => {
    const { startDate, startTime } = start.schedule ?? fail('A flow that runs by the clock needs a schedule.');
    if (!/^\d{4}-\d\d-\d\d$/.test(startDate)) fail(`${startDate} is no date.`);
    if (!/^\d\d:\d\d:\d\d\.\d{3}Z$/.test(startTime)) fail(`${startTime} is no time of day.`);
    if (start.recordTriggerType !== undefined || start.scheduledPaths.length > 0)
      fail('A flow that runs by the clock is not started by saves.');
    if (start.filterFormula !== undefined) fail('The local org interprets conditions of a scheduled flow, no formula.');
  });
}

function checkTriggeredStart(start: FlowStart, check: Check): void {
  check(start, () => {
    if (start.recordTriggerType === undefined) fail('The start needs a recordTriggerType.');
    if (start.schedule !== undefined) fail('A flow that is started by saves has no schedule.');
  });
  check(start, () => {
    if (start.doesRequireRecordChangedToMeetCriteria && start.recordTriggerType === 'Create') {
      fail('A flow that runs only when a record is created cannot require that the record was changed.');
    }
  });
  check(start, () => {
    if (start.scheduledPaths.length > 1) fail('A flow has one path that runs after the commit.');
    if (start.scheduledPaths.length > 0 && start.triggerType === 'RecordBeforeSave')
      fail('A flow that runs before the record is saved has no path after the commit.');
  });
}

function checkConditions(context: FlowContext, check: Check): void {
  const { start } = context.program.flow;
  check(start, () => {
    if (start.filterFormula !== undefined && start.filters.length > 0)
      fail('The start can have conditions or a formula, not both.');
    checkLogic(start.filterLogic, start.filters.length);
  });
  check(start, () => {
    if (start.filterFormula !== undefined && checkFlowFormula(context, start.filterFormula, true) !== 'Boolean') {
      fail('The entry formula must be true or false.');
    }
  });
  for (const filter of start.filters) check(filter, () => checkStartFilter(context, start.object ?? '', filter));
}
