import { createField, createObject, type OrgField, type OrgObject } from './org-object.ts';
import { ownerField, systemFields } from './system-fields.ts';

type Facts = Partial<OrgField>;

export const field = (name: string, label: string, type: string, facts: Facts = {}): OrgField =>
  createField({ name, label, type, ...facts });
export const text = (name: string, label: string, length: number, facts: Facts = {}): OrgField =>
  field(name, label, 'string', { length, ...facts });
export const email = (name: string, label: string): OrgField => field(name, label, 'email', { length: 80 });
export const phone = (name: string, label: string): OrgField => field(name, label, 'phone', { length: 40 });
export const longText = (name: string, label: string): OrgField =>
  field(name, label, 'textarea', { length: 32_000, filterable: false });
export const checkbox = (name: string, label: string, facts: Facts = {}): OrgField =>
  field(name, label, 'boolean', { nillable: false, defaultValue: false, ...facts });
export const picklist = (name: string, label: string, picklistValues: readonly string[], facts: Facts = {}): OrgField =>
  field(name, label, 'picklist', { length: 255, picklistValues, ...facts });
export const lookup = (name: string, label: string, referenceTo: readonly string[], facts: Facts = {}): OrgField =>
  field(name, label, 'reference', { length: 18, referenceTo, relationshipName: name.replace(/Id$/, ''), ...facts });

export const REQUIRED: Facts = { required: true, nillable: false };
export const COMPUTED: Facts = { createable: false, updateable: false };
/** Written once, at creation. */
export const FIXED: Facts = { updateable: false };

/** The fields of a person's name. */
export const personName = (lastName: number): OrgField[] => [
  text('LastName', 'Last Name', lastName, REQUIRED),
  text('FirstName', 'First Name', 40),
  text('Name', 'Full Name', 121, COMPUTED),
];

/** What differs from an object with owners whose records only they see. */
interface StandardFacts {
  readonly activities?: boolean;
  readonly writable?: boolean;
  readonly owned?: boolean;
  readonly sharingModel?: string;
}

/**
 * A standard object. Its organization-wide default is Private unless said otherwise, the strictest that an
 * administrator can choose.
 */
export function standard(
  name: string,
  label: string,
  keyPrefix: string,
  fields: readonly OrgField[],
  { activities = false, writable = true, owned = true, sharingModel = 'Private' }: StandardFacts = {},
): OrgObject {
  return createObject({
    name,
    label,
    labelPlural: label.endsWith('y') ? `${label.slice(0, -1)}ies` : `${label}s`,
    keyPrefix,
    custom: false,
    sharingModel,
    activities,
    writable,
    fields: [...systemFields(), ...(owned ? [ownerField()] : []), ...fields],
    validationRules: [],
  });
}
