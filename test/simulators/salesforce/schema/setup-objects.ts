import type { OrgObject } from './org-object.ts';
import {
  checkbox,
  COMPUTED,
  field,
  FIXED,
  lookup,
  personName,
  phone,
  picklist,
  REQUIRED,
  standard,
  text,
} from './standard-object.ts';

/** Everybody reads these; who may write one is said by a user permission. */
const SETUP = { owned: false, sharingModel: 'Read' };
const READ_ONLY = { ...SETUP, writable: false };

const user = (): OrgObject =>
  standard(
    'User',
    'User',
    '005',
    [
      text('Username', 'Username', 80, { ...REQUIRED, unique: true }),
      ...personName(80),
      field('Email', 'Email', 'email', { length: 128, ...REQUIRED }),
      text('Alias', 'Alias', 8, REQUIRED),
      text('Title', 'Title', 80),
      phone('Phone', 'Phone'),
      checkbox('IsActive', 'Active', { defaultValue: true }),
      lookup('ProfileId', 'Profile ID', ['Profile'], REQUIRED),
      lookup('UserRoleId', 'Role ID', ['UserRole']),
      lookup('ManagerId', 'Manager ID', ['User']),
      text('TimeZoneSidKey', 'Time Zone', 40, REQUIRED),
      text('LocaleSidKey', 'Locale', 40, REQUIRED),
      text('EmailEncodingKey', 'Email Encoding', 40, REQUIRED),
      text('LanguageLocaleKey', 'Language', 40, REQUIRED),
      picklist('UserType', 'User Type', ['Standard'], { ...COMPUTED, defaultValue: 'Standard' }),
    ],
    SETUP,
  );

const userRole = (): OrgObject =>
  standard(
    'UserRole',
    'Role',
    '00E',
    [
      text('Name', 'Name', 80, REQUIRED),
      text('DeveloperName', 'Developer Name', 80, { unique: true }),
      lookup('ParentRoleId', 'Parent Role ID', ['UserRole'], { deleteConstraint: 'Restrict' }),
    ],
    SETUP,
  );

const organization = (): OrgObject =>
  standard(
    'Organization',
    'Organization',
    '00D',
    [
      text('Name', 'Name', 80),
      text('InstanceName', 'Instance Name', 5),
      checkbox('IsSandbox', 'Is Sandbox'),
      field('TrialExpirationDate', 'Trial Expiration Date', 'datetime'),
      text('NamespacePrefix', 'Namespace Prefix', 15),
      picklist('OrganizationType', 'Edition', ['Developer Edition']),
      text('TimeZoneSidKey', 'Time Zone', 40),
      text('DefaultLocaleSidKey', 'Locale', 40),
    ],
    READ_ONLY,
  );

const profile = (): OrgObject => standard('Profile', 'Profile', '00e', [text('Name', 'Name', 255)], READ_ONLY);

const permissionSet = (): OrgObject =>
  standard(
    'PermissionSet',
    'Permission Set',
    '0PS',
    [
      text('Name', 'Permission Set Name', 80),
      text('Label', 'Permission Set Label', 80),
      text('NamespacePrefix', 'Namespace Prefix', 15),
      checkbox('IsOwnedByProfile', 'Is Owned By Profile'),
    ],
    READ_ONLY,
  );

const permissionSetAssignment = (): OrgObject =>
  standard(
    'PermissionSetAssignment',
    'Permission Set Assignment',
    '0Pa',
    [
      lookup('PermissionSetId', 'PermissionSet ID', ['PermissionSet'], {
        ...REQUIRED,
        ...FIXED,
        deleteConstraint: 'Cascade',
      }),
      lookup('AssigneeId', 'Assignee ID', ['User'], {
        ...REQUIRED,
        ...FIXED,
        childRelationshipName: 'PermissionSetAssignments',
      }),
    ],
    SETUP,
  );

/** Obj, "FlowDefinitionView"; the prefix of its ids is (unconfirmed). */
const flowDefinitionView = (): OrgObject =>
  standard(
    'FlowDefinitionView',
    'Flow Definition View',
    '3dd',
    [
      text('ApiName', 'Flow API Name', 255),
      text('Label', 'Flow Label', 255),
      text('NamespacePrefix', 'Flow Namespace', 255),
      checkbox('IsActive', 'Active'),
      text('ActiveVersionId', 'Active Flow Version API Name or ID', 255),
    ],
    READ_ONLY,
  );

/** The objects that say who works in the org and with which rights, and which flows there are. */
export function setupObjects(): OrgObject[] {
  return [
    user(),
    userRole(),
    organization(),
    profile(),
    permissionSet(),
    permissionSetAssignment(),
    flowDefinitionView(),
  ];
}
