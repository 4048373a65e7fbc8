import type { FlowProblem } from '../flow-host.ts';
import { parseXml } from '../flow-xml.ts';
import { recordId } from '../record-id.ts';
import { findObject } from '../schema/org-metadata.ts';
import { createField, createObject, type OrgField, type OrgObject } from '../schema/org-object.ts';
import { customMetadataFields, ownerField, systemFields } from '../schema/system-fields.ts';
import { buildField } from './build-field.ts';
import { checkField } from './check-field.ts';
import { checkNamesOnce } from './check-object-parts.ts';
import { problem, type Component, type Deployment } from './component.ts';
import { storeObject } from './store-object.ts';
import { objectFile, type CustomFieldFile, type ObjectFile } from './object-file.ts';

/** A file of the folder `objects`, read and put into the metadata of a deployment. */
export interface DeployedObject {
  readonly name: string;
  readonly fileName: string;
  readonly file: ObjectFile;
}

/** Custom fields of activities live on Activity and appear on both (Metadata API Developer Guide, "CustomField"). */
const ACTIVITIES = ['Task', 'Event'];

/** Names of the objects that a file of this name changes. */
export function objectNames(fileName: string): readonly string[] {
  return fileName === 'Activity' ? ACTIVITIES : [fileName];
}

/** Reads an object file and adds the object and its fields; what needs other objects is checked later. */
export function deployObject(
  deployment: Deployment,
  name: string,
  fileName: string,
  xml: string,
): DeployedObject | undefined {
  const problems: FlowProblem[] = [];
  const root = parseXml(xml);
  const file = objectFile(root, problems);
  const known = objectNames(name).flatMap((each) => findObject(deployment.metadata, each) ?? []);
  const component = { type: 'CustomObject', fullName: name, fileName, created: known.length === 0 };
  if (problems.length === 0) problems.push(...checkObject(name, file, known.length > 0));
  deployment.components.push({ ...component, problems });
  if (problems.length > 0) return undefined;
  for (const field of file.fields) deployment.components.push(fieldComponent(name, fileName, field, known));
  const fields = file.fields.map(buildField);
  const objects =
    known.length > 0
      ? known.map((object) => extend(object, file, fields))
      : [newObject(deployment, name, file, fields)];
  for (const object of objects) deployment.metadata.objects.set(object.name.toLowerCase(), object);
  storeObject(deployment.metadata, name, root);
  return { name, fileName, file };
}

function fieldComponent(
  name: string,
  fileName: string,
  field: CustomFieldFile,
  known: readonly OrgObject[],
): Component {
  const before = known[0]?.field(field.fullName);
  const texts = checkField(field, name === 'Activity');
  if (before !== undefined && !before.custom) texts.push(`${field.fullName} is a standard field of ${name}`);
  if (before !== undefined) texts.push(...checkChange(before, buildField(field)));
  return {
    type: 'CustomField',
    fullName: `${name}.${field.fullName}`,
    fileName,
    created: before === undefined,
    problems: texts.map((text) => problem(text, field)),
  };
}

/** Changes that would need a conversion of stored values, or a search for duplicates in them. */
function checkChange(before: OrgField, after: OrgField): string[] {
  const texts: string[] = [];
  if (before.type !== after.type)
    texts.push(`Cannot change the type of the field ${before.name} from ${before.type} to ${after.type}`);
  const keys = ['unique', 'externalId', 'caseSensitive'] as const;
  if (keys.some((key) => before[key] !== after[key])) {
    texts.push(
      `The local org does not simulate changing unique, externalId or caseSensitive of the field ${before.name}`,
    );
  }
  return texts;
}

function checkObject(name: string, file: ObjectFile, known: boolean): FlowProblem[] {
  const masters = file.fields.filter(({ type }) => type === 'MasterDetail');
  const texts = [...checkName(name, known)];
  if (ACTIVITIES.includes(name) && file.fields.length > 0) {
    texts.push(`Entity Enumeration Or ID: bad value for restricted picklist field: ${name}`);
  }
  if (isCustomMetadata(name)) texts.push(...checkCustomMetadataType(file, known));
  else if (!known) {
    const missing = (['label', 'pluralLabel', 'nameField', 'deploymentStatus', 'sharingModel'] as const).filter(
      (key) => file[key] === undefined,
    );
    if (missing.length > 0) texts.push(`Must specify ${missing.join(', ')} for a new custom object`);
    if ((file.sharingModel === 'ControlledByParent') !== masters.length > 0) {
      texts.push(
        `Cannot set sharingModel to ${file.sharingModel ?? 'nothing'} on a CustomObject ${masters.length > 0 ? 'with' : 'without'} a MasterDetail relationship field`,
      );
    }
  }
  if (file.nameField?.type === 'AutoNumber' && !/\{0+\}/.test(file.nameField.displayFormat ?? '')) {
    texts.push('An AutoNumber name field needs a displayFormat such as A-{0000}');
  }
  if (masters.length > 2) texts.push('A custom object has at most two MasterDetail fields');
  if ((file.label?.length ?? 0) > 40) texts.push('Label: data value too large (max length=40)');
  if ((file.description?.length ?? 0) > 1000) texts.push('Description: data value too large (max length=1000)');
  return [...texts.map((text) => problem(text, file)), ...checkNamesOnce(name, file)];
}

const isCustomMetadata = (name: string): boolean => name.endsWith('__mdt');

/** Field types of custom metadata (Help, "Custom Metadata Type Fields"). */
const CUSTOM_METADATA_FIELDS = [
  'Checkbox',
  'Date',
  'DateTime',
  'Email',
  'LongTextArea',
  'Number',
  'Percent',
  'Phone',
  'Picklist',
  'Text',
  'TextArea',
  'Url',
];

/** A type of custom metadata has labels, a visibility and fields, and nothing that belongs to records of data. */
function checkCustomMetadataType(file: ObjectFile, known: boolean): string[] {
  const needed = known ? [] : (['label', 'pluralLabel'] as const);
  const foreign = (
    [
      'nameField',
      'sharingModel',
      'externalSharingModel',
      'deploymentStatus',
      'enableActivities',
      'enableHistory',
    ] as const
  ).filter((key) => file[key] !== undefined);
  return [
    ...needed.filter((key) => file[key] === undefined).map((key) => `Must specify ${key} for a custom metadata type`),
    ...foreign.map((key) => `Cannot specify ${key} on a custom metadata type`),
    ...file.fields
      .filter(({ type, formula }) => !CUSTOM_METADATA_FIELDS.includes(type) || formula !== undefined)
      .map(({ fullName, type }) => `Custom metadata types cannot have the field ${fullName} of type ${type}`),
  ];
}

function checkName(name: string, known: boolean): string[] {
  if (known || /^[A-Za-z](?:_?[A-Za-z0-9])*__(?:c|mdt)$/.test(name)) return [];
  return [`Entity Enumeration Or ID: bad value for restricted picklist field: ${name}`];
}

function extend(object: OrgObject, file: ObjectFile, fields: readonly OrgField[]): OrgObject {
  const replaced = new Set(fields.map(({ name }) => name.toLowerCase()));
  const kept = object.fields.filter(({ name }) => !replaced.has(name.toLowerCase()));
  return createObject({
    ...object,
    label: file.label ?? object.label,
    labelPlural: file.pluralLabel ?? object.labelPlural,
    sharingModel: file.sharingModel ?? object.sharingModel,
    activities: file.enableActivities ?? object.activities,
    fields: [...kept, ...fields],
    validationRules: mergeRules(object, file),
  });
}

function newObject(deployment: Deployment, name: string, file: ObjectFile, fields: readonly OrgField[]): OrgObject {
  if (isCustomMetadata(name)) return newCustomMetadataType(deployment, name, file, fields);
  const detail = fields.some(({ masterDetail }) => masterDetail);
  const customObjects = [...deployment.metadata.objects.values()].filter(
    ({ custom, name: each }) => custom && !isCustomMetadata(each),
  ).length;
  return createObject({
    name,
    label: file.label ?? name,
    labelPlural: file.pluralLabel ?? name,
    keyPrefix: `a${recordId('', customObjects).slice(10, 12)}`,
    custom: true,
    sharingModel: file.sharingModel ?? '',
    activities: file.enableActivities === true,
    writable: true,
    fields: [...systemFields(), ...(detail ? [] : [ownerField()]), nameField(file), ...fields],
    validationRules: mergeRules(undefined, file),
  });
}

function newCustomMetadataType(
  { metadata }: Deployment,
  name: string,
  file: ObjectFile,
  fields: readonly OrgField[],
): OrgObject {
  const types = [...metadata.objects.values()].filter((object) => isCustomMetadata(object.name)).length;
  return createObject({
    name,
    label: file.label ?? name,
    labelPlural: file.pluralLabel ?? name,
    keyPrefix: `m${recordId('', types).slice(10, 12)}`,
    custom: true,
    sharingModel: '',
    activities: false,
    writable: false,
    fields: [...customMetadataFields(), ...fields],
    validationRules: [],
  });
}

function nameField({ nameField: file }: ObjectFile): OrgField {
  const name = { name: 'Name', label: file?.label ?? 'Name', type: 'string', length: 80, nillable: false };
  if (file?.type !== 'AutoNumber') return createField({ ...name, required: true });
  return createField({ ...name, autoNumber: file.displayFormat ?? '{0}', createable: false, updateable: false });
}

function mergeRules(object: OrgObject | undefined, file: ObjectFile): OrgObject['validationRules'] {
  const replaced = file.validationRules.map((rule) => ({
    name: rule.fullName,
    active: rule.active,
    formula: rule.errorConditionFormula,
    message: rule.errorMessage,
    displayField: rule.errorDisplayField,
  }));
  const names = replaced.map(({ name }) => name);
  return [...(object?.validationRules ?? []).filter(({ name }) => !names.includes(name)), ...replaced];
}

/** Lets activities name the records of every object that allows it as WhatId. */
export function connectActivities({ metadata }: Deployment): void {
  const custom = [...metadata.objects.values()]
    .filter((object) => object.custom && object.activities)
    .map(({ name }) => name);
  for (const name of ACTIVITIES) {
    const object = findObject(metadata, name)!;
    const fields = object.fields.map((field) =>
      field.name === 'WhatId' ? { ...field, referenceTo: [...new Set([...field.referenceTo, ...custom])] } : field,
    );
    metadata.objects.set(name.toLowerCase(), createObject({ ...object, fields }));
  }
}
