import { childrenOf, textOf, type MetadataFile, type Project } from './check-source.ts';

/** A custom field of the project, as far as a reference to it has to know it. */
export interface CatalogField {
  readonly file: MetadataFile;
  readonly type: string;
  readonly required: boolean;
  readonly calculated: boolean;
  /** Values of a picklist; empty for every other type. */
  readonly values: readonly string[];
}

/** What the project defines and what of the platform it may name. Objects are named as a query names them. */
export interface Catalog {
  readonly objects: ReadonlySet<string>;
  /** By `Object__c.Field__c`; a field of Activity stands under Task and under Event. */
  readonly fields: ReadonlyMap<string, CatalogField>;
  hasObject(object: string): boolean;
  hasField(object: string, field: string): boolean;
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
  Task: ['Subject', 'WhoId', 'WhatId', 'ActivityDate', 'Status', 'Priority', 'Description'],
  Event: [],
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
  return {
    objects,
    fields,
    hasObject,
    hasField: (object, field) =>
      hasObject(object) &&
      (fields.has(`${object}.${field}`) ||
        SYSTEM_FIELDS.includes(field) ||
        (STANDARD_FIELDS[object]?.includes(field) ?? false)),
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
  return {
    file,
    type: textOf(file.root, 'type') ?? '',
    required: textOf(file.root, 'required') === 'true',
    calculated: textOf(file.root, 'formula') !== undefined,
    values: values.map((value) => textOf(value, 'fullName') ?? ''),
  };
}
