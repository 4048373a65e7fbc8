import { expect } from 'chai';
import fc from 'fast-check';
import type { HeaderBlock } from '../../../connector/src/mail/header-field.ts';
import { messageKey } from '../../../connector/src/mail/message-id.ts';
import {
  derivedMessageId,
  messageHash,
  messageIdOf,
  ownMessageIds,
} from '../../../connector/src/mail/own-message-ids.ts';

describe('own ids of a message', () => {
  it('are the Message-ID and those that a provider replaced', () => {
    const block: HeaderBlock = [
      ['X-Google-Original-Message-ID', '<g@x>'],
      ['Message-Id', '<new@provider>'],
      ['X-Microsoft-Original-Message-ID', '<m@x>'],
      ['References', '<other@x>'],
    ];
    expect(ownMessageIds(block)).to.deep.equal(['new@provider', 'm@x', 'g@x']);
    expect(messageIdOf(block)).to.equal('new@provider');
  });

  it('are named once when the provider kept the id', () => {
    expect(
      ownMessageIds([
        ['Message-ID', '<a@b>'],
        ['X-Google-Original-Message-ID', '<a@b>'],
      ]),
    ).to.deep.equal(['a@b']);
  });

  it('are none without a Message-ID', () => {
    expect(messageIdOf([['Subject', 'x']])).to.equal(undefined);
    expect(ownMessageIds([['Message-ID', '']])).to.deep.equal([]);
  });
});

describe('derivedMessageId', () => {
  const block: HeaderBlock = [
    ['From', 'A <a@b>'],
    ['Date', 'Mon, 1 Jan 2024 10:00:00 +0000'],
    ['Subject', 'A long subject'],
  ];

  it('is the same for the same message, folded or read with other fields', () => {
    const again: HeaderBlock = [['Received', 'x'], ['subject', 'A long\r\n subject'], block[1]!, block[0]!];
    expect(derivedMessageId(again)).to.equal(derivedMessageId(block));
  });

  it('differs when a field that tells messages apart differs', () => {
    const others = ['From', 'To', 'Cc', 'Date', 'Subject', 'In-Reply-To', 'References'].map((name) =>
      derivedMessageId([...block, [name, 'other']]),
    );
    expect(new Set([derivedMessageId(block), ...others]).size).to.equal(8);
  });

  it('differs when the same text stands in other fields', () => {
    const together = derivedMessageId([['To', 'ann@x.org']]);
    const apart: HeaderBlock = [
      ['To', 'ann@'],
      ['To', 'x.org'],
    ];
    expect(derivedMessageId(apart)).to.not.equal(together);
    expect(derivedMessageId([apart[0]!, ['Cc', 'x.org']])).to.not.equal(together);
    expect(derivedMessageId([['Cc', 'ann@x.org']])).to.not.equal(together);
  });

  it('is an id under a domain that receives no mail, even for an empty block', () => {
    expect(derivedMessageId([])).to.match(/^[0-9a-f]{64}@no-message-id\.invalid$/);
  });
});

describe('messageHash', () => {
  it('is the hex SHA-256 of the UTF-8 bytes', () => {
    expect(messageHash('abc')).to.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('messageKey', () => {
  it('is the id itself as long as the field can hold it', () => {
    const longest = `${'a'.repeat(249)}@x.org`;
    expect(messageKey(longest)).to.equal(longest);
    expect(messageKey(`a${longest}`)).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  it('fits its field for every id and stays different for different ids', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), fc.string({ maxLength: 600 }), (one, other) => {
        expect(messageKey(one).length).to.be.at.most(255);
        expect(messageKey(one) === messageKey(other)).to.equal(one === other);
      }),
    );
  });
});
