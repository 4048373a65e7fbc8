import { flag, inert, integer, many, object, oneOf, optional, required, text, type Read } from '../flow-reader.ts';

/** Types of custom fields that this org stores. */
const FIELD_TYPES = [
  'AutoNumber',
  'Checkbox',
  'Currency',
  'Date',
  'DateTime',
  'Email',
  'LongTextArea',
  'Lookup',
  'MasterDetail',
  'Number',
  'Percent',
  'Phone',
  'Picklist',
  'Text',
  'TextArea',
  'Url',
] as const;

const picklistValue = object({
  fullName: required(text),
  default: required(flag),
  label: required(text),
  isActive: optional(flag),
  color: inert,
  description: inert,
});

/** A CustomField of an object file (Metadata API Developer Guide, "CustomField"). */
const customField = object({
  fullName: required(text),
  label: required(text),
  type: required(oneOf(...FIELD_TYPES)),
  length: optional(integer),
  precision: optional(integer),
  scale: optional(integer),
  required: optional(flag),
  unique: optional(flag),
  caseSensitive: optional(flag),
  externalId: optional(flag),
  defaultValue: optional(text),
  description: optional(text),
  inlineHelpText: optional(text),
  formula: optional(text),
  formulaTreatBlanksAs: optional(oneOf('BlankAsBlank', 'BlankAsZero')),
  referenceTo: optional(text),
  relationshipName: optional(text),
  relationshipLabel: optional(text),
  relationshipOrder: optional(integer),
  reparentableMasterDetail: optional(flag),
  writeRequiresMasterRead: optional(flag),
  deleteConstraint: optional(oneOf('SetNull', 'Restrict', 'Cascade')),
  displayFormat: optional(text),
  startingNumber: optional(integer),
  visibleLines: optional(integer),
  valueSet: optional(
    object({
      restricted: optional(flag),
      valueSetDefinition: required(object({ sorted: required(flag), value: many(picklistValue) })),
    }),
  ),
  trackHistory: optional(flag),
  fieldManageability: optional(oneOf('DeveloperControlled', 'SubscriberControlled', 'Locked')),
  trackTrending: inert,
  trackFeedHistory: inert,
  securityClassification: inert,
  businessStatus: inert,
  complianceGroup: inert,
});

export type CustomFieldFile = Read<typeof customField>;

const validationRule = object({
  fullName: required(text),
  active: required(flag),
  description: inert,
  errorConditionFormula: required(text),
  errorMessage: required(text),
  errorDisplayField: optional(text),
});

const filter = object({
  field: required(text),
  operation: required(
    oneOf(
      'equals',
      'notEqual',
      'lessThan',
      'greaterThan',
      'lessOrEqual',
      'greaterOrEqual',
      'contains',
      'notContain',
      'startsWith',
      'includes',
      'excludes',
    ),
  ),
  value: optional(text),
});

const listView = object({
  fullName: required(text),
  label: required(text),
  filterScope: required(oneOf('Everything', 'Mine')),
  columns: many(text),
  filters: many(filter),
  booleanFilter: optional(text),
});

export type ListViewFile = Read<typeof listView>;

const compactLayout = object({ fullName: required(text), label: required(text), fields: many(text) });

export type CompactLayoutFile = Read<typeof compactLayout>;

const actionOverride = object({
  actionName: required(
    oneOf('Accept', 'CancelEdit', 'Clone', 'Delete', 'Edit', 'List', 'New', 'SaveEdit', 'Tab', 'View'),
  ),
  type: required(oneOf('Default', 'Flexipage')),
  content: optional(text),
  comment: optional(text),
  formFactor: optional(oneOf('Small', 'Large')),
  skipRecordTypeSelect: inert,
});

export type ActionOverrideFile = Read<typeof actionOverride>;

const searchLayouts = object({
  customTabListAdditionalFields: many(text),
  excludedStandardButtons: many(text),
  listViewButtons: many(text),
  lookupDialogsAdditionalFields: many(text),
  lookupFilterFields: many(text),
  lookupPhoneDialogsAdditionalFields: many(text),
  searchFilterFields: many(text),
  searchResultsAdditionalFields: many(text),
  searchResultsCustomButtons: many(text),
});

export type SearchLayoutsFile = Read<typeof searchLayouts>;

/** A CustomObject file of a deploy zip, children included (Metadata API Developer Guide, "CustomObject"). */
export const objectFile = object({
  label: optional(text),
  pluralLabel: optional(text),
  description: optional(text),
  deploymentStatus: optional(oneOf('Deployed', 'InDevelopment')),
  sharingModel: optional(oneOf('Private', 'Read', 'ReadWrite', 'ControlledByParent')),
  externalSharingModel: optional(oneOf('Private', 'Read', 'ReadWrite', 'ControlledByParent')),
  nameField: optional(
    object({
      label: required(text),
      type: required(oneOf('Text', 'AutoNumber')),
      displayFormat: optional(text),
      trackHistory: optional(flag),
    }),
  ),
  enableActivities: optional(flag),
  fields: many(customField),
  validationRules: many(validationRule),
  listViews: many(listView),
  compactLayouts: many(compactLayout),
  actionOverrides: many(actionOverride),
  searchLayouts: optional(searchLayouts),
  visibility: optional(oneOf('Public', 'Protected', 'PackageProtected')),
  allowInChatterGroups: inert,
  compactLayoutAssignment: optional(text),
  enableBulkApi: inert,
  enableFeeds: inert,
  enableHistory: optional(flag),
  enableLicensing: inert,
  enableReports: inert,
  enableSearch: inert,
  enableSharing: inert,
  enableStreamingApi: inert,
});

export type ObjectFile = Read<typeof objectFile>;
