import { expect } from 'chai';
import fc from 'fast-check';
import { domainOf, firstAddress, parseAddresses } from '../../../connector/src/mail/address.ts';
import { authorOf } from '../../../connector/src/mail/author.ts';
import { decodeText } from '../../../connector/src/mail/encoded-word.ts';
import { readDeliveryReport } from '../../../connector/src/mail/delivery-report.ts';
import { parseHeaderBlock, parseReadFields } from '../../../connector/src/mail/header-block.ts';
import { fieldValue, fieldValues, type HeaderBlock } from '../../../connector/src/mail/header-field.ts';
import { KINDS, kindOf } from '../../../connector/src/mail/kind.ts';
import { messageKey } from '../../../connector/src/mail/message-id.ts';
import { extractMessageIds } from '../../../connector/src/mail/message-ids.ts';
import { derivedMessageId, messageHash, ownMessageIds } from '../../../connector/src/mail/own-message-ids.ts';
import { plainText } from '../../../connector/src/mail/plain-text.ts';
import { READ_FIELDS } from '../../../connector/src/mail/read-fields.ts';

const RUNS = { numRuns: 60 };

const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
const id = fc.tuple(word, word).map(([left, right]) => `${left}@${right}.example`);

/** Values that decide about kinds, and some that decide nothing. */
const FIELDS: readonly (readonly [name: string, value: string])[] = [
  ['From', 'Lena Berg <lena@lead.example.org>'],
  ['From', 'MAILER-DAEMON@mx.example.org'],
  ['From', 'postmaster@mx.example.org'],
  ['Subject', 'Re: Spring offer'],
  ['Subject', 'Automatic reply: Spring offer'],
  ['Subject', 'Undeliverable: Spring offer'],
  ['Subject', 'Fwd: Spring offer'],
  ['In-Reply-To', '<offer@rep.example.com>'],
  ['References', '<root@rep.example.com> <offer@rep.example.com>'],
  ['Return-Path', '<>'],
  ['Return-Path', '<lena@lead.example.org>'],
  ['Auto-Submitted', 'auto-replied (vacation)'],
  ['Auto-Submitted', 'no'],
  ['Precedence', 'bulk'],
  ['X-Auto-Response-Suppress', 'All'],
  ['List-Id', '<list.example.org>'],
  ['Content-Type', 'multipart/report; report-type=delivery-status'],
  ['Content-Type', 'text/calendar; method=REPLY'],
  ['X-Autoreply', 'yes'],
  ['X-Failed-Recipients', 'omar@lead.example.org'],
];

/** A block in which each name stands once, as the order of repeated fields means something. */
const block = fc
  .uniqueArray(fc.constantFrom(...FIELDS), { selector: ([name]) => name, maxLength: 9 })
  .map((fields): HeaderBlock => fields);
const shuffled = block.chain((fields) =>
  fc.tuple(fc.constant(fields), fc.shuffledSubarray([...fields], { minLength: fields.length })),
);
const evidence = fc.record({ answersTrackedMail: fc.boolean() });

const written = (fields: HeaderBlock, fold = ': '): Buffer =>
  Buffer.from(`${fields.map(([name, value]) => name + fold + value).join('\r\n')}\r\n\r\nbody`);

describe('the kind of any message', () => {
  it('does not depend on the order of its fields', () => {
    const property = fc.property(shuffled, evidence, ([fields, others], known) => {
      expect(kindOf(others, known)).to.deep.equal(kindOf(fields, known));
    });
    fc.assert(property, RUNS);
  });

  it('does not depend on the case of names', () => {
    const property = fc.property(block, evidence, (fields, known) => {
      const capitals = fields.map(([name, value]) => [name.toUpperCase(), value] as const);
      expect(kindOf(capitals, known)).to.deep.equal(kindOf(fields, known));
    });
    fc.assert(property, RUNS);
  });

  it('does not depend on how its values are folded', () => {
    const property = fc.property(block, evidence, (fields, known) => {
      const folded = fields.map(([name, value]) => [name, value.replaceAll(' ', '\r\n\t')] as const);
      expect(kindOf(folded, known)).to.deep.equal(kindOf(fields, known));
    });
    fc.assert(property, RUNS);
  });

  it('does not depend on fields that no rule looks at', () => {
    const noise = fc.array(fc.tuple(fc.constantFrom('Received', 'X-Spam', 'DKIM-Signature'), fc.string()));
    const property = fc.property(block, noise, evidence, (fields, others, known) => {
      expect(kindOf([...others, ...fields], known)).to.deep.equal(kindOf(fields, known));
    });
    fc.assert(property, RUNS);
  });

  it('is one of the list and says what decided', () => {
    const name = fc.constantFrom(...READ_FIELDS);
    const property = fc.property(
      fc.array(fc.tuple(name, fc.string({ unit: fc.constantFrom(...'aRe:<>@ =?é\u0000自') })), { maxLength: 8 }),
      (fields) => {
        const { kind, signal } = kindOf(fields);
        expect(KINDS).to.include(kind);
        expect(signal).not.to.equal('');
      },
    );
    fc.assert(property, RUNS);
  });

  it('is not list mail for what answers a tracked mail and carries the marks of a list alone', () => {
    const marks = fc.subarray(['List-Id', 'List-Post', 'List-Unsubscribe', 'Mailing-List', 'X-BeenThere']);
    const property = fc.property(marks, (names) => {
      const fields = [['From', 'lena@x.example'], ...names.map((name) => [name, '<l.example>'])] as [string, string][];
      expect(kindOf(fields, { answersTrackedMail: true }).kind).to.equal('human');
    });
    fc.assert(property, RUNS);
  });
});

describe('the fields of any message', () => {
  it('are the same whether lines end with CRLF or LF', () => {
    const property = fc.property(block, (fields) => {
      const bytes = written(fields);
      const withLineFeeds = Buffer.from(bytes.toString().replaceAll('\r\n', '\n'));
      expect(parseHeaderBlock(withLineFeeds)).to.deep.equal(parseHeaderBlock(bytes));
    });
    fc.assert(property, RUNS);
  });

  it('are the same with blanks around the colon', () => {
    const property = fc.property(block, fc.constantFrom(':', ' : ', '\t:  '), (fields, colon) => {
      expect(parseReadFields(written(fields, colon))).to.deep.equal(parseReadFields(written(fields)));
    });
    fc.assert(property, RUNS);
  });

  it('are found by any spelling of their name', () => {
    const property = fc.property(block, (fields) => {
      for (const [name, value] of fields) {
        expect(fieldValue(fields, name.toLowerCase())).to.equal(value);
        expect(fieldValues(fields, name.toUpperCase())).to.deep.equal([value]);
      }
    });
    fc.assert(property, RUNS);
  });

  it('do not depend on what follows the empty line', () => {
    const property = fc.property(block, fc.uint8Array({ maxLength: 100 }), (fields, body) => {
      expect(parseHeaderBlock(Buffer.concat([written(fields), body]))).to.deep.equal(fields);
    });
    fc.assert(property, RUNS);
  });
});

describe('the ids of any field', () => {
  it('are the same when they are read a second time', () => {
    const property = fc.property(fc.array(id, { maxLength: 8 }), (ids) => {
      const once = extractMessageIds(ids.map((each) => `<${each}>`).join(', '));
      expect(extractMessageIds(once.map((each) => `<${each}>`).join(' '))).to.deep.equal(once);
    });
    fc.assert(property, RUNS);
  });

  it('of two values are those of the first and then those of the second', () => {
    const list = fc.array(id, { minLength: 1, maxLength: 5 }).map((ids) => ids.map((each) => `<${each}>`).join(' '));
    const property = fc.property(list, list, (first, second) => {
      const both = [...new Set([...extractMessageIds(first), ...extractMessageIds(second)])];
      expect(extractMessageIds(`${first}\r\n ${second}`)).to.deep.equal(both);
    });
    fc.assert(property, RUNS);
  });

  it('are the same for more ids than are compared one by one', () => {
    const property = fc.property(fc.array(id, { minLength: 45, maxLength: 70 }), (ids) => {
      expect(extractMessageIds(ids.map((each) => `<${each}>`).join(' '))).to.deep.equal([...new Set(ids)]);
    });
    fc.assert(property, { numRuns: 20 });
  });

  it('of the message itself begin with its Message-ID', () => {
    const property = fc.property(id, id, (own, original) => {
      const ids = ownMessageIds([['X-Google-Original-Message-ID', `<${original}>`], ['Message-ID', `<${own}>`]]); // prettier-ignore
      expect(ids).to.deep.equal([...new Set([own, original])]);
    });
    fc.assert(property, RUNS);
  });
});

describe('any text', () => {
  const text = fc.string({ unit: fc.constantFrom(...'aÄé ß\t\n\0:<>@,"'), maxLength: 40 });

  it('stays as it is once it has been decoded', () => {
    const property = fc.property(
      text,
      (value) => void expect(decodeText(decodeText(value))).to.equal(decodeText(value)),
    );
    fc.assert(property, RUNS);
  });

  it('is plain once it has been made so', () => {
    const property = fc.property(text, (value) => void expect(plainText(plainText(value))).to.equal(plainText(value)));
    fc.assert(property, RUNS);
  });

  it('is plain alike in capitals, for ASCII', () => {
    const ascii = fc.string({ maxLength: 40 });
    const property = fc.property(
      ascii,
      (value) => void expect(plainText(value.toUpperCase())).to.equal(plainText(value)),
    );
    fc.assert(property, RUNS);
  });
});

describe('any address list', () => {
  const address = fc.tuple(word, word).map(([local, domain]) => `${local}@${domain}.example`);

  it('has the same first address however it is read', () => {
    const property = fc.property(fc.string({ unit: fc.constantFrom(...'ab@<>"(),;: \\.') }), (value) => {
      expect(firstAddress(value)).to.equal(parseAddresses(value)[0]?.address);
    });
    fc.assert(property, RUNS);
  });

  it('gives the same addresses in capitals', () => {
    const property = fc.property(fc.array(address, { maxLength: 5 }), (addresses) => {
      const value = addresses.map((each) => `Name <${each}>`).join(', ');
      expect(parseAddresses(value.toUpperCase()).map((each) => each.address)).to.deep.equal(addresses);
    });
    fc.assert(property, RUNS);
  });

  it('has a domain behind the last at sign', () => {
    const property = fc.property(address, (each) => void expect(each.endsWith(`@${domainOf(each)}`)).to.equal(true));
    fc.assert(property, RUNS);
  });

  it('names the same author in whatever order the fields come', () => {
    const fields = fc.tuple(address, address, address).map(([from, reply, sender]): HeaderBlock => [
      ['From', from],
      ['Reply-To', reply],
      ['Sender', sender],
    ]);
    const property = fc.property(fields, (each) => {
      expect(authorOf(each.toReversed())).to.deep.equal(authorOf(each));
      expect(authorOf(each)?.address).to.equal(fieldValue(each, 'From'));
    });
    fc.assert(property, RUNS);
  });
});

describe('any key', () => {
  it('of a mail fits its field and differs from mail to mail', () => {
    const long = fc.string({ minLength: 1, maxLength: 600 });
    const property = fc.property(long, long, (first, second) => {
      expect(messageKey(first).length).to.be.at.most(255);
      expect(messageKey(first) === messageKey(second)).to.equal(first === second);
    });
    fc.assert(property, RUNS);
  });

  it('that stands in for a missing id depends on what tells messages apart alone', () => {
    const noise = fc.array(fc.tuple(fc.constantFrom('Received', 'X-Spam', 'List-Id'), fc.string()));
    const property = fc.property(block, noise, (fields, others) => {
      expect(derivedMessageId([...others, ...fields])).to.equal(derivedMessageId(fields));
      expect(messageHash(derivedMessageId(fields))).to.match(/^[0-9a-f]{64}$/);
    });
    fc.assert(property, RUNS);
  });
});

describe('any report', () => {
  const action = fc.constantFrom('failed', 'delayed', 'delivered', 'relayed', 'expanded');

  it('is a failure when one of its recipients failed, in whatever order they come', () => {
    const property = fc.property(fc.array(action, { minLength: 1, maxLength: 6 }), (actions) => {
      const status = Buffer.from(actions.map((each) => `Final-Recipient: rfc822; a@b\nAction: ${each}\n`).join('\n'));
      const report = readDeliveryReport({ status });
      expect(report?.action === 'failed').to.equal(actions.includes('failed'));
      expect(actions).to.include(report?.action);
    });
    fc.assert(property, RUNS);
  });

  it('is read of any bytes without an error', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, bytes, (status, returned) => void readDeliveryReport({ status, returned })),
      RUNS,
    );
  });
});
