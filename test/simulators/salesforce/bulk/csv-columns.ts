import { ApiError } from '../api-error.ts';
import type { Access } from '../data/access.ts';
import { readDate, readDateTime } from '../data/date-time.ts';
import { RowError } from '../data/row-error.ts';
import type { Org } from '../org.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';

/** What a cell adds to its row: a member of the JSON body that would ask for the same; undefined for an empty cell. */
export type Column = (text: string) => readonly [string, unknown] | undefined;

/** Stands for null (Bulk API 2.0 Developer Guide, "Prepare CSV Files"); an empty cell says nothing. */
const NULL = '#N/A';
const NUMBER = /^[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/;
const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** What the data of a job as a whole can be refused for. */
export function invalidBatch(message: string): ApiError {
  return new ApiError(400, 'InvalidBatch', message);
}

/**
 * Compiles the header of a file. A name is that of a field as the user sees it, `Relationship.ExternalId__c`, or
 * `Type:Relationship.ExternalId__c` where several types are possible ("Relationship Fields in a Header Row").
 */
export function compileHeader(org: Org, access: Access, object: OrgObject, header: readonly string[]): Column[] {
  const repeated = header.find((name, index) => header.indexOf(name) !== index);
  if (repeated !== undefined) throw invalidBatch(`Duplicate field name found : ${repeated}`);
  return header.map((name) => {
    const column = name.includes('.')
      ? relationshipColumn(org, access, object, name)
      : fieldColumn(access, object, object.field(name), name);
    if (column === undefined) throw invalidBatch(`Field name not found : ${name}`);
    return column;
  });
}

function fieldColumn(access: Access, object: OrgObject, field: OrgField | undefined, name: string): Column | undefined {
  if (field === undefined || field.name !== name || !access.sees(object, field)) return undefined;
  return (text) => (text === '' ? undefined : [name, readCell(field, text)]);
}

function relationshipColumn(org: Org, access: Access, object: OrgObject, header: string): Column | undefined {
  const [, typeName, relationship, keyName] = /^(?:(\w+):)?(\w+)\.(\w+)$/.exec(header) ?? [];
  const reference = object.fields.find(({ relationshipName }) => relationshipName === relationship);
  if (reference === undefined || relationship === undefined || !access.sees(object, reference)) return undefined;
  const [type, ...others] = typeName === undefined ? reference.referenceTo : [typeName];
  const parent = others.length > 0 || type === undefined ? undefined : findObject(org.metadata, type);
  const key = parent?.fields.find(({ name }) => name === keyName);
  if (parent === undefined || key === undefined || !reference.referenceTo.includes(parent.name)) return undefined;
  if (!access.sees(parent, key) || !(key.externalId || key.name === 'Id')) return undefined;
  return (text) => {
    if (text === '') return undefined;
    const value = readCell(key, text);
    return [relationship, value === null ? null : { attributes: { type: parent.name }, [key.name]: value }];
  };
}

/** The JSON value of a cell; throws a RowError for a text that the type of the field does not have. */
function readCell(field: OrgField, text: string): string | number | boolean | null {
  if (text === NULL) return null;
  switch (field.type) {
    case 'boolean':
      return BOOLEANS.get(text.toLowerCase()) ?? wrongType(field, text);
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return NUMBER.test(text) ? Number(text) : wrongType(field, text);
    case 'date':
      return readDate(text.replace(/Z$/, '')) ?? wrongType(field, text);
    case 'datetime':
      return readDateTime(text) ?? wrongType(field, text);
    default:
      return text;
  }
}

function wrongType({ name, label }: OrgField, text: string): never {
  const message = `${label}: value not of required type: ${text.slice(0, 80)}`;
  throw new RowError('INVALID_TYPE_ON_FIELD_IN_RECORD', message, [name]);
}
