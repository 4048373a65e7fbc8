import { expect } from 'chai';
import { createHash } from 'node:crypto';

import { apiNames } from '../../../connector/src/salesforce/api-names.ts';
import {
  recipientKey,
  trackedEmailRecord,
  trackedRecipientRecords,
} from '../../../connector/src/salesforce/tracked-email-record.ts';
import { PERSON, sampleMail } from '../../contract/store-samples.ts';

describe('the records of a tracked mail', () => {
  it('are a TrackedEmail__c with the fields of the mail', () => {
    expect(trackedEmailRecord(sampleMail('sent@seller.example'), apiNames())).to.deep.equal({
      MessageKey__c: 'sent@seller.example',
      Subject__c: 'Our offer',
      SentAt__c: '2026-03-02T09:00:00.000Z',
      OwnerId: '005000000000001AAA',
      SenderAddress__c: 'rep@seller.example',
      Source__c: 'Sequence',
    });
  });

  it('hold the digest of a Message-ID that is longer than its field', () => {
    const long = `${'x'.repeat(980)}@seller.example`;
    expect(trackedEmailRecord(sampleMail(long), apiNames())['MessageKey__c']).to.match(/^sha256:[0-9a-f]{64}$/);
    const [recipient] = trackedRecipientRecords(sampleMail(long), apiNames());
    expect(recipient?.['TrackedEmail__r']).to.deep.equal({
      MessageKey__c: trackedEmailRecord(sampleMail(long), apiNames())['MessageKey__c'],
    });
  });

  it('are a TrackedRecipient__c for each address, which knows its person and enrolment', () => {
    const mail = sampleMail('sent@seller.example', {
      recipients: [
        { address: 'a@buyer.example', role: 'To', personId: PERSON, campaignStatusId: 'a03000000000001AAA' },
        { address: 'b@buyer.example', role: 'Cc', personId: '00Q000000000001AAA' },
        { address: 'c@buyer.example', role: 'Cc' },
      ],
    });
    const parent = { TrackedEmail__r: { MessageKey__c: 'sent@seller.example' } };
    const key = (address: string): object => ({ RecipientKey__c: recipientKey('sent@seller.example', address) });
    expect(trackedRecipientRecords(mail, apiNames())).to.deep.equal([
      {
        ...parent,
        ...key('a@buyer.example'),
        Address__c: 'a@buyer.example',
        Role__c: 'To',
        Contact__c: PERSON,
        CampaignStatus__c: 'a03000000000001AAA',
      },
      {
        ...parent,
        ...key('b@buyer.example'),
        Address__c: 'b@buyer.example',
        Role__c: 'Cc',
        Lead__c: '00Q000000000001AAA',
      },
      { ...parent, ...key('c@buyer.example'), Address__c: 'c@buyer.example', Role__c: 'Cc' },
    ]);
  });

  it('name an address once that stands in To and in Cc', () => {
    const mail = sampleMail('sent@seller.example', {
      recipients: [
        { address: 'a@buyer.example', role: 'To' },
        { address: 'a@buyer.example', role: 'Cc' },
        { address: '', role: 'Cc' },
      ],
    });
    expect(trackedRecipientRecords(mail, apiNames()).map(({ Role__c }) => Role__c)).to.deep.equal(['To']);
  });

  it('have a recipient key that anybody can compute', () => {
    const expected = createHash('sha256').update('sent@seller.example\na@buyer.example').digest('hex');
    expect(recipientKey('sent@seller.example', 'a@buyer.example')).to.equal(expected);
  });
});
