import type { Flow } from '../flow.ts';
import type { OrgObject } from './org-object.ts';
import { standardObjects } from './standard-objects.ts';

/** What one permission set grants, by lower-case API names. */
export interface PermissionSetGrant {
  readonly name: string;
  readonly label: string;
  readonly objects: ReadonlyMap<string, ObjectAccess>;
  /** Key `object.field`. */
  readonly fields: ReadonlyMap<string, FieldAccess>;
  readonly userPermissions: ReadonlySet<string>;
  /** Lower case. */
  readonly customPermissions: ReadonlySet<string>;
}

export interface ObjectAccess {
  readonly create: boolean;
  readonly read: boolean;
  readonly edit: boolean;
  readonly delete: boolean;
}

export interface FieldAccess {
  readonly readable: boolean;
  readonly editable: boolean;
}

/** Everything a deploy can change. Objects inside are immutable, so a copy of the maps is a copy of the whole. */
export interface OrgMetadata {
  readonly objects: Map<string, OrgObject>;
  readonly flows: Map<string, Flow>;
  readonly permissionSets: Map<string, PermissionSetGrant>;
  /** Full names of components that are accepted and not interpreted, as `Type:Name`. */
  readonly inert: Set<string>;
}

/** The metadata of an empty org: standard objects only. */
export function emptyMetadata(): OrgMetadata {
  return {
    objects: new Map(standardObjects().map((object) => [object.name.toLowerCase(), object])),
    flows: new Map(),
    permissionSets: new Map(),
    inert: new Set(),
  };
}

/** A copy that can be changed without touching the original. */
export function copyMetadata(metadata: OrgMetadata): OrgMetadata {
  return {
    objects: new Map(metadata.objects),
    flows: new Map(metadata.flows),
    permissionSets: new Map(metadata.permissionSets),
    inert: new Set(metadata.inert),
  };
}

/** The object of that API name, compared without case. */
export function findObject(metadata: OrgMetadata, name: string): OrgObject | undefined {
  return metadata.objects.get(name.toLowerCase());
}
