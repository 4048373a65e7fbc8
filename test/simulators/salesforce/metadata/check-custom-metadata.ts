import type { FlowProblem } from '../flow-host.ts';
import type { XmlElement } from '../flow-xml.ts';
import { findObject, type OrgMetadata } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import type { FieldValue } from '../record.ts';
import { problem } from './component.ts';
import { childNamed, childrenNamed, textOf } from './xml-children.ts';

const SCHEMA = 'http://www.w3.org/2001/XMLSchema';
const NUMBERS = ['double', 'percent', 'int'];
/** Types that a value may state for a field, besides text (Metadata API Developer Guide, "CustomMetadataValue"). */
const STATED_TYPES = new Map([
  ['boolean', ['xsd:boolean']],
  ['double', ['xsd:double', 'xsd:int']],
  ['percent', ['xsd:double', 'xsd:int']],
  ['date', ['xsd:date']],
  ['datetime', ['xsd:dateTime']],
]);

/** The object of a record that is named `Type.Record`, and the record's own name. */
export function customMetadataName(fullName: string): { readonly object: string; readonly record: string } {
  const dot = fullName.indexOf('.');
  return { object: `${fullName.slice(0, dot)}__mdt`, record: fullName.slice(dot + 1) };
}

/** A record of custom metadata has an existing type, existing fields, and values that fit them. */
export function checkCustomMetadata(metadata: OrgMetadata, name: string, root: XmlElement): FlowProblem[] {
  const names = customMetadataName(name);
  const object = findObject(metadata, names.object);
  if (object === undefined) {
    return [problem(`Custom metadata type ${names.object} is not available in this organization.`, root)];
  }
  const wrongName = /^[A-Za-z](?:_?[A-Za-z0-9])*$/.test(names.record) && names.record.length <= 40;
  const values = childrenNamed(root, 'values');
  const given = values.map((value) => textOf(value, 'field').toLowerCase());
  return [
    ...(wrongName
      ? []
      : [problem(`The name ${names.record} is not valid: letters, digits and single underscores`, root)]),
    ...(textOf(root, 'label') === '' ? [problem('Required field is missing: label', root)] : []),
    ...values.flatMap((value) => checkValue(object, root, value)),
    ...object.fields
      .filter(({ custom, required, name: each }) => custom && required && !given.includes(each.toLowerCase()))
      .map(({ name: each }) => problem(`Required fields are missing: [${each}]`, root)),
  ];
}

function checkValue(object: OrgObject, root: XmlElement, element: XmlElement): FlowProblem[] {
  const name = textOf(element, 'field');
  const field = object.field(name);
  const value = childNamed(element, 'value');
  if (field?.custom !== true) {
    return [problem(`In field: field - no CustomField named ${object.name}.${name} found`, element)];
  }
  if (value === undefined) return [problem('Required field is missing: value', element)];
  return checkStatedType(field, root, value).map((text) => problem(text, value));
}

function checkStatedType(field: OrgField, root: XmlElement, value: XmlElement): string[] {
  const attributes = [...value.attributes.keys()];
  const prefixes = ['xsi', ...(value.attributes.get('xsi:type')?.startsWith('xsd:') === true ? ['xsd'] : [])];
  const spaces = [`${SCHEMA}-instance`, SCHEMA];
  const unbound = prefixes.find((prefix, at) => root.attributes.get(`xmlns:${prefix}`) !== spaces[at]);
  if (attributes.length > 0 && unbound !== undefined) {
    return [`Error parsing file: The prefix "${unbound}" for "value" is not bound`];
  }
  const unknown = attributes.find((attribute) => !['xsi:type', 'xsi:nil'].includes(attribute));
  if (unknown !== undefined)
    return [`Error parsing file: attribute ${unknown} of value: the platform has no such attribute`];
  if (value.attributes.get('xsi:nil') === 'true') {
    return field.required ? [`Required fields are missing: [${field.name}]`] : [];
  }
  const stated = value.attributes.get('xsi:type') ?? '';
  const expected = STATED_TYPES.get(field.type) ?? ['xsd:string'];
  if (!expected.includes(stated))
    return [`The value of ${field.name} is of type '${stated}', not ${expected.join(' or ')}`];
  return checkContent(field, value.text);
}

function checkContent(field: OrgField, text: string): string[] {
  if (field.type === 'boolean' && !['true', 'false'].includes(text))
    return [`'${text}' is not a value of ${field.name}`];
  if (NUMBERS.includes(field.type)) {
    const outside = Math.abs(Number(text)) >= 10 ** (field.precision - field.scale);
    if (!/^-?\d+(?:\.\d+)?$/.test(text) || outside) return [`'${text}' is not a value of ${field.name}`];
  }
  if (field.restrictedPicklist && !field.picklistValues.includes(text)) {
    return [`bad value for restricted picklist field: ${text}`];
  }
  if (field.length > 0 && text.length > field.length) {
    return [`${field.label}: data value too large (max length=${field.length})`];
  }
  return [];
}

/** The values of a record as they are stored. */
export function customMetadataValues(object: OrgObject, root: XmlElement): Record<string, FieldValue> {
  return Object.fromEntries(
    childrenNamed(root, 'values').map((element) => {
      const field = object.field(textOf(element, 'field'))!;
      const value = childNamed(element, 'value')!;
      return [field.name, storedValue(field, value)] as const;
    }),
  );
}

function storedValue(field: OrgField, { attributes, text }: XmlElement): FieldValue {
  if (attributes.get('xsi:nil') === 'true' || text === '') return null;
  if (field.type === 'boolean') return text === 'true';
  return NUMBERS.includes(field.type) ? Number(text) : text;
}
