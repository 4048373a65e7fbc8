import { createField, type OrgField } from '../schema/org-object.ts';
import type { CustomFieldFile } from './object-file.ts';

type Facts = Partial<OrgField>;

const STORED_TYPES: Readonly<Record<CustomFieldFile['type'], string>> = {
  AutoNumber: 'string',
  Checkbox: 'boolean',
  Currency: 'currency',
  Date: 'date',
  DateTime: 'datetime',
  Email: 'email',
  LongTextArea: 'textarea',
  Lookup: 'reference',
  MasterDetail: 'reference',
  Number: 'double',
  Percent: 'percent',
  Phone: 'phone',
  Picklist: 'picklist',
  Text: 'string',
  TextArea: 'textarea',
  Url: 'url',
};

const FIXED_LENGTHS = new Map([
  ['AutoNumber', 30],
  ['Email', 80],
  ['Phone', 40],
  ['Picklist', 255],
  ['TextArea', 255],
  ['Url', 255],
  ['Lookup', 18],
  ['MasterDetail', 18],
]);

/** The field of the org that a CustomField describes. */
export function buildField(file: CustomFieldFile): OrgField {
  const required = file.required === true || file.type === 'MasterDetail';
  const computed = file.formula !== undefined || file.type === 'AutoNumber';
  return createField({
    name: file.fullName,
    label: file.label,
    type: STORED_TYPES[file.type],
    custom: true,
    length: file.length ?? FIXED_LENGTHS.get(file.type) ?? (file.type === 'Text' ? 1300 : 0),
    precision: file.precision ?? 0,
    scale: file.scale ?? 0,
    required,
    nillable: !required && file.type !== 'Checkbox',
    unique: file.unique === true,
    caseSensitive: file.caseSensitive === true,
    externalId: file.externalId === true,
    formula: file.formula,
    filterable: file.type !== 'LongTextArea',
    inlineHelpText: file.inlineHelpText,
    ...(computed ? { createable: false, updateable: false } : {}),
    ...(file.type === 'AutoNumber' ? { autoNumber: file.displayFormat ?? '{0}' } : {}),
    ...relationshipFacts(file),
    ...picklistFacts(file),
    ...defaultFacts(file),
  });
}

function relationshipFacts(file: CustomFieldFile): Facts {
  if (file.type !== 'Lookup' && file.type !== 'MasterDetail') return {};
  const master = file.type === 'MasterDetail';
  return {
    referenceTo: [file.referenceTo ?? ''],
    relationshipName: file.fullName.replace(/__c$/, '__r'),
    childRelationshipName: file.relationshipName === undefined ? undefined : `${file.relationshipName}__r`,
    masterDetail: master,
    masterReadSuffices: file.writeRequiresMasterRead === true,
    deleteConstraint: master ? 'Cascade' : (file.deleteConstraint ?? 'SetNull'),
    ...(master && file.reparentableMasterDetail !== true ? { updateable: false } : {}),
  };
}

function picklistFacts({ valueSet }: CustomFieldFile): Facts {
  if (valueSet === undefined) return {};
  const values = valueSet.valueSetDefinition.value;
  return {
    picklistValues: values.filter(({ isActive }) => isActive !== false).map(({ fullName }) => fullName),
    restrictedPicklist: valueSet.restricted === true,
    defaultValue: values.find((value) => value.default)?.fullName ?? null,
  };
}

function defaultFacts({ type, defaultValue }: CustomFieldFile): Facts {
  if (type === 'Checkbox') return { defaultValue: defaultValue === 'true' };
  return defaultValue === undefined ? {} : { defaultFormula: defaultValue };
}
