import { errorWords, hasMore, isNoAccess, recordsOf, saveErrorWords, valueOf } from 'c/graphqlRecords';
import { dataOf } from 'test/page';

describe('graphqlRecords', () => {
  it('reads records and whether there are more', () => {
    expect(recordsOf(dataOf({ Task: [{ Id: '1' }] }), 'Task')).toEqual([{ Id: '1' }]);
    expect(recordsOf(undefined, 'Task')).toEqual([]);
    expect(hasMore(dataOf({ Task: [] }, true), 'Task')).toBe(true);
    expect(hasMore(dataOf({ Task: [] }), 'Task')).toBe(false);
    expect(hasMore(undefined, 'Task')).toBe(false);
  });

  it('takes an empty field and a hidden one alike', () => {
    expect([valueOf({ value: null }), valueOf(undefined), valueOf(null)]).toEqual([undefined, undefined, undefined]);
    expect([valueOf({ value: 0 }), valueOf({ value: false })]).toEqual([0, false]);
  });

  it('tells a name that is hidden from the user from what is broken', () => {
    expect(isNoAccess([{ message: "Field 'CampaignStatus__c' in type 'RecordQuery' is undefined" }])).toBe(true);
    expect(isNoAccess([{ message: 'x', extensions: { ErrorType: 'ValidationError' } }])).toBe(true);
    expect(isNoAccess([{ message: 'The request limit is reached.' }])).toBe(false);
    expect(isNoAccess(undefined)).toBe(false);
  });

  it('hands on the words of the platform, and says when there are none', () => {
    expect(errorWords([{ message: 'One.' }, { message: 'Two.' }])).toBe('One. Two.');
    expect(errorWords([{}])).toBe('Salesforce gave no reason.');
  });

  it('prefers the message of a validation rule or of a field to the general one', () => {
    const body = { message: 'An error occurred.', output: { errors: [{ message: 'Rule.' }], fieldErrors: {} } };
    expect(saveErrorWords({ body })).toBe('Rule.');
    const fieldErrors = { Status__c: [{ message: 'No edit.' }] };
    expect(saveErrorWords({ body: { message: 'x', output: { fieldErrors } } })).toBe('No edit.');
    expect(saveErrorWords({ body: { message: 'General.' } })).toBe('General.');
    expect(saveErrorWords(new Error('Offline.'))).toBe('Offline.');
    expect(saveErrorWords(undefined)).toBe('Salesforce gave no reason.');
  });
});
