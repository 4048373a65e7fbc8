import type { Flow } from '../flow.ts';
import type { XmlElement } from '../flow-xml.ts';
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
  readonly viewAll: boolean;
  readonly modifyAll: boolean;
  readonly viewAllFields: boolean;
}

export interface FieldAccess {
  readonly readable: boolean;
  readonly editable: boolean;
}

/** One component as it was deployed: what other components may name, and what a retrieve gives back. */
export interface StoredComponent {
  /** Metadata type, for example `Layout`. */
  readonly type: string;
  readonly fullName: string;
  /** Text by path in a zip; empty for what stands inside the file of an object. */
  readonly files: ReadonlyMap<string, string>;
  /** The root element of its file, or its element in the file of an object; undefined for a bundle. */
  readonly content: XmlElement | undefined;
}

/** Everything a deploy can change. Objects inside are immutable, so a copy of the maps is a copy of the whole. */
export interface OrgMetadata {
  readonly objects: Map<string, OrgObject>;
  readonly flows: Map<string, Flow>;
  readonly permissionSets: Map<string, PermissionSetGrant>;
  /** Every deployed component, by `Type:FullName`. */
  readonly components: Map<string, StoredComponent>;
}

/** The metadata of an empty org: standard objects only. */
export function emptyMetadata(): OrgMetadata {
  return {
    objects: new Map(standardObjects().map((object) => [object.name.toLowerCase(), object])),
    flows: new Map(),
    permissionSets: new Map(),
    components: new Map(),
  };
}

/** A copy that can be changed without touching the original. */
export function copyMetadata(metadata: OrgMetadata): OrgMetadata {
  return {
    objects: new Map(metadata.objects),
    flows: new Map(metadata.flows),
    permissionSets: new Map(metadata.permissionSets),
    components: new Map(metadata.components),
  };
}

/** The object of that API name, compared without case. */
export function findObject(metadata: OrgMetadata, name: string): OrgObject | undefined {
  return metadata.objects.get(name.toLowerCase());
}

/** The deployed component of that type and full name. */
export function findComponent(metadata: OrgMetadata, type: string, fullName: string): StoredComponent | undefined {
  return metadata.components.get(`${type}:${fullName}`);
}

/** Keeps a component in place of the one that had its name. */
export function storeComponent(metadata: OrgMetadata, component: StoredComponent): void {
  metadata.components.set(`${component.type}:${component.fullName}`, component);
}
