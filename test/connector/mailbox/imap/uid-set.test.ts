import { expect } from 'chai';

import { uidSet } from '../../../../connector/src/mailbox/imap/uid-set.ts';

describe('uidSet', () => {
  const sets = [
    [[], ''],
    [[7], '7'],
    [[7, 8], '7:8'],
    [[1, 2, 3, 5, 7, 8, 9, 4294967295], '1:3,5,7:9,4294967295'],
  ] as const;
  for (const [uids, text] of sets) {
    it(`writes ${uids.length} UIDs as "${text}"`, () => {
      expect(uidSet(uids)).to.equal(text);
    });
  }
});
