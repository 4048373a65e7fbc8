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

/** When a schedule-triggered flow runs. */
const schedule = object({
  frequency: required(oneOf('Once', 'Daily', 'Weekly')),
  startDate: required(text),
  startTime: required(text),
});

/** The path of a record-triggered flow that runs after the transaction has been committed. */
const scheduledPath = object({
  ...forBuilder,
  name: optional(text),
  label: inert,
  locationX: inert,
  locationY: inert,
  connector: optional(connector),
  pathType: required(oneOf('AsyncAfterCommit')),
});

const start = object({
  ...forBuilder,
  locationX: inert,
  locationY: inert,
  label: inert,
  connector: optional(connector),
  object: optional(text),
  triggerType: optional(oneOf('RecordBeforeSave', 'RecordAfterSave', 'Scheduled')),
  recordTriggerType: optional(oneOf('Create', 'Update', 'CreateAndUpdate')),
  filterLogic: optional(text),
  filters: many(filter),
  filterFormula: optional(text),
  doesRequireRecordChangedToMeetCriteria: optional(flag),
  schedule: optional(schedule),
  scheduledPaths: many(scheduledPath),
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

/** A value that a flow hands to another one, or to an action. */
const parameter = object({ processMetadataValues: inert, name: required(text), value: optional(value) });

const subflow = object({
  ...node,
  connector: optional(connector),
  flowName: required(text),
  inputAssignments: many(parameter),
  outputAssignments: many(
    object({ processMetadataValues: inert, assignToReference: required(text), name: required(text) }),
  ),
  storeOutputAutomatically: optional(flag),
});

const actionCall = object({
  ...node,
  connector: optional(connector),
  faultConnector: optional(connector),
  actionName: required(text),
  actionType: required(oneOf('customNotificationAction')),
  flowTransactionModel: optional(oneOf('CurrentTransaction', 'Automatic')),
  inputParameters: many(parameter),
  nameSegment: inert,
  offset: inert,
  storeOutputAutomatically: optional(flag),
});

const screenField = object({
  ...forBuilder,
  name: required(text),
  dataType: optional(oneOf('String')),
  defaultValue: optional(value),
  fieldText: optional(text),
  fieldType: required(oneOf('DisplayText', 'InputField', 'LargeTextArea')),
  helpText: inert,
  inputsOnNextNavToAssocScrn: inert,
  isReadOnly: optional(value),
  isRequired: optional(flag),
  validationRule: optional(object({ errorMessage: required(text), formulaExpression: required(text) })),
});

const screen = object({
  ...node,
  allowBack: optional(flag),
  allowFinish: optional(flag),
  allowPause: optional(flag),
  backButtonLabel: inert,
  connector: optional(connector),
  fields: many(screenField),
  helpText: inert,
  nextOrFinishButtonLabel: inert,
  showFooter: optional(flag),
  showHeader: optional(flag),
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
  processType: required(oneOf('AutoLaunchedFlow', 'Flow')),
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
  subflows: many(subflow),
  actionCalls: many(actionCall),
  screens: many(screen),
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
/** The call of another flow. */
export type FlowSubflow = Read<typeof subflow>;
/** The call of an action of the platform. */
export type FlowActionCall = Read<typeof actionCall>;
/** A screen, which is checked and never run. */
export type FlowScreen = Read<typeof screen>;
/** A named value for a subflow or an action. */
export type FlowParameter = Read<typeof parameter>;
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
