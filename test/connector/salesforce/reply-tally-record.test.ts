import { expect } from 'chai';

import type { ReplyTally } from '../../../connector/src/match/reply-tally.ts';
import { apiNames } from '../../../connector/src/salesforce/api-names.ts';
import { replyTallyRecord } from '../../../connector/src/salesforce/reply-tally-record.ts';

const ID = 'a01000000000001AAA';
const FIRST = new Date('2026-03-02T09:00:00.000Z');
const LAST = new Date('2026-03-03T10:30:00.000Z');
const tally = (changes: Partial<ReplyTally> = {}): ReplyTally => ({
  ...{ replyCount: 2, firstReplyAt: FIRST, lastReplyAt: LAST, lastReplyKind: 'auto_reply' },
  ...changes,
});

describe('the record of a reply tally', () => {
  it('names the mail by its id and holds absolute values', () => {
    expect(replyTallyRecord(ID, tally(), apiNames())).to.deep.equal({
      id: ID,
      ReplyCount__c: 2,
      FirstReplyAt__c: '2026-03-02T09:00:00.000Z',
      LastReplyAt__c: '2026-03-03T10:30:00.000Z',
      LastReplyKind__c: 'Auto-Reply',
    });
  });

  it('leaves the first reply out while only machines have answered', () => {
    const record = replyTallyRecord(ID, tally({ replyCount: 0, firstReplyAt: undefined }), apiNames());
    expect(record).to.include({ ReplyCount__c: 0 }).and.not.to.have.property('FirstReplyAt__c');
  });

  it('holds no greater number than the field does', () => {
    expect(replyTallyRecord(ID, tally({ replyCount: 1_000_000 }), apiNames())).to.include({ ReplyCount__c: 999_999 });
  });

  it('uses the prefix of the package', () => {
    expect(Object.keys(replyTallyRecord(ID, tally(), apiNames('acme')))).to.deep.equal([
      'id',
      'acme__ReplyCount__c',
      'acme__FirstReplyAt__c',
      'acme__LastReplyAt__c',
      'acme__LastReplyKind__c',
    ]);
  });
});
