import type { FlowProblem } from '../flow-host.ts';
import { flag, inert, many, object, oneOf, optional, required, text, type Read } from '../flow-reader.ts';
import { parseXml } from '../flow-xml.ts';
import {
  findComponent,
  findObject,
  type FieldAccess,
  type ObjectAccess,
  type OrgMetadata,
} from '../schema/org-metadata.ts';
import { isPermissionable } from '../schema/permissionable.ts';
import { addComponent, hasTab, problem, type Deployment, type SourceFile } from './component.ts';

const objectPermission = object({
  object: required(text),
  allowCreate: required(flag),
  allowDelete: required(flag),
  allowEdit: required(flag),
  allowRead: required(flag),
  modifyAllRecords: required(flag),
  viewAllRecords: required(flag),
  viewAllFields: optional(flag),
});

type ObjectPermission = Read<typeof objectPermission>;

const enabledName = object({ name: required(text), enabled: required(flag) });

const permissionSet = object({
  label: required(text),
  description: optional(text),
  hasActivationRequired: optional(flag),
  license: inert,
  objectPermissions: many(objectPermission),
  fieldPermissions: many(object({ field: required(text), editable: required(flag), readable: optional(flag) })),
  tabSettings: many(object({ tab: required(text), visibility: required(oneOf('Available', 'None', 'Visible')) })),
  applicationVisibilities: many(object({ application: required(text), visible: required(flag), default: inert })),
  userPermissions: many(enabledName),
  customPermissions: many(enabledName),
  customMetadataTypeAccesses: many(enabledName),
  flowAccesses: many(object({ flow: required(text), enabled: required(flag) })),
});

type PermissionSetFile = Read<typeof permissionSet>;

/** User permissions by the API names that this product needs (Metadata API Developer Guide, "PermissionSet"). */
const USER_PERMISSIONS = [
  'ActivitiesAccess',
  'ApiEnabled',
  'EditEvent',
  'EditTask',
  'RunFlow',
  'ViewAllUsers',
  'ViewSetup',
];

/** A record of these needs the right to read another one (Help, "Object Permissions"). */
const PARENTS = new Map([
  ['Contact', 'Account'],
  ['Opportunity', 'Account'],
]);

/** Reads a permission set, checks everything that it names, and adds it. */
export function deployPermissionSet(deployment: Deployment, source: SourceFile): void {
  const { metadata } = deployment;
  const problems: FlowProblem[] = [];
  const root = parseXml(source.xml);
  const file = permissionSet(root, problems);
  if (problems.length === 0) problems.push(...checkPermissionSet(metadata, file));
  addComponent(deployment, 'PermissionSet', source, root, problems);
  if (problems.length > 0) return;
  metadata.permissionSets.set(source.name.toLowerCase(), {
    name: source.name,
    label: file.label,
    objects: new Map([
      ...file.objectPermissions.map((each) => [each.object.toLowerCase(), accessOf(each)] as const),
      ...file.customMetadataTypeAccesses
        .filter(({ enabled }) => enabled)
        .map(({ name }) => [name.toLowerCase(), READ] as const),
    ]),
    fields: new Map(
      file.fieldPermissions.flatMap(({ field, editable, readable }) => grantFields(field, editable, readable === true)),
    ),
    userPermissions: new Set(file.userPermissions.filter(({ enabled }) => enabled).map((each) => each.name)),
    customPermissions: new Set(
      file.customPermissions.filter(({ enabled }) => enabled).map(({ name }) => name.toLowerCase()),
    ),
  });
}

/** Records of custom metadata are read through the data APIs, never written. */
const READ: ObjectAccess = {
  ...{ create: false, read: true, edit: false, delete: false },
  ...{ viewAll: true, modifyAll: false, viewAllFields: true },
};

function accessOf(file: ObjectPermission): ObjectAccess {
  return {
    ...{ create: file.allowCreate, read: file.allowRead, edit: file.allowEdit, delete: file.allowDelete },
    viewAll: file.viewAllRecords,
    modifyAll: file.modifyAllRecords,
    viewAllFields: file.viewAllFields === true,
  };
}

/** A field of an activity is granted under the name of Task and holds for Event too. */
function grantFields(field: string, editable: boolean, readable: boolean): [string, FieldAccess][] {
  const key = field.toLowerCase();
  const access = { readable: readable || editable, editable };
  return key.startsWith('task.')
    ? [
        [key, access],
        [key.replace('task.', 'event.'), access],
      ]
    : [[key, access]];
}

function checkPermissionSet(metadata: OrgMetadata, file: PermissionSetFile): FlowProblem[] {
  return [
    ...file.objectPermissions.flatMap((each) =>
      checkObjectPermission(metadata, file, each).map((text) => problem(text, each)),
    ),
    ...file.fieldPermissions.flatMap((each) => checkFieldPermission(metadata, each).map((text) => problem(text, each))),
    ...file.tabSettings
      .filter(({ tab }) => !hasTab(metadata, tab))
      .map((each) => problem(`In field: tab - no CustomTab named ${each.tab} found`, each)),
    ...file.applicationVisibilities
      .filter(({ application }) => findComponent(metadata, 'CustomApplication', application) === undefined)
      .map((each) => problem(`In field: application - no CustomApplication named ${each.application} found`, each)),
    ...file.userPermissions
      .filter(({ name }) => !USER_PERMISSIONS.includes(name))
      .map((each) => problem(`Unknown user permission: ${each.name}`, each)),
    ...file.customPermissions
      .filter(({ name }) => findComponent(metadata, 'CustomPermission', name) === undefined)
      .map((each) => problem(`In field: name - no CustomPermission named ${each.name} found`, each)),
    ...file.customMetadataTypeAccesses
      .filter(({ name }) => !isCustomMetadataType(metadata, name))
      .map((each) => problem(`In field: name - no CustomObject named ${each.name} found`, each)),
    ...file.flowAccesses
      .filter(({ flow }) => findComponent(metadata, 'Flow', flow) === undefined)
      .map((each) => problem(`In field: flow - no Flow named ${each.flow} found`, each)),
    ...(file.label.length > 80 ? [problem('Label: data value too large (max length=80)', file)] : []),
  ];
}

function isCustomMetadataType(metadata: OrgMetadata, name: string): boolean {
  return name.endsWith('__mdt') && findObject(metadata, name) !== undefined;
}

function checkObjectPermission(metadata: OrgMetadata, file: PermissionSetFile, given: ObjectPermission): string[] {
  const object = findObject(metadata, given.object);
  if (
    object === undefined ||
    ['Task', 'Event', 'User'].includes(object.name) ||
    isCustomMetadataType(metadata, object.name)
  ) {
    return [`In field: object - no CustomObject named ${given.object} found`];
  }
  const depends = (right: string, on: string): string =>
    `Permission ${right} ${object.name} depends on permission(s): ${on}`;
  const texts: string[] = [];
  if (given.allowCreate && !given.allowRead) texts.push(depends('Create', `Read ${object.name}`));
  if (given.allowEdit && !given.allowRead) texts.push(depends('Edit', `Read ${object.name}`));
  if (given.allowDelete && !(given.allowRead && given.allowEdit))
    texts.push(depends('Delete', `Read ${object.name}, Edit ${object.name}`));
  if (given.viewAllRecords && !given.allowRead) texts.push(depends('View All', `Read ${object.name}`));
  if (given.modifyAllRecords && !(given.allowDelete && given.viewAllRecords)) {
    texts.push(depends('Modify All', `Delete ${object.name}, View All ${object.name}`));
  }
  const parent = object.fields.find(({ masterDetail }) => masterDetail)?.referenceTo[0] ?? PARENTS.get(object.name);
  const readsParent = file.objectPermissions.some((each) => each.object === parent && each.allowRead);
  if (parent !== undefined && given.allowRead && !readsParent) texts.push(depends('Read', `Read ${parent}`));
  return texts;
}

function checkFieldPermission(
  metadata: OrgMetadata,
  { field: given, editable, readable }: PermissionSetFile['fieldPermissions'][number],
): string[] {
  const [objectName = '', fieldName = ''] = given.split('.');
  const object = objectName === 'Activity' ? undefined : findObject(metadata, objectName);
  const field = object?.field(fieldName);
  if (object === undefined || field === undefined) return [`In field: field - no CustomField named ${given} found`];
  if (!isPermissionable(object, field)) return [`You cannot deploy to a required field: ${given}`];
  if (editable && readable !== true) return [`Field permission of ${given}: editable needs readable`];
  if (editable && !field.createable && !field.updateable)
    return [`Field permission of ${given}: the field is calculated and cannot be editable`];
  return [];
}
