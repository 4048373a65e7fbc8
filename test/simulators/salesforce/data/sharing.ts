import type { Org } from '../org.ts';
import type { SObjectRecord } from '../record.ts';
import { findObject } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import { usersBelow } from './role-hierarchy.ts';

/** Which records of the org one user reaches. */
export interface Sharing {
  reads(object: OrgObject, row: SObjectRecord): boolean;
  edits(object: OrgObject, row: SObjectRecord): boolean;
  /** Delete, and give to another owner. */
  controls(object: OrgObject, row: SObjectRecord): boolean;
}

/** The rights of that user which stand above sharing. */
export interface ObjectRights {
  reads(object: OrgObject): boolean;
  /** View All of the object, or View All Data. */
  viewsAll(object: OrgObject): boolean;
  /** Modify All of the object, or Modify All Data. */
  modifiesAll(object: OrgObject): boolean;
}

interface Context {
  readonly org: Org;
  readonly rights: ObjectRights;
  /** Whether a record belongs to the user, or to somebody below in the role hierarchy. */
  readonly owns: (row: SObjectRecord) => boolean;
}

const READABLE = ['Read', 'ReadWrite', 'ReadWriteTransfer', 'FullAccess', ''];
const EDITABLE = ['ReadWrite', 'ReadWriteTransfer', 'FullAccess', ''];

/**
 * Sharing of one user by organization-wide default, owner and role hierarchy (Help, "Organization-Wide Default Access
 * Settings" and "Role Hierarchy"). Sharing rules, teams, queues, territories and manual shares do not exist here.
 */
export function createSharing(org: Org, userId: string, rights: ObjectRights): Sharing {
  let below: ReadonlySet<string> | undefined;
  const owns = (row: SObjectRecord): boolean => {
    const owner = String(row['OwnerId'] ?? row['CreatedById']);
    return owner === userId || (below ??= usersBelow(org, userId)).has(owner);
  };
  const context: Context = { org, rights, owns };
  return {
    reads: (object, row) => reads(context, object, row),
    edits: (object, row) => edits(context, object, row),
    controls: (object, row) => controls(context, object, row),
  };
}

function reads(context: Context, object: OrgObject, row: SObjectRecord): boolean {
  const { rights, owns } = context;
  if (!rights.reads(object)) return false;
  if (rights.viewsAll(object)) return true;
  if (object.name === 'Task' || object.name === 'Event') return owns(row) || readsAssociated(context, object, row);
  if (object.name === 'EmailMessage') return owns(row) || readsAssociated(context, object, row);
  if (object.sharingModel === 'ControlledByParent') {
    return parentsOf(context, object, row).every((parent) => parent !== undefined && reads(context, ...parent));
  }
  if (READABLE.includes(object.sharingModel) || owns(row)) return true;
  return object.name === 'Account' && readsChild(context, row);
}

function edits(context: Context, object: OrgObject, row: SObjectRecord): boolean {
  const { rights, owns } = context;
  if (rights.modifiesAll(object)) return true;
  if (object.sharingModel === 'ControlledByParent') {
    return mastersOf(object).every((master) => writesBeside(context, master, row));
  }
  return owns(row) || EDITABLE.includes(object.sharingModel);
}

function controls(context: Context, object: OrgObject, row: SObjectRecord): boolean {
  if (object.sharingModel === 'ControlledByParent') return edits(context, object, row);
  return context.rights.modifiesAll(object) || context.owns(row) || object.sharingModel === 'FullAccess';
}

/** Whether the master of a record lets the user write its details: `writeRequiresMasterRead` of the Metadata API. */
function writesBeside(context: Context, master: OrgField, row: SObjectRecord): boolean {
  const parent = parentOf(context, master, row);
  if (parent === undefined) return false;
  return master.masterReadSuffices ? reads(context, ...parent) : edits(context, ...parent);
}

/**
 * With private activities, an activity is seen by its owner, by those above, and by whoever sees all the records that
 * it is associated with, of which there has to be one (Help, "Organization-Wide Default Access Settings", activities).
 */
function readsAssociated(context: Context, object: OrgObject, row: SObjectRecord): boolean {
  const associated = ['WhoId', 'WhatId', 'RelatedToId']
    .map((name) => object.field(name))
    .filter((field) => field !== undefined && (row[field.name] ?? null) !== null);
  return (
    associated.length > 0 &&
    associated.every((field) => {
      const parent = parentOf(context, field!, row);
      return parent !== undefined && reads(context, ...parent);
    })
  );
}

/** Who reaches a contact or an opportunity may read its account (Help, "Sharing Considerations", implicit sharing). */
function readsChild(context: Context, account: SObjectRecord): boolean {
  const { database, metadata } = context.org;
  return ['Contact', 'Opportunity'].some((name) => {
    const object = findObject(metadata, name)!;
    const ids = database.idsByKey(name, object.field('AccountId')!, String(account['Id']));
    if (object.sharingModel === 'ControlledByParent') return false;
    return ids.some((id) => reads(context, object, database.get(name, id)!));
  });
}

/** The fields that make a record the detail of another one; of a contact, its account. */
function mastersOf(object: OrgObject): readonly OrgField[] {
  const names = object.name === 'Contact' ? ['AccountId'] : [];
  return object.fields.filter(({ masterDetail, name }) => masterDetail || names.includes(name));
}

function parentsOf(
  context: Context,
  object: OrgObject,
  row: SObjectRecord,
): ([OrgObject, SObjectRecord] | undefined)[] {
  return mastersOf(object).map((master) => parentOf(context, master, row));
}

function parentOf(
  { org }: Context,
  { name, referenceTo }: OrgField,
  row: SObjectRecord,
): [OrgObject, SObjectRecord] | undefined {
  const id = String(row[name] ?? '');
  for (const each of referenceTo) {
    const object = findObject(org.metadata, each);
    const parent = object === undefined ? undefined : org.database.get(object.name, id);
    if (object !== undefined && parent !== undefined) return [object, parent];
  }
  return undefined;
}
