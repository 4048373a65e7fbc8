import { expect } from 'chai';
import fc from 'fast-check';

import type { CitedId } from '../../../connector/src/match/cited-ids.ts';
import { waitingCites } from '../../../connector/src/match/waiting-cites.ts';

const inReplyTo = (id: string): CitedId => ({ id, field: 'In-Reply-To' });
const references = (...ids: string[]): CitedId[] => ids.map((id) => ({ id, field: 'References' }));

describe('the ids under which a message waits for its mail', () => {
  it('are all of a few', () => {
    expect(waitingCites([inReplyTo('a'), ...references('b')])).to.deep.equal(['a', 'b']);
    expect(waitingCites([])).to.deep.equal([]);
  });

  it('are the three nearest and the root of the thread', () => {
    const cited = [inReplyTo('parent'), ...references('last', 'before', 'middle', 'root')];
    expect(waitingCites(cited)).to.deep.equal(['parent', 'last', 'before', 'root']);
  });

  it('take the root from References, whatever follows', () => {
    const report: CitedId = { id: 'reported', field: 'Delivery Report' };
    expect(waitingCites([...references('a', 'b', 'c', 'root'), report])).to.deep.equal(['a', 'b', 'c', 'root']);
  });

  it('are the mail that a report is about', () => {
    expect(waitingCites([{ id: 'reported', field: 'Delivery Report' }])).to.deep.equal(['reported']);
  });

  it('are at most four, each once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 20 }), (ids) => {
        const waiting = waitingCites(references(...ids));
        expect(waiting.length).to.equal(Math.min(ids.length, 4));
        expect(new Set(waiting).size).to.equal(waiting.length);
      }),
    );
  });
});
