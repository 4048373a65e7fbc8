import { expect } from 'chai';

import { readDuplicateValue } from '../../../connector/src/salesforce/duplicate-value.ts';
import { longRecordId } from '../../../connector/src/salesforce/record-id.ts';

describe('the message of a duplicate value', () => {
  it('names the field and the record, whose id becomes the long one', () => {
    const message = 'duplicate value found: ReplyKey__c duplicates value on record with id: 0015g00000AbCdE';
    const { field, recordId } = readDuplicateValue(message);
    expect(field).to.equal('ReplyKey__c');
    expect(recordId)
      .to.have.length(18)
      .and.to.match(/^0015g00000AbCdE/);
  });

  it('names nothing that the platform keeps to itself', () => {
    const message = 'duplicate value found: <unknown> duplicates value on record with id: <unknown>';
    expect(readDuplicateValue(message)).to.deep.equal({ field: undefined, recordId: undefined });
  });

  for (const message of ['', 'Duplicate external id specified: x', 'duplicate value found: '.repeat(20_000)]) {
    it(`names nothing in ${message.length} characters of other words`, () => {
      expect(readDuplicateValue(message)).to.deep.equal({ field: undefined, recordId: undefined });
    });
  }

  it('lengthens an id as the platform does', () => {
    expect(['001A0000006Vm9r', '001A0000006Vm9rIAC'].map(longRecordId)).to.deep.equal([
      '001A0000006Vm9rIAC',
      '001A0000006Vm9rIAC',
    ]);
  });
});
