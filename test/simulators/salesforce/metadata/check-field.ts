import type { CustomFieldFile } from './object-file.ts';

type Rule = (field: CustomFieldFile, onActivity: boolean) => string | undefined;

const NAME = /^[A-Za-z](?:_?[A-Za-z0-9])*__c$/;
const NUMBERS = ['Number', 'Currency', 'Percent'];
const RELATIONSHIPS = ['Lookup', 'MasterDetail'];
const KEYS = ['Text', 'Number', 'Email', 'AutoNumber'];

const when = (wrong: boolean, text: string): string | undefined => (wrong ? text : undefined);
const within = (value: number | undefined, from: number, to: number): boolean =>
  value !== undefined && value >= from && value <= to;

/** What a CustomField has to satisfy by itself (Metadata API Developer Guide, "CustomField"; Help, "Custom Field Types"). */
const RULES: readonly Rule[] = [
  ({ fullName }) =>
    when(
      !NAME.test(fullName) || fullName.length > 43,
      `The field name '${fullName}' is not valid: letters, digits and single underscores, at most 40 characters before __c`,
    ),
  ({ label }) => when(label.length > 40, 'Label: data value too large (max length=40)'),
  ({ description }) => when((description?.length ?? 0) > 1000, 'Description: data value too large (max length=1000)'),
  ({ inlineHelpText }) =>
    when((inlineHelpText?.length ?? 0) > 510, 'InlineHelpText: data value too large (max length=510)'),
  ({ type, formula, length }) =>
    when(
      type === 'Text' && formula === undefined && !within(length, 1, 255),
      'A Text field needs a length from 1 to 255',
    ),
  ({ type, length, visibleLines }) =>
    when(
      type === 'LongTextArea' && !(within(length, 256, 131_072) && within(visibleLines, 2, 50)),
      'A LongTextArea field needs a length from 256 to 131072 and visibleLines from 2 to 50',
    ),
  ({ type, precision, scale }) =>
    when(
      NUMBERS.includes(type) && !(within(precision, 1, 18) && within(scale, 0, precision ?? 0)),
      `A ${type} field needs a precision up to 18 and a scale up to the precision`,
    ),
  ({ type, defaultValue, formula }) =>
    when(
      type === 'Checkbox' && formula === undefined && !['true', 'false'].includes(defaultValue ?? ''),
      'A Checkbox field needs the defaultValue true or false',
    ),
  ({ type, valueSet }) =>
    when(
      (type === 'Picklist') !== (valueSet !== undefined),
      'A valueSet belongs to a Picklist field, and a Picklist field needs one',
    ),
  ({ valueSet }) => duplicateValue(valueSet?.valueSetDefinition.value.map(({ fullName }) => fullName) ?? []),
  ({ type, displayFormat }) =>
    when(
      type === 'AutoNumber' && !/\{0+\}/.test(displayFormat ?? ''),
      'An AutoNumber field needs a displayFormat such as A-{0000}',
    ),
  ({ type, referenceTo, relationshipName }) =>
    when(
      RELATIONSHIPS.includes(type) && (referenceTo === undefined || relationshipName === undefined),
      `A ${type} field needs referenceTo and relationshipName`,
    ),
  ({ type, required, deleteConstraint }) =>
    when(
      type === 'Lookup' && required === true && deleteConstraint !== 'Restrict' && deleteConstraint !== 'Cascade',
      'A required Lookup field needs the deleteConstraint Restrict or Cascade',
    ),
  ({ type, required }) =>
    when(type === 'MasterDetail' && required === true, 'A MasterDetail field is always required; it must not say so'),
  ({ type, relationshipOrder }) =>
    when(type === 'MasterDetail' && relationshipOrder === undefined, 'A MasterDetail field needs a relationshipOrder'),
  ({ caseSensitive, unique }) => when(caseSensitive === true && unique !== true, 'caseSensitive is for unique fields'),
  ({ type, unique, externalId }) =>
    when(
      (unique === true || externalId === true) && !KEYS.includes(type),
      `A ${type} field can be neither unique nor an external id`,
    ),
  ({ formula, required, unique, externalId }) =>
    when(
      formula !== undefined && (required === true || unique === true || externalId === true),
      'A formula field can be neither required nor unique nor an external id',
    ),
  ({ type }, onActivity) =>
    when(onActivity && (type === 'LongTextArea' || type === 'MasterDetail'), `Activities cannot have a ${type} field`),
];

function duplicateValue(names: readonly string[]): string | undefined {
  const lower = names.map((name) => name.toLowerCase());
  const twice = names.find((name, index) => lower.indexOf(name.toLowerCase()) !== index);
  return twice === undefined ? undefined : `Duplicate value found: ${twice}`;
}

/** What is wrong with a field by itself, in words. */
export function checkField(field: CustomFieldFile, onActivity: boolean): string[] {
  return RULES.flatMap((rule) => rule(field, onActivity) ?? []);
}
