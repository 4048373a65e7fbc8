import type { Access } from '../data/access.ts';
import type { OrgMetadata } from './org-metadata.ts';
import type { OrgField, OrgObject } from './org-object.ts';
import { isPermissionable } from './permissionable.ts';

const SOAP_TYPES = new Map([
  ['boolean', 'xsd:boolean'],
  ['int', 'xsd:int'],
  ['double', 'xsd:double'],
  ['currency', 'xsd:double'],
  ['percent', 'xsd:double'],
  ['date', 'xsd:date'],
  ['datetime', 'xsd:dateTime'],
  ['id', 'tns:ID'],
  ['reference', 'tns:ID'],
]);

/** One entry of describeGlobal. */
export function describeBriefly(access: Access, object: OrgObject, basePath: string): Record<string, unknown> {
  const url = `${basePath}/sobjects/${object.name}`;
  return {
    name: object.name,
    label: object.label,
    labelPlural: object.labelPlural,
    keyPrefix: object.keyPrefix,
    custom: object.custom,
    customSetting: false,
    queryable: access.may('read', object),
    retrieveable: true,
    searchable: true,
    createable: object.writable && access.may('create', object),
    updateable: object.writable && access.may('edit', object),
    deletable: object.writable && access.may('delete', object),
    undeletable: object.writable,
    urls: { sobject: url, describe: `${url}/describe`, rowTemplate: `${url}/{ID}` },
  };
}

/** The describe call: the fields that the user sees, and the relationships to children. */
export function describeObject(
  metadata: OrgMetadata,
  access: Access,
  object: OrgObject,
  basePath: string,
): Record<string, unknown> {
  return {
    ...describeBriefly(access, object, basePath),
    fields: object.fields
      .filter((field) => access.sees(object, field))
      .map((field) => describeField(access, object, field)),
    childRelationships: describeChildren(metadata, access, object),
    recordTypeInfos: [],
    supportedScopes: [],
    actionOverrides: [],
    namedLayoutInfos: [],
  };
}

function describeField(access: Access, object: OrgObject, field: OrgField): Record<string, unknown> {
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    soapType: SOAP_TYPES.get(field.type) ?? 'xsd:string',
    length: field.length,
    byteLength: field.length * 3,
    precision: field.precision,
    scale: field.scale,
    digits: field.type === 'int' ? 9 : 0,
    custom: field.custom,
    nillable: field.nillable,
    defaultedOnCreate: field.defaultValue !== null || field.name === 'OwnerId',
    defaultValue: field.defaultValue,
    createable: field.createable && access.writes(object, field),
    updateable: field.updateable && access.writes(object, field),
    filterable: field.filterable,
    sortable: field.filterable,
    groupable: field.filterable,
    unique: field.unique,
    caseSensitive: field.caseSensitive,
    externalId: field.externalId,
    idLookup: field.externalId || field.name === 'Id',
    autoNumber: field.autoNumber !== undefined,
    calculated: field.formula !== undefined,
    calculatedFormula: field.formula ?? null,
    nameField: field.name === 'Name',
    restrictedPicklist: field.restrictedPicklist,
    picklistValues: field.picklistValues.map((value) => ({
      active: true,
      defaultValue: value === field.defaultValue,
      label: value,
      validFor: null,
      value,
    })),
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    polymorphicForeignKey: field.referenceTo.length > 1,
    cascadeDelete: field.masterDetail,
    inlineHelpText: field.inlineHelpText ?? null,
    permissionable: isPermissionable(object, field),
  };
}

function describeChildren(metadata: OrgMetadata, access: Access, parent: OrgObject): object[] {
  return [...metadata.objects.values()].flatMap((object) =>
    object.fields
      .filter((field) => field.referenceTo.includes(parent.name) && access.sees(object, field))
      .map((field) => ({
        childSObject: object.name,
        field: field.name,
        relationshipName: field.childRelationshipName ?? null,
        cascadeDelete: field.deleteConstraint === 'Cascade',
        restrictedDelete: field.deleteConstraint === 'Restrict',
      })),
  );
}
