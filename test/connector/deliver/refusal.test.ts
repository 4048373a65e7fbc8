import { expect } from 'chai';

import { classifyRefusal, mayBeOneRowsDoing, type RefusalClass } from '../../../connector/src/deliver/refusal.ts';

const TABLE: readonly (readonly [RefusalClass, string, string])[] = [
  ['passing', 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record'],
  ['passing', 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'CustomerTrigger: UNABLE_TO_LOCK_ROW, unable to obtain'],
  ['passing', 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'],
  ['held', 'INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id'],
  ['held', 'INVALID_FIELD', "No such column 'ReplyKind__c' on sobject of type Task"],
  ['held', 'STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded'],
  ['parent', 'INVALID_FIELD', 'Foreign key external ID: sent@seller.example not found for field MessageKey__c'],
  ['rule', 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'A Task needs a budget.'],
  ['rule', 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [Region__c]'],
  ['rule', 'CANNOT_EXECUTE_FLOW_TRIGGER', 'We can not save this record because the flow failed.'],
  ['rule', 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'CustomerTrigger: execution of BeforeInsert'],
  ['permanent', 'STRING_TOO_LONG', 'Subject: data value too large'],
  ['permanent', 'CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead'],
  ['permanent', 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id'],
  ['permanent', 'ENTITY_IS_DELETED', 'entity is deleted'],
  ['permanent', 'INACTIVE_OWNER_OR_USER', 'operation performed with inactive user'],
  ['unknown', 'DUPLICATE_VALUE', 'duplicate value found: <unknown> duplicates value on record with id: <unknown>'],
  ['unknown', 'A_CODE_OF_A_LATER_RELEASE', ''],
  ['unknown', '__proto__', ''],
];

describe('the class of a refused row', () => {
  for (const [expected, code, message] of TABLE) {
    it(`is ${expected} for ${code}: ${message || 'no words'}`, () => {
      expect(classifyRefusal(code, message)).to.equal(expected);
    });
  }

  it('suspects one row behind a failing trigger, but not behind a validation rule', () => {
    const codes = ['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'JSON_PARSER_ERROR', 'FIELD_CUSTOM_VALIDATION_EXCEPTION'];
    expect(codes.map(mayBeOneRowsDoing)).to.deep.equal([true, true, false]);
  });
});
