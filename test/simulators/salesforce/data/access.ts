import type { Org, RunningUser } from '../org.ts';
import type { PermissionSetGrant } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';

export type Right = 'create' | 'read' | 'edit' | 'delete';

/** What one user may do, as it stands at the beginning of a request. */
export interface Access {
  /** Whether the user may do this with records of the object. */
  may(right: Right, object: OrgObject): boolean;
  /**
   * Whether the user sees a field. A custom field that is neither required nor a master-detail is hidden until an
   * assigned permission set grants it, from administrators too: a deployed field is in nobody's profile. Standard
   * fields, and all fields of custom metadata, are visible to who may read the object.
   */
  sees(object: OrgObject, field: OrgField): boolean;
  /** Whether the user may write a field, by the same rule. */
  writes(object: OrgObject, field: OrgField): boolean;
}

/** The one profile that may read and write every object. */
export const ADMINISTRATOR = 'System Administrator';

/** Objects that everybody who can log in may read. */
const OPEN_TO_ALL = ['User', 'Organization', 'TaskStatus', 'Profile', 'PermissionSet', 'PermissionSetAssignment'];
/** Rights on activities come from user permissions, not from object permissions. */
const ACTIVITIES = ['Task', 'Event'];

const EVERYTHING: Access = { may: () => true, sees: () => true, writes: () => true };

/** The access of a user; the system mode of flows asks for nothing. */
export function accessOf(org: Org, user: RunningUser): Access {
  if (user.system) return EVERYTHING;
  const grants = grantsOf(org, user.userId);
  const administrator = isAdministrator(org, user.userId);
  const granted = (object: OrgObject, field: OrgField, right: 'readable' | 'editable'): boolean => {
    if (!field.custom || field.required || field.masterDetail || object.name.endsWith('__mdt')) return true;
    const key = `${object.name}.${field.name}`.toLowerCase();
    return grants.some(({ fields }) => fields.get(key)?.[right] === true);
  };
  return {
    may: (right, object) => administrator || mayByGrant(grants, right, object),
    sees: (object, field) => granted(object, field, 'readable'),
    writes: (object, field) => granted(object, field, 'editable'),
  };
}

function mayByGrant(grants: readonly PermissionSetGrant[], right: Right, object: OrgObject): boolean {
  if (right === 'read' && OPEN_TO_ALL.includes(object.name)) return true;
  if (ACTIVITIES.includes(object.name)) {
    const permission = right === 'read' ? 'ActivitiesAccess' : `Edit${object.name}`;
    return grants.some(({ userPermissions }) => userPermissions.has(permission));
  }
  return grants.some(({ objects }) => objects.get(object.name.toLowerCase())?.[right] === true);
}

/** The permission sets that are assigned to a user. */
export function grantsOf(org: Org, userId: string): PermissionSetGrant[] {
  const assigned = org.database
    .rows('PermissionSetAssignment')
    .filter((row) => row['AssigneeId'] === userId && row['IsDeleted'] !== true)
    .map((row) => org.database.get('PermissionSet', String(row['PermissionSetId'])));
  return assigned.flatMap((row) => org.metadata.permissionSets.get(String(row?.['Name']).toLowerCase()) ?? []);
}

function isAdministrator(org: Org, userId: string): boolean {
  const profileId = org.database.get('User', userId)?.['ProfileId'];
  return org.database.get('Profile', String(profileId))?.['Name'] === ADMINISTRATOR;
}
