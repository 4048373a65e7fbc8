import type { FlowProblem } from '../flow-host.ts';
import { checkFormula } from '../formula.ts';
import { findComponent, findObject, type OrgMetadata } from '../schema/org-metadata.ts';
import type { OrgObject } from '../schema/org-object.ts';
import {
  checkActionOverride,
  checkCompactLayout,
  checkHistory,
  checkLayoutAssignment,
  checkSearchLayouts,
  COLUMNS,
} from './check-object-parts.ts';
import { problem, type Component, type Deployment } from './component.ts';
import { objectNames, type DeployedObject } from './deploy-object.ts';
import type { CustomFieldFile, ListViewFile, ObjectFile } from './object-file.ts';
import { textOf } from './xml-children.ts';

const ACTIVITIES = ['Task', 'Event'];
const ACTIVITY_FIELDS = 100;

/** Checks what needs the other objects of the deploy: lookups, formulas, validation rules, list views. */
export function checkDeployedObject(deployment: Deployment, { name, fileName, file }: DeployedObject): Component[] {
  const object = findObject(deployment.metadata, objectNames(name)[0]!)!;
  const component = (type: string, fullName: string, problems: FlowProblem[]): Component => ({
    type,
    fullName: `${name}.${fullName}`,
    fileName,
    created: true,
    problems,
  });
  return [
    ...file.fields.map((field) => component('CustomField', field.fullName, checkFieldInOrg(deployment, object, field))),
    ...file.validationRules.map((rule) => {
      const wrong = formulaProblem(deployment, object, rule.errorConditionFormula);
      const unknown = rule.errorDisplayField !== undefined && object.field(rule.errorDisplayField) === undefined;
      const texts = [
        ...wrong,
        ...(unknown
          ? [`In field: errorDisplayField - no CustomField named ${name}.${rule.errorDisplayField} found`]
          : []),
      ];
      return component(
        'ValidationRule',
        rule.fullName,
        texts.map((text) => problem(text, rule)),
      );
    }),
    ...file.listViews.map((view) => component('ListView', view.fullName, checkListView(object, view))),
    ...file.compactLayouts.map((each) => component('CompactLayout', each.fullName, checkCompactLayout(object, each))),
    {
      type: 'CustomObject',
      fullName: name,
      fileName,
      created: true,
      problems: checkOwnParts(deployment, object, file),
    },
  ];
}

function checkOwnParts({ metadata }: Deployment, object: OrgObject, file: ObjectFile): FlowProblem[] {
  const keepsHistory = file.enableHistory ?? storedFlag(metadata, object.name, 'enableHistory');
  return [
    ...checkLayoutAssignment(metadata, object.name, file),
    ...file.actionOverrides.flatMap((each) => checkActionOverride(metadata, object, each)),
    ...(file.searchLayouts === undefined ? [] : checkSearchLayouts(object, file.searchLayouts)),
    ...checkHistory(file, keepsHistory || !object.custom),
  ];
}

function storedFlag(metadata: OrgMetadata, name: string, element: string): boolean {
  return textOf(findComponent(metadata, 'CustomObject', name)?.content, element) === 'true';
}

function checkFieldInOrg(deployment: Deployment, object: OrgObject, field: CustomFieldFile): FlowProblem[] {
  const texts = [...checkReference(deployment, object, field), ...checkRoom(object, field)];
  if (field.formula !== undefined) texts.push(...formulaProblem(deployment, object, field.formula));
  if (field.defaultValue !== undefined && field.type !== 'Checkbox') {
    texts.push(...formulaProblem(deployment, object, field.defaultValue));
  }
  return texts.map((text) => problem(text, field));
}

/** Tasks and events share a hundred custom fields (Help, "Custom Fields Allowed Per Object"); the words are ours. */
function checkRoom(object: OrgObject, { fullName }: CustomFieldFile): string[] {
  if (!ACTIVITIES.includes(object.name)) return [];
  const custom = object.fields.map(({ name }) => name).filter((name) => name.endsWith('__c'));
  const hasRoom = custom.indexOf(fullName) < ACTIVITY_FIELDS;
  return hasRoom ? [] : [`Activity has no room for ${fullName}: it takes ${ACTIVITY_FIELDS} custom fields`];
}

function formulaProblem({ metadata }: Deployment, object: OrgObject, formula: string): string[] {
  const wrong = checkFormula(formula, object, (name) => findObject(metadata, name));
  return wrong === undefined ? [] : [wrong];
}

/** Lookups to Task and Event do not exist; neither do two child relationships of one name on one parent. */
function checkReference(
  { metadata }: Deployment,
  object: OrgObject,
  { fullName, type, referenceTo, relationshipName }: CustomFieldFile,
): string[] {
  if (type !== 'Lookup' && type !== 'MasterDetail') return [];
  const parent = findObject(metadata, referenceTo ?? '');
  if (parent === undefined || ['Task', 'Event', 'TaskStatus'].includes(parent.name)) {
    return [`referenceTo value of '${referenceTo ?? ''}' does not resolve to a valid sObject type`];
  }
  const sameName = [...metadata.objects.values()].some((other) =>
    other.fields.some(
      (field) =>
        field.childRelationshipName === `${relationshipName ?? ''}__r` &&
        field.referenceTo.includes(parent.name) &&
        (field.name !== fullName || (other.name !== object.name && !isActivityPair(other, object))),
    ),
  );
  return sameName ? [`There is already a Child Relationship named ${relationshipName ?? ''} on ${parent.name}.`] : [];
}

function isActivityPair(one: OrgObject, other: OrgObject): boolean {
  return ['Task', 'Event'].includes(one.name) && ['Task', 'Event'].includes(other.name);
}

function checkListView(object: OrgObject, view: ListViewFile): FlowProblem[] {
  const names = [...view.columns, ...view.filters.map(({ field }) => field)];
  const unknown = names.filter((name) => !COLUMNS.includes(name) && object.field(name)?.custom !== true);
  const texts = unknown.map((name) => `Could not resolve list view column: ${name}`);
  const owned = object.field('OwnerId') !== undefined;
  if (!owned && (view.filterScope === 'Mine' || names.some((name) => name.startsWith('OWNER.')))) {
    texts.push(`The list view ${view.fullName} asks for the owner of ${object.name}, which has none`);
  }
  return texts.map((text) => problem(text, view));
}
