import type { ObjectAccess } from '../schema/org-metadata.ts';

/** What a profile of a new org grants. */
export interface ProfileGrant {
  /** `all` stands for every user permission but ApiUserOnly. */
  readonly userPermissions: 'all' | ReadonlySet<string>;
  /** By lower-case API name; `all` stands for every object. */
  readonly objects: 'all' | ReadonlyMap<string, ObjectAccess>;
  /** Whether standard fields can be read and written; without it a permission set has to grant them. */
  readonly standardFields: boolean;
}

/** The profile of administrators. */
export const ADMINISTRATOR = 'System Administrator';

const NONE: ProfileGrant = { userPermissions: new Set(), objects: new Map(), standardFields: false };

const CRUD: ObjectAccess = {
  ...{ create: true, read: true, edit: true, delete: true },
  ...{ viewAll: false, modifyAll: false, viewAllFields: false },
};

/** Help, "Standard Profiles", "Minimum Access - Salesforce" and "Give Integration Users API Only Access". */
const PROFILES = new Map<string, ProfileGrant>([
  [ADMINISTRATOR, { userPermissions: 'all', objects: 'all', standardFields: true }],
  [
    'Standard User',
    {
      userPermissions: new Set([
        ...['ActivitiesAccess', 'ApiEnabled', 'ConvertLeads', 'EditEvent', 'EditTask', 'RunFlow', 'ViewSetup'],
      ]),
      objects: new Map(['account', 'contact', 'lead', 'opportunity'].map((name) => [name, CRUD])),
      standardFields: true,
    },
  ],
  ['Minimum Access - Salesforce', { ...NONE, userPermissions: new Set(['ActivitiesAccess']) }],
  ['Minimum Access - API Only Integrations', { ...NONE, userPermissions: new Set(['ApiEnabled', 'ApiUserOnly']) }],
]);

/** Names of the profiles of a new org, the administrator's first. */
export const PROFILE_NAMES = [...PROFILES.keys()];

/** What the profile of that name grants; nothing for another one. */
export function profileGrant(name: unknown): ProfileGrant {
  return PROFILES.get(String(name)) ?? NONE;
}
