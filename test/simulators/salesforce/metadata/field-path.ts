import { findObject, type OrgMetadata } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';

/** Names that report types give to standard lookups, which have no `Id` at their end there. */
const REPORT_LOOKUPS = ['Owner', 'CreatedBy', 'LastModifiedBy', 'Who', 'What', 'Account', 'ReportsTo', 'Parent'];

function lookupNamed(object: OrgObject, name: string): OrgField | undefined {
  const field = object.field(name) ?? object.field(`${name}Id`);
  if (field?.type === 'reference') return field;
  return object.fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === name.toLowerCase());
}

/** The field at the end of a path such as `Step__c.StepOrder__c`, `Owner` or `Contact__r.Account.Name`; lookups go by field or relationship. */
export function resolveFieldPath(metadata: OrgMetadata, object: OrgObject, path: string): OrgField | undefined {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    return object.field(first) ?? (REPORT_LOOKUPS.includes(first) ? object.field(`${first}Id`) : undefined);
  }
  for (const parentName of lookupNamed(object, first)?.referenceTo ?? []) {
    const parent = findObject(metadata, parentName);
    const field = parent && resolveFieldPath(metadata, parent, rest.join('.'));
    if (field !== undefined) return field;
  }
  return undefined;
}

/** The object whose records point at this one under that child relationship name. */
export function childObject(metadata: OrgMetadata, parent: OrgObject, relationship: string): OrgObject | undefined {
  return [...metadata.objects.values()].find((object) =>
    object.fields.some(
      ({ childRelationshipName, referenceTo }) =>
        referenceTo.includes(parent.name) && childRelationshipName?.toLowerCase() === relationship.toLowerCase(),
    ),
  );
}

/** The object of a report type's table: the base object, or `Base__c.Children__r` and deeper. */
export function resolveTable(metadata: OrgMetadata, table: string): OrgObject | undefined {
  const [base = '', ...relationships] = table.split('.');
  return relationships.reduce<OrgObject | undefined>(
    (object, relationship) => object && childObject(metadata, object, relationship),
    findObject(metadata, base),
  );
}
