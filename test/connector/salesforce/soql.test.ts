import { parseQuery } from '@jetstreamapp/soql-parser-js';
import { expect } from 'chai';
import fc from 'fast-check';

import { apiNames } from '../../../connector/src/salesforce/api-names.ts';
import {
  enrolmentQuery,
  FIRST_ID,
  quoted,
  taskByReplyKeyQuery,
  trackedEmailQuery,
  userQuery,
} from '../../../connector/src/salesforce/soql.ts';

const KEY = 'a'.repeat(64);

describe('queries to the org', () => {
  it('ask for rows after a stamp and an id, in that order', () => {
    const position = { systemModstamp: '2026-03-02T09:00:00.000+0000', id: 'a03000000000001AAA' };
    expect(enrolmentQuery(position, apiNames())).to.include(
      " WHERE SystemModstamp > 2026-03-02T09:00:00.000Z OR (SystemModstamp = 2026-03-02T09:00:00.000Z AND Id > 'a03000000000001AAA')" +
        ' ORDER BY SystemModstamp ASC, Id ASC LIMIT 2000',
    );
  });

  it('ask for everything from an instant on when no id has been read yet', () => {
    const position = { systemModstamp: '2026-03-02T09:00:00.000Z', id: FIRST_ID };
    expect(trackedEmailQuery(position, apiNames())).to.include(
      ' WHERE SystemModstamp >= 2026-03-02T09:00:00.000Z ORDER',
    );
  });

  const HOSTILE = [
    { systemModstamp: '2026-03-02T09:00:00.000Z', id: "x' OR Id != '" },
    { systemModstamp: '2026-03-02T09:00:00Z OR Id != null', id: FIRST_ID },
    { systemModstamp: '', id: '' },
  ];
  for (const position of HOSTILE) {
    it(`refuse the position ${JSON.stringify(position)}`, () => {
      expect(() => enrolmentQuery(position, apiNames())).to.throw('not an instant and a Salesforce id');
    });
  }

  it('look up nothing but hex digests', () => {
    const soql = taskByReplyKeyQuery([KEY, "') OR (Id != '", `${KEY}'`], apiNames());
    expect(soql).to.equal(`SELECT Id, ReplyKey__c FROM Task WHERE ReplyKey__c IN ('${KEY}')`);
  });

  it('keep any address inside its quotes', () => {
    const parts = fc.constantFrom("'", '\\', 'a', '@', ')', ' OR Id != null', ' LIMIT 1');
    fc.assert(
      fc.property(fc.array(parts), (address) => {
        const { where, limit } = parseQuery(userQuery([address.join(''), 'last@buyer.example']));
        const conditions = JSON.stringify(where).match(/"field":/g) ?? [];
        expect([conditions.length, limit]).to.deep.equal([2, undefined]);
      }),
    );
  });

  it('escape the backslash before the quote', () => {
    expect(quoted("o'b\\")).to.equal(String.raw`'o\'b\\'`);
  });

  it('parse, with and without a namespace', () => {
    for (const names of [apiNames(), apiNames('acme')]) {
      for (const soql of [trackedEmailQuery(undefined, names), enrolmentQuery(undefined, names), userQuery(['a@b'])]) {
        expect(parseQuery(soql).fields).not.to.equal(undefined);
      }
    }
  });
});
