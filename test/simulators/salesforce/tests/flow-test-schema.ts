import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldSchema, ObjectSchema } from '../flow-host.ts';
import { parseXml, type XmlElement } from '../flow-xml.ts';

const FORCE_APP = join(import.meta.dirname, '../../../../force-app/main');

const TYPES = new Map([
  ['Text', 'string'],
  ['LongTextArea', 'textarea'],
  ['TextArea', 'textarea'],
  ['Picklist', 'picklist'],
  ['DateTime', 'datetime'],
  ['Date', 'date'],
  ['Number', 'double'],
  ['Checkbox', 'boolean'],
  ['Lookup', 'reference'],
  ['MasterDetail', 'reference'],
]);

/** A field for a test: its name, its type and what else matters. */
export function field(name: string, type: string, more: Partial<FieldSchema> = {}): FieldSchema {
  const relationshipName = type === 'reference' ? name.replace(/__c$/, '__r').replace(/Id$/, '') : null;
  return {
    name,
    label: name,
    type,
    length: type === 'string' ? 255 : 0,
    scale: 0,
    nillable: true,
    referenceTo: [],
    relationshipName,
    picklistValues: [],
    formula: undefined,
    ...more,
  };
}

/** An object of the given fields, with Id and CreatedDate. */
export function object(name: string, keyPrefix: string, fields: readonly FieldSchema[]): ObjectSchema {
  const all = [field('Id', 'id', { length: 18 }), field('CreatedDate', 'datetime'), ...fields];
  const byName = new Map(all.map((each) => [each.name.toLowerCase(), each]));
  return { name, label: name, keyPrefix, fields: all, field: (wanted) => byName.get(wanted.toLowerCase()) };
}

/** The fields of an object folder of force-app, such as `sequence/objects/CampaignStatus__c`. */
export function deployedFields(folder: string): FieldSchema[] {
  const fields = join(FORCE_APP, folder, 'fields');
  return readdirSync(fields).map((file) => toField(parseXml(readFileSync(join(fields, file), 'utf8'))));
}

/** The text of a flow file of force-app. */
export function deployedFlow(fullName: string): string {
  return readFileSync(join(FORCE_APP, 'sequence/flows', `${fullName}.flow-meta.xml`), 'utf8');
}

function toField(root: XmlElement): FieldSchema {
  const one = (name: string): string | undefined => root.children.find((child) => child.name === name)?.text;
  const type = TYPES.get(one('type') ?? '');
  if (type === undefined) throw new Error(`The tests know no field type ${one('type')}`);
  return field(one('fullName')!, type, {
    length: Number(one('length') ?? 255),
    nillable: one('required') !== 'true',
    referenceTo: one('referenceTo') === undefined ? [] : [one('referenceTo')!],
    picklistValues: picklistValues(root),
    formula: one('formula'),
  });
}

function picklistValues(root: XmlElement): string[] {
  const below = (element: XmlElement, name: string): XmlElement[] =>
    element.children.filter((child) => child.name === name);
  return below(root, 'valueSet')
    .flatMap((set) => below(set, 'valueSetDefinition'))
    .flatMap((definition) => below(definition, 'value'))
    .flatMap((value) => below(value, 'fullName').map(({ text }) => text));
}
