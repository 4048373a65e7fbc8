/**
 * What to do with a row that Salesforce refused:
 * - `passing`: it may be accepted later without anybody doing anything; again, without end.
 * - `held`: the org has to be repaired first (a right, a field, storage); again, ever more rarely, without end.
 * - `parent`: the tracked mail it names is not in Salesforce yet; again, for a day.
 * - `unknown`: a code nobody has met; again, for a day.
 * - `rule`: a rule or an automation of the org refuses it, which may look at more than the row; again, a few times.
 * - `permanent`: the same row will be refused again; a dead letter with the platform's words.
 */
export type RefusalClass = 'passing' | 'held' | 'parent' | 'unknown' | 'rule' | 'permanent';

/** The codes of a row's errors (Salesforce, "StatusCode" of the SOAP API reference) that we know how to take. */
const CLASSES: ReadonlyMap<string, RefusalClass> = new Map<string, RefusalClass>([
  ['UNABLE_TO_LOCK_ROW', 'passing'],
  ['ENTITY_IS_LOCKED', 'passing'],
  ['EXCEEDED_MAX_SEMAPHORE', 'passing'],
  ['SERVER_UNAVAILABLE', 'passing'],
  ['REQUEST_LIMIT_EXCEEDED', 'passing'],
  ['REQUEST_RUNNING_TOO_LONG', 'passing'],
  ['QUERY_TIMEOUT', 'passing'],
  ['PROCESSING_HALTED', 'passing'],
  ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'passing'],

  ['STORAGE_LIMIT_EXCEEDED', 'held'],
  ['INSUFFICIENT_ACCESS', 'held'],
  ['INSUFFICIENT_ACCESS_OR_READONLY', 'held'],
  ['INVALID_TYPE', 'held'],
  ['INVALID_FIELD', 'held'],
  ['INVALID_FIELD_FOR_INSERT_UPDATE', 'held'],
  ['FUNCTIONALITY_NOT_ENABLED', 'held'],

  ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'rule'],
  ['FIELD_FILTER_VALIDATION_EXCEPTION', 'rule'],
  ['REQUIRED_FIELD_MISSING', 'rule'],
  ['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'rule'],
  ['CANNOT_EXECUTE_FLOW_TRIGGER', 'rule'],
  ['DUPLICATES_DETECTED', 'rule'],

  ['FIELD_INTEGRITY_EXCEPTION', 'permanent'],
  ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'permanent'],
  ['STRING_TOO_LONG', 'permanent'],
  ['NUMBER_OUTSIDE_VALID_RANGE', 'permanent'],
  ['MALFORMED_ID', 'permanent'],
  ['JSON_PARSER_ERROR', 'permanent'],
  ['INACTIVE_OWNER_OR_USER', 'permanent'],
  ['INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', 'permanent'],
  ['DUPLICATE_EXTERNAL_ID', 'permanent'],
  // What can be written without the record that is gone has been, by the time this is asked.
  ['CANNOT_UPDATE_CONVERTED_LEAD', 'permanent'],
  ['ENTITY_IS_DELETED', 'permanent'],
  ['INVALID_CROSS_REFERENCE_KEY', 'permanent'],
]);

/**
 * Codes that a single row can bring upon its neighbours: an exception in a customer's trigger or flow, a limit of the
 * transaction, or a body that could not be read, is reported for every row of the collection alike.
 */
const CONTAGIOUS: ReadonlySet<string> = new Set([
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  'CANNOT_EXECUTE_FLOW_TRIGGER',
  'UNKNOWN_EXCEPTION',
  'APEX_ERROR',
  'JSON_PARSER_ERROR',
  'INVALID_INPUT',
  'LIMIT_EXCEEDED',
  'REQUEST_RUNNING_TOO_LONG',
  'ERROR_HTTP_400',
  'ERROR_HTTP_413',
]);

/** The class of one refused row, by its code and, where the code says too little, by the platform's words. */
export function classifyRefusal(errorCode: string, message: string): RefusalClass {
  if (errorCode === 'INVALID_FIELD' && message.includes('oreign key external ID')) return 'parent';
  // A lock that a customer's trigger or flow ran into is reported under the code of the trigger or flow.
  if (message.includes('UNABLE_TO_LOCK_ROW')) return 'passing';
  return CLASSES.get(errorCode) ?? 'unknown';
}

/** True when a code that several rows were refused with alike may be the doing of one of them. */
export function mayBeOneRowsDoing(errorCode: string): boolean {
  return CONTAGIOUS.has(errorCode);
}
