import type { FieldSchema, ObjectSchema } from '../flow-host.ts';
import type { FieldValue } from '../record.ts';

/** What happens to the row that points when the row pointed at is deleted. */
export type DeleteConstraint = 'SetNull' | 'Restrict' | 'Cascade';

/** A field with everything the save, the query and the describe call need to know. */
export interface OrgField extends FieldSchema {
  readonly custom: boolean;
  /** A value must be there when the record is saved. */
  readonly required: boolean;
  readonly unique: boolean;
  readonly caseSensitive: boolean;
  readonly externalId: boolean;
  /** Values outside `picklistValues` are refused. */
  readonly restrictedPicklist: boolean;
  readonly defaultValue: FieldValue;
  /** A formula of the field's default value, where it is not a literal. */
  readonly defaultFormula: string | undefined;
  readonly createable: boolean;
  readonly updateable: boolean;
  /** Display format of an auto number, for example `TE-{000000}`. */
  readonly autoNumber: string | undefined;
  readonly masterDetail: boolean;
  /** Who may read the master may write the detail; otherwise only who may edit the master. */
  readonly masterReadSuffices: boolean;
  /** Name under which the rows that point here are reached in a subquery. */
  readonly childRelationshipName: string | undefined;
  readonly deleteConstraint: DeleteConstraint;
  readonly precision: number;
  readonly filterable: boolean;
  readonly inlineHelpText: string | undefined;
}

/** A validation rule: a formula that is true for a record that must not be saved. */
export interface ValidationRule {
  readonly name: string;
  readonly active: boolean;
  readonly formula: string;
  readonly message: string;
  readonly displayField: string | undefined;
}

/** An object of the org. Immutable: a deploy makes a new one. */
export interface OrgObject extends ObjectSchema {
  readonly labelPlural: string;
  readonly custom: boolean;
  readonly sharingModel: string;
  /** Tasks and events may name a record of this object as WhatId. */
  readonly activities: boolean;
  /** Records can be made, changed and deleted through the data APIs. */
  readonly writable: boolean;
  readonly fields: readonly OrgField[];
  field(name: string): OrgField | undefined;
  readonly validationRules: readonly ValidationRule[];
}

/** What defines an object, before its look-up table is built. */
export interface ObjectDefinition {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string;
  readonly custom: boolean;
  readonly sharingModel: string;
  readonly activities: boolean;
  readonly writable: boolean;
  readonly fields: readonly OrgField[];
  readonly validationRules: readonly ValidationRule[];
}

/** Builds the object; field names are compared without case, as everywhere on the platform. */
export function createObject(definition: ObjectDefinition): OrgObject {
  const byName = new Map(definition.fields.map((field) => [field.name.toLowerCase(), field]));
  return { ...definition, field: (name) => byName.get(name.toLowerCase()) };
}

const FIELD_DEFAULTS: Omit<OrgField, 'name' | 'label' | 'type'> = {
  length: 0,
  scale: 0,
  nillable: true,
  referenceTo: [],
  relationshipName: null,
  picklistValues: [],
  formula: undefined,
  custom: false,
  required: false,
  unique: false,
  caseSensitive: false,
  externalId: false,
  restrictedPicklist: false,
  defaultValue: null,
  defaultFormula: undefined,
  createable: true,
  updateable: true,
  autoNumber: undefined,
  masterDetail: false,
  masterReadSuffices: false,
  childRelationshipName: undefined,
  deleteConstraint: 'SetNull',
  precision: 0,
  filterable: true,
  inlineHelpText: undefined,
};

/** A field from the few facts that differ from an optional, writable, plain one. */
export function createField(facts: Partial<OrgField> & Pick<OrgField, 'name' | 'label' | 'type'>): OrgField {
  return { ...FIELD_DEFAULTS, ...facts };
}
