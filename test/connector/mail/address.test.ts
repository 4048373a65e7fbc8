import { expect } from 'chai';
import fc from 'fast-check';
import { domainOf, parseAddresses } from '../../../connector/src/mail/address.ts';

describe('parseAddresses', () => {
  const cases: [title: string, value: string, addresses: [address: string, name: string][]][] = [
    ['a bare address', 'Lead@Example.ORG', [['lead@example.org', '']]],
    ['a name and an address', 'Ann Lee <ann@x.org>', [['ann@x.org', 'Ann Lee']]],
    [
      'a quoted name with a comma',
      '"Lee, Ann" <ann@x.org>, bob@x.org',
      [
        ['ann@x.org', 'Lee, Ann'],
        ['bob@x.org', ''],
      ],
    ],
    ['a quoted name that looks like an address', '"boss@own.org" <ann@x.org>', [['ann@x.org', 'boss@own.org']]],
    ['a quoted name with a quoted mark', String.raw`"A \"B\" C" <a@x.org>`, [['a@x.org', 'A "B" C']]],
    ['a name in an encoded word', '=?utf-8?Q?J=C3=BCrgen?= <j@x.org>', [['j@x.org', 'Jürgen']]],
    ['a comment in place of a name', 'ann@x.org (Ann (the) Lee)', [['ann@x.org', 'Ann (the) Lee']]],
    ['a comment inside an address', 'Ann <ann(work)@x.org>', [['ann@x.org', 'Ann']]],
    [
      'a group',
      'Team: ann@x.org, Bob <bob@x.org>;, c@x.org',
      [
        ['ann@x.org', ''],
        ['bob@x.org', 'Bob'],
        ['c@x.org', ''],
      ],
    ],
    ['an empty group', 'undisclosed-recipients:;', []],
    ['a route', '<@relay.org,@other.org:ann@x.org>', [['ann@x.org', '']]],
    ['a route behind a name', 'Ann <@relay.org,@other.org:ann@x.org>', [['ann@x.org', 'Ann']]],
    [
      'a list with semicolons, as Outlook writes it',
      'Ann <ann@x.org>; bob@x.org',
      [
        ['ann@x.org', 'Ann'],
        ['bob@x.org', ''],
      ],
    ],
    [
      'the next address behind a bracket that is never closed',
      'Ann <ann@x.org, bob@x.org',
      [
        ['ann@x.org', 'Ann'],
        ['bob@x.org', ''],
      ],
    ],
    ['an address with words behind it', 'Ann <ann@x.org> from Acme', [['ann@x.org', 'Ann']]],
    ['a quoted name with a quoted mark and a comma', String.raw`"Lee \", Ann" <a@x.org>`, [['a@x.org', 'Lee ", Ann']]],
    [
      'one address where a quoted name pretends to be another',
      String.raw`"Boss\" <boss@own.org>, \"" <ann@x.org>`,
      [['ann@x.org', 'Boss" <boss@own.org>, "']],
    ],
    [
      'one address where a comment pretends to hold another',
      String.raw`ann@x.org (work \), boss@own.org)`,
      [['ann@x.org', String.raw`work \), boss@own.org`]],
    ],
    [
      'no address out of an encoded name beside others',
      '=?utf-8?Q?boss=40own.org=2C_Ann?= <ann@x.org>, bob@x.org',
      [
        ['ann@x.org', 'boss@own.org, Ann'],
        ['bob@x.org', ''],
      ],
    ],
    ['a name with a backslash', String.raw`Ann\-Lee <ann@x.org>`, [['ann@x.org', 'Ann-Lee']]],
    ['a domain literal with colons', '<ann@[IPv6:2001:db8::1]>', [['ann@[ipv6:2001:db8::1]', '']]],
    ['a quoted local part', '"ann lee"@x.org', [['"ann lee"@x.org', '']]],
    [
      'a folded list',
      'Ann\r\n <ann@x.org>,\r\n\tbob@x.org',
      [
        ['ann@x.org', 'Ann'],
        ['bob@x.org', ''],
      ],
    ],
    ['an address behind an unclosed quotation mark', '"Ann <ann@x.org>', [['ann@x.org', 'Ann']]],
    ['an address behind an unclosed comment', 'Ann (work <ann@x.org>', [['ann@x.org', 'Ann (work']]],
    ['an address that is encoded as a whole', '=?utf-8?Q?Ann_=3Cann=40x.org=3E?=', [['ann@x.org', 'Ann']]],
    [
      'an address that is encoded together with a quoted name',
      '=?utf-8?Q?=22Lee=2C_Ann=22_=3Cann=40x.org=3E?=',
      [['ann@x.org', 'Lee, Ann']],
    ],
    [
      'an address that is encoded behind an unclosed quotation mark',
      '=?utf-8?Q?=22Ann_=3Cann=40x.org=3E?=',
      [['ann@x.org', 'Ann']],
    ],
    ['an address as long as a path may be', `${'a'.repeat(248)}@x.org`, [[`${'a'.repeat(248)}@x.org`, '']]],
    ['the last of two addresses in brackets', '<boss@own.org> <ann@x.org>', [['ann@x.org', '']]],
    ['a bracket that is never closed', 'Ann <ann@x.org', [['ann@x.org', 'Ann']]],
    ['nothing in an empty value', '', []],
    ['nothing where a quotation mark is all there is before the at sign', '"\n@x.org', []],
    ['nothing in a name without an address', 'MAILER-DAEMON <>', []],
    ['nothing that lacks a side of the at sign', '@x.org, ann@, @', []],
    ['nothing with a space inside', 'ann lee@x.org', []],
    ['nothing with a space before a quotation mark', 'ann lee"@x.org', []],
    ['nothing longer than a path may be', `${'a'.repeat(249)}@x.org`, []],
    ['control characters out of a name', 'A\u0000nn\u0007 <ann@x.org>', [['ann@x.org', 'A nn']]],
  ];
  for (const [title, value, addresses] of cases) {
    it(`reads ${title}`, () => {
      expect(parseAddresses(value)).to.deep.equal(addresses.map(([address, name]) => ({ address, name })));
    });
  }

  it('reads a thousand addresses and no more', () => {
    expect(parseAddresses('a@x.org,'.repeat(1200))).to.have.lengthOf(1000);
  });

  it('gives nothing but addresses in lower case without white space, whatever the value', () => {
    const unit = fc.constantFrom(
      '<',
      '>',
      '@',
      '"',
      '\\',
      ' ',
      ',',
      ';',
      ':',
      '(',
      ')',
      'a',
      'B',
      '=?',
      '?=',
      '\n',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 80 }), (value) => {
        for (const { address } of parseAddresses(value)) {
          expect(address).to.equal(address.toLowerCase());
          expect(address).to.match(/^(?:".*"|[^\s<>]+)@[^\s<>]+$/s);
        }
      }),
    );
  });

  it('reads every address of a list that is written by the rules', () => {
    const mailbox = fc.tuple(fc.emailAddress({ size: 'small' }), fc.stringMatching(/^[A-Za-z ,.@<>()]{0,12}$/));
    fc.assert(
      fc.property(fc.array(mailbox, { maxLength: 8 }), (mailboxes) => {
        const value = mailboxes.map(([address, name]) => `"${name}" <${address}>`).join(', ');
        expect(parseAddresses(value).map(({ address }) => address)).to.deep.equal(
          mailboxes.map(([address]) => address.toLowerCase()),
        );
      }),
    );
  });

  for (const unit of ['<', '"', '(', '\\', ',', 'a@b,', '=?', '@', ':']) {
    it(`comes to an end of 64 KB of ${JSON.stringify(unit)}`, () => {
      expect(parseAddresses(unit.repeat(65_536 / unit.length)).length).to.be.at.most(1000);
    });
  }
});

describe('domainOf', () => {
  it('is what follows the last at sign, in lower case and without a final dot', () => {
    expect(domainOf('ann@X.Org.')).to.equal('x.org');
    expect(domainOf('"a@b"@x.org')).to.equal('x.org');
    expect(domainOf('nobody')).to.equal('');
    expect(domainOf('')).to.equal('');
  });
});
