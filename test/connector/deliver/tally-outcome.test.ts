import { expect } from 'chai';

import { tallyOutcome } from '../../../connector/src/deliver/tally-outcome.ts';
import { SalesforceError } from '../../../connector/src/salesforce/salesforce-error.ts';
import type { SalesforceWriteResult } from '../../../connector/src/salesforce/salesforce.ts';
import { NOW } from '../../contract/store-samples.ts';

const KEY = 'a01000000000001AAA';
const stale = {
  ...{ mailId: '7', marks: 3, trackedEmailId: KEY },
  tally: { replyCount: 1, firstReplyAt: NOW, lastReplyAt: NOW, lastReplyKind: 'human' as const },
};
const settled = { mailId: '7', marks: 3 };
const again = (minutes: number): object => ({ ...settled, notBefore: new Date(NOW.getTime() + minutes * 60_000) });
const refused = (errorCode: string): SalesforceWriteResult => ({
  ...{ key: KEY, outcome: 'refused', errorCode },
  message: 'words',
});

describe('the outcome of a reply tally', () => {
  it('is settled when it was written', () => {
    const written: SalesforceWriteResult = { key: KEY, outcome: 'written', recordId: KEY };
    expect(tallyOutcome(stale, written, undefined, NOW)).to.deep.equal(settled);
  });

  for (const code of ['ENTITY_IS_DELETED', 'FIELD_CUSTOM_VALIDATION_EXCEPTION']) {
    it(`is settled when it never will be written: ${code}`, () => {
      expect(tallyOutcome(stale, refused(code), undefined, NOW)).to.deep.equal(settled);
    });
  }

  it('is tried again after a minute for what passes', () => {
    expect(tallyOutcome(stale, refused('UNABLE_TO_LOCK_ROW'), undefined, NOW)).to.deep.equal(again(1));
    const fault = new SalesforceError('retry', 'away', []);
    expect(tallyOutcome(stale, undefined, fault, NOW)).to.deep.equal(again(1));
  });

  for (const code of ['INVALID_FIELD', 'INSUFFICIENT_ACCESS', 'A_CODE_OF_A_LATER_RELEASE']) {
    it(`is tried again after an hour for what a person has to repair: ${code}`, () => {
      expect(tallyOutcome(stale, refused(code), undefined, NOW)).to.deep.equal(again(60));
    });
  }

  it('is tried again after an hour when the org refuses the connector', () => {
    const fault = new SalesforceError('refused', 'no right', []);
    expect(tallyOutcome(stale, undefined, fault, NOW)).to.deep.equal(again(60));
  });
});
