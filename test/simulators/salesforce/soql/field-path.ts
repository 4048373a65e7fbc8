import { ApiError } from '../api-error.ts';
import { findObject } from '../schema/org-metadata.ts';
import { createField, type OrgField, type OrgObject } from '../schema/org-object.ts';
import type { QueryScope } from './query-scope.ts';

/** One step from a record to the parent that a reference field names. */
export interface Step {
  readonly field: OrgField;
  readonly relationship: string;
  /** undefined: the parent may be of several objects, only its name fields can be asked. */
  readonly parent: OrgObject | undefined;
}

/** A field of a record or of a parent of it. */
export interface FieldPath {
  readonly steps: readonly Step[];
  readonly field: OrgField;
  /** The object that has the field; undefined when the parent may be of several. */
  readonly object: OrgObject | undefined;
}

/** More parents in a row are refused (SOQL and SOSL Reference, "Understanding Relationship Query Limitations"). */
const MAX_STEPS = 5;
/** What a parent of several possible objects offers: the fields of the object Name. */
const NAME_FIELDS = [
  'Id',
  'Name',
  'FirstName',
  'LastName',
  'Email',
  'Phone',
  'Title',
  'Type',
  'Username',
  'Alias',
  'IsActive',
];
const NAME_FIELD_TYPES = new Map([
  ['Id', 'id'],
  ['IsActive', 'boolean'],
]);

/** Finds the field that a path such as `TrackedEmail__r.MessageKey__c` names, or refuses it in the platform's words. */
export function resolvePath(scope: QueryScope, object: OrgObject, names: readonly string[]): FieldPath {
  const steps: Step[] = [];
  let current: OrgObject | undefined = object;
  for (const name of names.slice(0, -1)) {
    const step = stepTo(scope, current, name);
    steps.push(step);
    current = step.parent;
  }
  if (steps.length > MAX_STEPS) throw new ApiError(400, 'MALFORMED_QUERY', 'SOQL relationship path exceeds 5 levels');
  const last = names.at(-1) ?? '';
  if (current === undefined) return { steps, field: nameField(last), object: undefined };
  const field = current.field(last);
  if (field === undefined || !scope.access.sees(current, field)) throw unknownColumn(last, current.name);
  return { steps, field, object: current };
}

function unknownColumn(name: string, objectName: string): ApiError {
  const advice =
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.";
  return new ApiError(400, 'INVALID_FIELD', `No such column '${name}' on entity '${objectName}'. ${advice}`);
}

function stepTo(scope: QueryScope, object: OrgObject | undefined, name: string): Step {
  const field = object?.fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === name.toLowerCase());
  const single = field?.referenceTo.length === 1 && field.name !== 'OwnerId';
  const parent = single ? findObject(scope.org.metadata, field.referenceTo[0]!) : undefined;
  const hidden = parent !== undefined && !scope.access.may('read', parent);
  if (object === undefined || field === undefined || hidden || !scope.access.sees(object, field)) {
    throw new ApiError(
      400,
      'INVALID_FIELD',
      `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return { field, relationship: field.relationshipName ?? name, parent };
}

function nameField(name: string): OrgField {
  const known = NAME_FIELDS.find((each) => each.toLowerCase() === name.toLowerCase());
  if (known === undefined) throw unknownColumn(name, 'Name');
  return createField({ name: known, label: known, type: NAME_FIELD_TYPES.get(known) ?? 'string', length: 255 });
}
