import { flag, inert, integer, many, object, oneOf, optional, required, text, type Read } from './flow-reader.ts';

/** Members that Flow Builder writes for its canvas and for people; they change nothing in what a flow does. */
const forBuilder = {
  processMetadataValues: inert,
  description: inert,
};
const node = {
  ...forBuilder,
  name: required(text),
  label: inert,
  locationX: inert,
  locationY: inert,
};

const connector = object({ processMetadataValues: inert, isGoTo: inert, targetReference: required(text) });

const value = object({
  stringValue: optional(text),
  numberValue: optional(text),
  booleanValue: optional(flag),
  dateValue: optional(text),
  dateTimeValue: optional(text),
  elementReference: optional(text),
});

const comparison = oneOf(
  'EqualTo',
  'NotEqualTo',
  'GreaterThan',
  'GreaterThanOrEqualTo',
  'LessThan',
  'LessThanOrEqualTo',
  'StartsWith',
  'EndsWith',
  'Contains',
  'IsNull',
  'IsChanged',
  'IsEmpty',
  'IsBlank',
  'In',
  'NotIn',
);

const condition = object({
  processMetadataValues: inert,
  leftValueReference: required(text),
  operator: required(comparison),
  rightValue: optional(value),
});

const rule = object({
  ...forBuilder,
  name: required(text),
  label: inert,
  conditionLogic: required(text),
  conditions: many(condition),
  connector: optional(connector),
  doesRequireRecordChangedToMeetCriteria: optional(flag),
});

const filter = object({
  processMetadataValues: inert,
  field: required(text),
  operator: required(
    oneOf(
      'EqualTo',
      'NotEqualTo',
      'GreaterThan',
      'GreaterThanOrEqualTo',
      'LessThan',
      'LessThanOrEqualTo',
      'StartsWith',
      'EndsWith',
      'Contains',
      'IsNull',
      'IsChanged',
      'In',
      'NotIn',
    ),
  ),
  value: optional(value),
});

const inputAssignment = object({ processMetadataValues: inert, field: required(text), value: optional(value) });

const dataType = oneOf('String', 'Number', 'Currency', 'Boolean', 'Date', 'DateTime', 'Picklist', 'SObject');

const start = object({
  ...forBuilder,
  locationX: inert,
  locationY: inert,
  label: inert,
  connector: optional(connector),
  object: optional(text),
  triggerType: optional(oneOf('RecordBeforeSave', 'RecordAfterSave')),
  recordTriggerType: optional(oneOf('Create', 'Update', 'CreateAndUpdate')),
  filterLogic: optional(text),
  filters: many(filter),
  filterFormula: optional(text),
  doesRequireRecordChangedToMeetCriteria: optional(flag),
});

const decision = object({
  ...node,
  defaultConnector: optional(connector),
  defaultConnectorLabel: inert,
  rules: many(rule),
});

const assignment = object({
  ...node,
  connector: optional(connector),
  assignmentItems: many(
    object({
      processMetadataValues: inert,
      assignToReference: required(text),
      operator: required(oneOf('Assign', 'Add', 'Subtract', 'AddItem', 'AssignCount')),
      value: optional(value),
    }),
  ),
});

const loop = object({
  ...node,
  assignNextValueToReference: optional(text),
  collectionReference: required(text),
  iterationOrder: optional(oneOf('Asc', 'Desc')),
  nextValueConnector: optional(connector),
  noMoreValuesConnector: optional(connector),
});

const recordLookup = object({
  ...node,
  connector: optional(connector),
  faultConnector: optional(connector),
  object: required(text),
  filterLogic: optional(text),
  filters: many(filter),
  getFirstRecordOnly: optional(flag),
  limit: optional(value),
  storeOutputAutomatically: optional(flag),
  outputReference: optional(text),
  outputAssignments: many(
    object({ processMetadataValues: inert, assignToReference: required(text), field: required(text) }),
  ),
  assignNullValuesIfNoRecordsFound: optional(flag),
  queriedFields: many(text),
  sortField: optional(text),
  sortOrder: optional(oneOf('Asc', 'Desc')),
});

const recordCreate = object({
  ...node,
  connector: optional(connector),
  faultConnector: optional(connector),
  object: optional(text),
  inputAssignments: many(inputAssignment),
  inputReference: optional(text),
  assignRecordIdToReference: optional(text),
  storeOutputAutomatically: optional(flag),
});

const recordUpdate = object({
  ...node,
  connector: optional(connector),
  faultConnector: optional(connector),
  object: optional(text),
  filterLogic: optional(text),
  filters: many(filter),
  inputAssignments: many(inputAssignment),
  inputReference: optional(text),
});

const recordDelete = object({
  ...node,
  connector: optional(connector),
  faultConnector: optional(connector),
  object: optional(text),
  filterLogic: optional(text),
  filters: many(filter),
  inputReference: optional(text),
});

const variable = object({
  ...forBuilder,
  name: required(text),
  dataType: required(dataType),
  objectType: optional(text),
  isCollection: optional(flag),
  isInput: optional(flag),
  isOutput: optional(flag),
  scale: optional(integer),
  value: optional(value),
});

const constant = object({
  ...forBuilder,
  name: required(text),
  dataType: required(dataType),
  value: optional(value),
});

const formula = object({
  ...forBuilder,
  name: required(text),
  dataType: required(oneOf('String', 'Number', 'Currency', 'Boolean', 'Date', 'DateTime')),
  expression: required(text),
  scale: optional(integer),
});

const textTemplate = object({
  ...forBuilder,
  name: required(text),
  text: required(text),
  isViewedAsPlainText: optional(flag),
});

/**
 * The written list: every member of the metadata type Flow that is interpreted here. Names and meanings are those of
 * the Metadata API. A member that is not on it makes the deploy of the flow fail. `inert` members are read over,
 * because they say nothing about what the flow does.
 */
export const flowElements = object({
  ...forBuilder,
  apiVersion: inert,
  label: required(text),
  interviewLabel: inert,
  environments: inert,
  areMetricsLoggedToDataCloud: inert,
  isTemplate: inert,
  processType: required(oneOf('AutoLaunchedFlow')),
  runInMode: optional(oneOf('DefaultMode', 'SystemModeWithoutSharing')),
  status: required(oneOf('Active', 'Draft', 'Obsolete', 'InvalidDraft')),
  triggerOrder: optional(integer),
  start: required(start),
  assignments: many(assignment),
  decisions: many(decision),
  loops: many(loop),
  recordLookups: many(recordLookup),
  recordCreates: many(recordCreate),
  recordUpdates: many(recordUpdate),
  recordDeletes: many(recordDelete),
  variables: many(variable),
  constants: many(constant),
  formulas: many(formula),
  textTemplates: many(textTemplate),
});

/** A flow whose every member is on the written list; `fullName` is its API name. */
export type Flow = Read<typeof flowElements> & { readonly fullName: string };

/** A value of the flow file: a literal of one type or a reference. Exactly one member is present. */
export type FlowValueSource = Read<typeof value>;
/** One condition of a decision. */
export type FlowCondition = Read<typeof condition>;
/** One outcome of a decision. */
export type FlowRule = Read<typeof rule>;
/** One condition of a start or of a data element. */
export type FlowFilter = Read<typeof filter>;
/** One field and the value it gets. */
export type FlowInputAssignment = Read<typeof inputAssignment>;
/** Where a flow begins, and for which saves. */
export type FlowStart = Read<typeof start>;
/** A Get Records element. */
export type FlowRecordLookup = Read<typeof recordLookup>;
/** A Create Records element. */
export type FlowRecordCreate = Read<typeof recordCreate>;
/** An Update Records element. */
export type FlowRecordUpdate = Read<typeof recordUpdate>;
/** A Delete Records element. */
export type FlowRecordDelete = Read<typeof recordDelete>;
/** A loop over a collection. */
export type FlowLoop = Read<typeof loop>;
/** An assignment of values to variables and fields. */
export type FlowAssignment = Read<typeof assignment>;
/** A decision between outcomes. */
export type FlowDecision = Read<typeof decision>;
/** A variable of a flow. */
export type FlowVariable = Read<typeof variable>;
/** A fixed value of a flow. */
export type FlowConstant = Read<typeof constant>;
/** A value that is computed whenever it is read. */
export type FlowFormula = Read<typeof formula>;
/** A text with merge fields. */
export type FlowTextTemplate = Read<typeof textTemplate>;
/** The types that a variable, a constant or a formula can have. */
export type FlowDataType = FlowVariable['dataType'];
