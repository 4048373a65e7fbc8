import type { OrgField, OrgObject } from './org-object.ts';

/** Standard fields that no permission set names though they may be empty: parts of a name, and these. */
const ALWAYS_OPEN = ['Name', 'FirstName', 'LastName', 'OwnerId', 'Task.Subject', 'Task.TaskSubtype', 'Event.Subject'];

/** Objects whose fields are open to whoever may read them. */
const WITHOUT_FIELD_SECURITY = [
  ...['User', 'UserRole', 'Organization', 'Profile', 'PermissionSet', 'PermissionSetAssignment', 'TaskStatus'],
  ...['CustomNotificationType', 'FlowDefinitionView'],
  ...['EmailMessage', 'EmailMessageRelation', 'OpportunityContactRole'],
];

/**
 * Whether field-level security holds for a field, so that a permission set can grant it: not for required fields,
 * system fields, master-details, custom metadata, and not for standard fields that only the platform writes (the
 * member `permissionable` of the describe call; which standard fields it is true for: (unconfirmed)).
 */
export function isPermissionable(object: OrgObject, field: OrgField): boolean {
  if (field.required || field.masterDetail || object.name.endsWith('__mdt')) return false;
  if (field.custom) return true;
  if (WITHOUT_FIELD_SECURITY.includes(object.name)) return false;
  if (ALWAYS_OPEN.includes(field.name) || ALWAYS_OPEN.includes(`${object.name}.${field.name}`)) return false;
  if (!field.createable && !field.updateable) return false;
  return field.nillable || field.type === 'boolean';
}
