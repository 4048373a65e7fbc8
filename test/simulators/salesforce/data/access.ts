import type { Org, RunningUser } from '../org.ts';
import type { SObjectRecord } from '../record.ts';
import type { ObjectAccess, PermissionSetGrant } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import { isPermissionable } from '../schema/permissionable.ts';
import { profileGrant, type ProfileGrant } from './profiles.ts';
import { createSharing } from './sharing.ts';

export { ADMINISTRATOR } from './profiles.ts';

export type Right = 'create' | 'read' | 'edit' | 'delete';

/** What one user may do, as it stands at the beginning of a request or a transaction. */
export interface Access {
  /** Whether the user holds a user permission, from the profile or an assigned permission set. */
  has(userPermission: string): boolean;
  /** Whether the user may do this with records of the object. */
  may(right: Right, object: OrgObject): boolean;
  /**
   * Whether the user sees a field. A custom field that is neither required nor a master-detail is hidden until an
   * assigned permission set grants it, from administrators too: a deployed field is in nobody's profile. Standard
   * fields are in some profiles; what no permission set can grant is visible to whoever may read the object.
   */
  sees(object: OrgObject, field: OrgField): boolean;
  /** Whether the user may write a field, by the same rule. */
  writes(object: OrgObject, field: OrgField): boolean;
  /** Whether the user sees this record, by the sharing of its object. */
  reads(object: OrgObject, row: SObjectRecord): boolean;
  /** Whether the user may change this record. */
  edits(object: OrgObject, row: SObjectRecord): boolean;
  /** Whether the user may delete this record and give it to another owner. */
  controls(object: OrgObject, row: SObjectRecord): boolean;
}

const EVERYTHING: Access = {
  ...{ has: () => true, may: () => true, sees: () => true, writes: () => true },
  ...{ reads: () => true, edits: () => true, controls: () => true },
};

/** Objects that everybody who can log in may read, with the user permission that lets a user write them. */
const SETUP_OBJECTS = new Map([
  ['User', 'ManageUsers'],
  ['UserRole', 'ManageRoles'],
  ['PermissionSetAssignment', 'AssignPermissionSets'],
  ['Organization', ''],
  ['TaskStatus', ''],
  ['Profile', ''],
  ['PermissionSet', ''],
]);

/**
 * Rights on activities and mails come from user permissions, not from object permissions (Help, "Control Access to
 * Activities"). That writing a mail asks for the right to edit tasks: (unconfirmed).
 */
const ACTIVITIES = new Map([
  ['Task', 'EditTask'],
  ['Event', 'EditEvent'],
  ['EmailMessage', 'EditTask'],
  ['EmailMessageRelation', 'EditTask'],
]);

/** Setup objects that are open to holders of one of these user permissions alone. */
const READ_WITH = new Map([
  ['PermissionSetAssignment', ['ViewSetup', 'AssignPermissionSets', 'ManageUsers']],
  ['FlowDefinitionView', ['ViewSetup']],
]);

interface Grants {
  readonly profile: ProfileGrant;
  readonly permissionSets: readonly PermissionSetGrant[];
}

/** The access of a user; the system mode of flows asks for nothing. */
export function accessOf(org: Org, user: RunningUser): Access {
  if (user.system) return EVERYTHING;
  const grants: Grants = { profile: profileOf(org, user.userId), permissionSets: grantsOf(org, user.userId) };
  const has = (permission: string): boolean => hasPermission(grants, permission);
  const may = (right: Right, object: OrgObject): boolean => mayWith(grants, right, object);
  const sharing = createSharing(org, user.userId, {
    reads: (object) => may('read', object),
    viewsAll: (object) => has('ViewAllData') || has('ModifyAllData') || grantsObject(grants, object, 'viewAll'),
    modifiesAll: (object) => has('ModifyAllData') || grantsObject(grants, object, 'modifyAll'),
  });
  return {
    has,
    may,
    sees: (object, field) => grantsField(grants, object, field, 'readable'),
    writes: (object, field) => grantsField(grants, object, field, 'editable'),
    ...sharing,
  };
}

function hasPermission({ profile, permissionSets }: Grants, permission: string): boolean {
  if (profile.userPermissions === 'all') return permission !== 'ApiUserOnly';
  return (
    profile.userPermissions.has(permission) ||
    permissionSets.some(({ userPermissions }) => userPermissions.has(permission))
  );
}

function mayWith(grants: Grants, right: Right, object: OrgObject): boolean {
  const opens = READ_WITH.get(object.name);
  if (opens !== undefined && right === 'read') return opens.some((permission) => hasPermission(grants, permission));
  const manages = SETUP_OBJECTS.get(object.name);
  if (manages !== undefined) return right === 'read' || hasPermission(grants, manages);
  const writes = ACTIVITIES.get(object.name);
  if (writes !== undefined) {
    return hasPermission(grants, 'ActivitiesAccess') && (right === 'read' || hasPermission(grants, writes));
  }
  return grantsObject(grants, object, right);
}

/** Contact roles go with their opportunity (Help, "Contact Roles"). */
function grantsObject(grants: Grants, object: OrgObject, right: keyof ObjectAccess): boolean {
  if (object.name === 'OpportunityContactRole') {
    const asked = ['create', 'delete'].includes(right) ? 'edit' : right;
    return grantsName(grants, 'opportunity', asked);
  }
  return grantsName(grants, object.name.toLowerCase(), right);
}

function grantsName({ profile, permissionSets }: Grants, name: string, right: keyof ObjectAccess): boolean {
  if (profile.objects === 'all' || profile.objects.get(name)?.[right] === true) return true;
  return permissionSets.some(({ objects }) => objects.get(name)?.[right] === true);
}

function grantsField(grants: Grants, object: OrgObject, field: OrgField, right: 'readable' | 'editable'): boolean {
  if (!isPermissionable(object, field)) return true;
  if (!field.custom && grants.profile.standardFields) return true;
  const key = `${object.name}.${field.name}`.toLowerCase();
  if (grants.permissionSets.some(({ fields }) => fields.get(key)?.[right] === true)) return true;
  return right === 'readable' && grants.permissionSets.some((each) => viewsAllFields(each, object));
}

function viewsAllFields({ objects }: PermissionSetGrant, object: OrgObject): boolean {
  return objects.get(object.name.toLowerCase())?.viewAllFields === true;
}

/** The permission sets that are assigned to a user. */
export function grantsOf(org: Org, userId: string): PermissionSetGrant[] {
  const assigned = org.database
    .rows('PermissionSetAssignment')
    .filter((row) => row['AssigneeId'] === userId && row['IsDeleted'] !== true)
    .map((row) => org.database.get('PermissionSet', String(row['PermissionSetId'])));
  return assigned.flatMap((row) => org.metadata.permissionSets.get(String(row?.['Name']).toLowerCase()) ?? []);
}

function profileOf(org: Org, userId: string): ProfileGrant {
  const profileId = org.database.get('User', userId)?.['ProfileId'];
  return profileGrant(org.database.get('Profile', String(profileId))?.['Name']);
}
