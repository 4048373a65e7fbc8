import { expect } from 'chai';
import fc from 'fast-check';

import { replyKey, threadRoot } from '../../../connector/src/match/reply-key.ts';
import { headers } from './sample-mail.ts';

describe('the key of a reply', () => {
  it('is the digest of message and person, so that every mailbox computes the same', () => {
    const digest = '7d68984f5c66c412f13528271eab637718530cec475feb9b3914845e819210ba';
    expect(replyKey('abc', '003')).to.equal(digest);
  });

  it('has 64 hexadecimal digits', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (hash, person) => {
        expect(replyKey(hash, person)).to.match(/^[0-9a-f]{64}$/);
      }),
    );
  });

  it('differs from person to person and from message to message', () => {
    const keys = [replyKey('a', 'p'), replyKey('a', 'q'), replyKey('b', 'p')];
    expect(new Set(keys).size).to.equal(3);
  });
});

describe('the root of a thread', () => {
  it('is the first id of References', () => {
    expect(threadRoot(headers('In-Reply-To: <parent@x>\nReferences: <root@x> <parent@x>'), 'key')).to.equal('root@x');
  });

  it('is the id of In-Reply-To where there are no References', () => {
    expect(threadRoot(headers('In-Reply-To: <parent@x>'), 'key')).to.equal('parent@x');
  });

  it('is the tracked mail where the message names nothing', () => {
    expect(threadRoot(headers('Subject: hello'), 'key')).to.equal('key');
  });
});
