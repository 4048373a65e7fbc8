import type { CheckResult } from '../facade.ts';
import type { ApiNames } from '../salesforce/api-names.ts';
import { neededObjects, type NeededObject } from '../salesforce/needed-fields.ts';
import { CONNECTOR_PERMISSION_SET } from '../salesforce/package-names.ts';
import type { ObjectSetup, OrgSetup } from '../salesforce/salesforce.ts';
import { failure, listed, ok, skipped, warning } from './check-result.ts';

/** Custom fields of activities that an org may have (Salesforce Help, "Custom Fields Allowed Per Object"). */
const ACTIVITY_FIELDS = 100;
/** From here on there is no room for the fields of a next version. */
const ACTIVITY_FIELDS_NEAR = 95;
/** The flow that halts sequences: without it a reply is a Task and nothing more. */
const HALTING_FLOW = 'Task_AfterSave_ApplyReply';
const ASSIGN = `Assign the permission set "Reply Tracking: Connector" (${CONNECTOR_PERMISSION_SET}) to the user of the connector.`;

/** Everything in the org that the connector depends on. */
export function checkSetup(setup: OrgSetup, names: ApiNames): CheckResult[] {
  const task = setup.objects.get(names.task.object);
  return [
    checkPermissionSet(setup),
    checkUserPermissions(task),
    checkFields(setup, names),
    checkReplyKey(task, names),
    checkFieldBudget(task),
    checkFlows(setup),
  ];
}

function checkPermissionSet({ permissionSets }: OrgSetup): CheckResult {
  if (permissionSets === undefined) {
    const found = "The connector's user may not look at permission sets. What this one grants is checked by itself.";
    return skipped('permissionSet', found);
  }
  if (permissionSets.includes(CONNECTOR_PERMISSION_SET)) {
    return ok('permissionSet', `The connector's user has ${CONNECTOR_PERMISSION_SET}.`);
  }
  return failure('permissionSet', `The connector's user does not have ${CONNECTOR_PERMISSION_SET}.`, [ASSIGN]);
}

/** An answer over the API shows "API Enabled", and a Task that can be made "Edit Tasks": in effect, not by name. */
function checkUserPermissions(task: ObjectSetup | undefined): CheckResult {
  if (task?.isCreateable === true) return ok('userPermissions', 'The user may use the API and make Tasks.');
  const lacking = task === undefined ? '"Access Activities" (ActivitiesAccess)' : '"Edit Tasks" (EditTask)';
  return failure('userPermissions', `The connector's user lacks the user permission ${lacking}.`, [ASSIGN]);
}

function checkFields({ objects }: OrgSetup, names: ApiNames): CheckResult {
  const needed = neededObjects(names);
  const lacking = needed.flatMap((each) => lackingOf(each, objects.get(each.object)));
  if (lacking.length > 0) {
    return failure('fields', `The connector's user does not have what it needs: ${listed(lacking)}.`, [
      ASSIGN,
      'If a name is new to the org, install the version of the package that fits this connector.',
    ]);
  }
  const count = needed.reduce((sum, { fields }) => sum + fields.length, 0);
  return ok('fields', `All ${count} fields of ${needed.length} objects are open to the connector's user.`);
}

function lackingOf({ object, fields, isWritten }: NeededObject, setup: ObjectSetup | undefined): string[] {
  if (setup === undefined) return [object];
  return fields.flatMap((field) => {
    const found = setup.fields.get(field);
    if (found === undefined) return [`${object}.${field}`];
    return isWritten && !found.isWritable ? [`${object}.${field} (may only be read)`] : [];
  });
}

function checkReplyKey(task: ObjectSetup | undefined, { task: { replyKey } }: ApiNames): CheckResult {
  const field = task?.fields.get(replyKey);
  if (field === undefined) return skipped('replyKey', `Task.${replyKey} is not open to the connector's user.`);
  const { isExternalId, isUnique, isCaseSensitive } = field;
  if (isExternalId && isUnique && isCaseSensitive) {
    return ok('replyKey', `Task.${replyKey} is an external id, unique and case-sensitive.`);
  }
  return failure('replyKey', `Task.${replyKey} is not an external id that is unique and case-sensitive.`, [
    'Install the package again: without this a reply can become two Tasks.',
  ]);
}

/** Counts what the user sees: fields that are hidden from it use up the budget too. */
function checkFieldBudget(task: ObjectSetup | undefined): CheckResult {
  if (task === undefined) return skipped('fieldBudget', "Tasks are not open to the connector's user.");
  const used = [...task.fields.values()].filter(({ isCustom }) => isCustom).length;
  const found = `At least ${used} of the ${ACTIVITY_FIELDS} custom fields of activities are used.`;
  if (used < ACTIVITY_FIELDS_NEAR) return ok('fieldBudget', found);
  return warning('fieldBudget', found, [
    'Delete custom fields of activities that nobody uses: a new version of the package may bring some.',
  ]);
}

function checkFlows({ flows }: OrgSetup): CheckResult {
  if (flows === undefined) {
    return skipped('flows', 'The connector\'s user may not look at flows: it lacks "View Setup and Configuration".', [
      'See in Setup > Flows that those of the package are active.',
    ]);
  }
  const inactive = [...flows].filter(([, isActive]) => !isActive).map(([name]) => name);
  if (inactive.length === 0) return ok('flows', `All ${flows.size} flows of the package are active.`);
  const actions = ['Activate them in Setup > Flows, or leave those off that you mean to do without.'];
  const found = `These flows of the package are not active: ${listed(inactive)}.`;
  return inactive.includes(HALTING_FLOW) ? failure('flows', found, actions) : warning('flows', found, actions);
}
