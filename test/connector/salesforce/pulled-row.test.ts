import { expect } from 'chai';

import { apiNames } from '../../../connector/src/salesforce/api-names.ts';
import { pulledEnrolment } from '../../../connector/src/salesforce/pulled-row.ts';

const KEY = 'a'.repeat(64);
const ROW = {
  Id: 'a02000000000001AAA',
  Status__c: 'Active',
  OwnerId: '005000000000001AAA',
  EnrolledAt__c: '2026-11-24T10:00:00.000+0000',
  UndoneReplyKey__c: KEY,
  Contact__c: null,
  Contact__r: null,
  Lead__c: '00Q000000000001AAA',
  Lead__r: { Email: 'Lead@Buyer.example' },
};

describe('the enrolment of a pulled CampaignStatus__c', () => {
  it('tells when it began and which reply a user has marked as none', () => {
    expect(pulledEnrolment(ROW, apiNames())).to.deep.equal({
      ...{ campaignStatusId: ROW.Id, personId: ROW.Lead__c, address: 'lead@buyer.example', ownerId: ROW.OwnerId },
      ...{ status: 'Active', enrolledAt: new Date('2026-11-24T10:00:00.000Z'), undoneReplyKey: KEY },
    });
  });

  it('names nobody once the person was deleted', () => {
    const row = { ...ROW, Lead__c: null, Lead__r: null };
    expect(pulledEnrolment(row, apiNames())).to.include({ personId: '', address: '', status: 'Active' });
  });

  it('is none when the row has no id', () => {
    expect(pulledEnrolment({ ...ROW, Id: null }, apiNames())).to.equal(undefined);
  });
});
