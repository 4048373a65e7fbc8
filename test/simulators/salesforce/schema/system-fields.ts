import { createField, type OrgField } from './org-object.ts';

const READ_ONLY = { createable: false, updateable: false, nillable: false };

function userReference(name: string, label: string, relationshipName: string): OrgField {
  return createField({
    name,
    label,
    type: 'reference',
    length: 18,
    referenceTo: ['User'],
    relationshipName,
    ...READ_ONLY,
  });
}

/** The fields that every record carries and no request may write (Object Reference, "System Fields"). */
export function systemFields(): OrgField[] {
  return [
    createField({ name: 'Id', label: 'Record ID', type: 'id', length: 18, ...READ_ONLY }),
    createField({ name: 'IsDeleted', label: 'Deleted', type: 'boolean', defaultValue: false, ...READ_ONLY }),
    createField({ name: 'CreatedDate', label: 'Created Date', type: 'datetime', ...READ_ONLY }),
    userReference('CreatedById', 'Created By ID', 'CreatedBy'),
    createField({ name: 'LastModifiedDate', label: 'Last Modified Date', type: 'datetime', ...READ_ONLY }),
    userReference('LastModifiedById', 'Last Modified By ID', 'LastModifiedBy'),
    createField({ name: 'SystemModstamp', label: 'System Modstamp', type: 'datetime', ...READ_ONLY }),
  ];
}

/** The owner: the running user unless the request names another active one. */
export function ownerField(): OrgField {
  return createField({
    name: 'OwnerId',
    label: 'Owner ID',
    type: 'reference',
    length: 18,
    nillable: false,
    referenceTo: ['User'],
    relationshipName: 'Owner',
    deleteConstraint: 'Restrict',
  });
}

/** The fields of every record of custom metadata (Object Reference, "Custom Metadata Type__mdt"). */
export function customMetadataFields(): OrgField[] {
  const text = (name: string, label: string): OrgField =>
    createField({ name, label, type: 'string', length: 80, ...READ_ONLY });
  return [
    ...systemFields().filter(({ name }) => name === 'Id' || name === 'SystemModstamp'),
    text('DeveloperName', 'Custom Metadata Record Name'),
    text('MasterLabel', 'Label'),
    text('Label', 'Label'),
    text('QualifiedApiName', 'Qualified API Name'),
    text('Language', 'Master Language'),
    { ...text('NamespacePrefix', 'Namespace Prefix'), nillable: true },
  ];
}
