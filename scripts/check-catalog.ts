import { childrenOf, textOf, type MetadataFile, type Project } from './check-source.ts';

/** A custom field of the project, as far as a reference to it has to know it. */
export interface CatalogField {
  readonly file: MetadataFile;
  readonly type: string;
  readonly required: boolean;
  readonly calculated: boolean;
  /** Values of a picklist; empty for every other type. */
  readonly values: readonly string[];
  /** The object that a lookup leads to, and what that object calls the records that point to it: `Recipients__r`. */
  readonly parent: string | undefined;
  readonly childRelationship: string | undefined;
}

/** What the project defines and what of the platform it may name. Objects are named as a query names them. */
export interface Catalog {
  readonly objects: ReadonlySet<string>;
  /** By `Object__c.Field__c`; a field of Activity stands under Task and under Event. */
  readonly fields: ReadonlyMap<string, CatalogField>;
  hasObject(object: string): boolean;
  hasField(object: string, field: string): boolean;
  /** Whether a path such as `Step__c.SalesSequence__c`, `Contact__r.Email` or `Owner.Name` leads from an object to a field. */
  hasPath(object: string, path: string): boolean;
  /** The object whose records point to `parent` under that child relationship name; undefined when there is none. */
  childObject(parent: string, relationship: string): string | undefined;
}

/** Standard objects and those of their fields that the project names. A new one is added here, after a look into the object reference. */
const STANDARD_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Account: ['Name'],
  ActionCadenceTracker: ['State', 'TargetId'],
  Contact: ['Name', 'Email', 'AccountId'],
  CustomNotificationType: ['DeveloperName'],
  EmailMessage: ['FromAddress', 'Incoming', 'MessageDate', 'MessageIdentifier', 'Status', 'Subject'],
  EmailMessageRelation: ['EmailMessageId', 'RelationAddress', 'RelationId', 'RelationType'],
  Lead: ['Name', 'Email', 'ConvertedAccountId', 'ConvertedContactId', 'IsConverted'],
  Opportunity: ['IsClosed'],
  OpportunityContactRole: ['ContactId', 'OpportunityId'],
  Task: ['Subject', 'WhoId', 'WhatId', 'AccountId', 'ActivityDate', 'Status', 'Priority', 'Description'],
  Event: [],
  User: ['Alias', 'Email', 'IsActive'],
};

/** Where the lookups that the platform has itself lead to, by the name of the relationship. */
const STANDARD_PARENTS: Readonly<Record<string, string>> = {
  Account: 'Account',
  Contact: 'Contact',
  CreatedBy: 'User',
  LastModifiedBy: 'User',
  Lead: 'Lead',
  Owner: 'User',
};

/** Fields that every record has. */
const SYSTEM_FIELDS = [
  'Id',
  'Name',
  'OwnerId',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
];

/** Reads all objects and fields of the project. */
export function readCatalog(project: Project): Catalog {
  const objects = new Set(project.files.filter(({ type }) => type === 'CustomObject').map(({ name }) => name));
  const fields = new Map(
    project.files
      .filter(({ type }) => type === 'CustomField')
      .flatMap((file) => namesOf(file.name).map((name) => [name, readField(file)] as const)),
  );
  const hasObject = (object: string): boolean => objects.has(object) || object in STANDARD_FIELDS;
  const hasField = (object: string, field: string): boolean =>
    hasObject(object) &&
    (fields.has(`${object}.${field}`) ||
      SYSTEM_FIELDS.includes(field) ||
      (STANDARD_FIELDS[object]?.includes(field) ?? false));
  const parentOf = (object: string, lookup: string): string | undefined =>
    fields.get(`${object}.${lookup.replace(/__r$/, '__c')}`)?.parent ?? STANDARD_PARENTS[lookup];
  const hasPath = (object: string, path: string): boolean => {
    const [first = '', ...rest] = path.split('.');
    if (rest.length === 0) return hasField(object, first);
    const parent = parentOf(object, first);
    return parent !== undefined && hasPath(parent, rest.join('.'));
  };
  return {
    objects,
    fields,
    hasObject,
    hasField,
    hasPath,
    childObject: (parent, relationship) =>
      [...fields]
        .filter(([, field]) => field.parent === parent && field.childRelationship === relationship)
        .map(([name]) => name.split('.')[0])[0],
  };
}

function namesOf(name: string): string[] {
  const [object = '', field = ''] = name.split('.');
  return object === 'Activity' ? [`Task.${field}`, `Event.${field}`] : [name];
}

function readField(file: MetadataFile): CatalogField {
  const values = childrenOf(file.root, 'valueSet')
    .flatMap((set) => childrenOf(set, 'valueSetDefinition'))
    .flatMap((definition) => childrenOf(definition, 'value'));
  const relationship = textOf(file.root, 'relationshipName');
  return {
    file,
    type: textOf(file.root, 'type') ?? '',
    required: textOf(file.root, 'required') === 'true',
    calculated: textOf(file.root, 'formula') !== undefined,
    values: values.map((value) => textOf(value, 'fullName') ?? ''),
    parent: textOf(file.root, 'referenceTo'),
    childRelationship: relationship === undefined ? undefined : `${relationship}__r`,
  };
}
