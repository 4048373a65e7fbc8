import { expect } from 'chai';
import fc from 'fast-check';
import { extractMessageIds } from '../../../connector/src/mail/message-ids.ts';

/** An id as RFC 5322 section 3.6.4 has it: dot-atoms, a domain literal or a quoted local part of the older syntax. */
const atom = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=^_`{|}~-]{1,12}$/).filter((text) => !text.includes('=?'));
const dotAtom = fc.array(atom, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const quoted = fc.stringMatching(/^[A-Za-z0-9<>().,;:@!-]{1,12}$/).map((text) => `"${text}"`);
const domain = fc.oneof(
  dotAtom,
  fc.ipV4().map((address) => `[${address}]`),
);
const plainId = fc.tuple(dotAtom, domain).map(([left, right]) => `${left}@${right}`);
const anyId = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: dotAtom }, quoted), domain)
  .map(([left, right]) => `${left}@${right}`);
const separator = fc.constantFrom('', ' ', '\r\n ', '\n\t', ',', ', ', ' (was: something) ', ' and ');

describe('extractMessageIds', () => {
  const cases: [title: string, value: string, ids: string[]][] = [
    ['one id', '<a@b>', ['a@b']],
    [
      'ids without space between them, with commas and folds',
      '<1@a><2@a>,<3@a>\r\n\t<4@a>',
      ['1@a', '2@a', '3@a', '4@a'],
    ],
    ['an id in a phrase', 'Your message of "Mon, 1 Jan 2024 10:00" <q@z>', ['q@z']],
    ['an id beside a comment', '<b@b> (message from x)', ['b@b']],
    ['an id without brackets', 'a@b', ['a@b']],
    ['several ids without brackets', 'a@b, (c@d) "e@f";', ['a@b', 'c@d', 'e@f']],
    ['an id that is folded inside', '<abc\r\n def@x.y>', ['abcdef@x.y']],
    ['an id with spaces at its brackets', '< a@b >', ['a@b']],
    ['an id with a quoted local part', '<"a>b<c"@d>', ['"a>b<c"@d']],
    ['an id with a quoted mark inside', String.raw`<"a\"b>"@d>`, [String.raw`"a\"b>"@d`]],
    ['an id with a lone quotation mark', '<"ab@d> <c@d>', ['"ab@d', 'c@d']],
    ['an id with a domain literal', '<a@[192.0.2.1]>', ['a@[192.0.2.1]']],
    ['an id without an at sign', '<4F2A>', ['4F2A']],
    ['a single word without brackets and at sign', '4F2A', ['4F2A']],
    ['nothing in a phrase', 'Your message of Monday', []],
    ['nothing in an empty value', '', []],
    ['nothing in empty brackets', '<> < >', []],
    ['the inner one of doubled brackets', '<<a@b>>', ['a@b']],
    ['the closed one of two opened brackets', '<a@b <c@d>', ['c@d']],
    ['an id whose bracket is never closed', '<a@b', ['a@b']],
    ['each id once', '<a@b> <A@b> <a@b>', ['a@b', 'A@b']],
    ['an id in an encoded word', '=?utf-8?Q?=3Ca=40b=3E?=', ['a@b']],
    ['ids beside an encoded word', '=?utf-8?Q?R=C3=A9ponse?= <a@b>', ['a@b']],
    ['8-bit characters of an id', '<ä@b>', ['ä@b']],
    ['an id with NUL inside', '<a\u0000@b>', ['a@b']],
    ['an id that tries to break out of a query', `<x' OR Name != '@b>`, [`x'ORName!='@b`]],
    ['an id that objects inherit', '<__proto__>', ['__proto__']],
  ];
  for (const [title, value, ids] of cases) {
    it(`finds ${title}`, () => {
      expect(extractMessageIds(value)).to.deep.equal(ids);
    });
  }

  it('loses no well-formed id, in whatever way they are put together', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyId, separator), { minLength: 1, maxLength: 12 }), (parts) => {
        const value = parts.map(([id, between]) => `<${id}>${between}`).join('');
        expect(extractMessageIds(value)).to.deep.equal([...new Set(parts.map(([id]) => id))]);
      }),
    );
  });

  it('finds the same ids wherever the field is folded', () => {
    fc.assert(
      fc.property(fc.array(plainId, { minLength: 1, maxLength: 6 }), fc.nat(), (ids, seed) => {
        const value = ids.map((id) => `<${id}>`).join(' ');
        const place = 1 + (seed % (value.length - 1));
        expect(extractMessageIds(`${value.slice(0, place)}\r\n ${value.slice(place)}`)).to.deep.equal(
          extractMessageIds(value),
        );
      }),
    );
  });

  it('invents no id: each is in the value, but for white space', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '@', '"', '\\', ' ', '\n', ',', '(', 'a', 'b'), maxLength: 60 }),
        (value) => {
          const bare = value.replace(/\s/g, '');
          for (const id of extractMessageIds(value)) expect(bare).to.include(id);
        },
      ),
    );
  });

  it('finds its own output again', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (value) => {
        const ids = extractMessageIds(value).filter((id) => !/[<>"=]/.test(id));
        expect(extractMessageIds(ids.map((id) => `<${id}>`).join(' '))).to.deep.equal(ids);
      }),
    );
  });

  it('finds a hundred thousand ids', () => {
    const ids = Array.from({ length: 100_000 }, (_, index) => `${index}@example.org`);
    expect(extractMessageIds(ids.map((id) => `<${id}>`).join(' '))).to.deep.equal(ids);
  });

  for (const unit of ['<', '<"', '"', '<"\\', '(', '=?', 'a@', '<a', ' ']) {
    it(`comes to an end of half a megabyte of ${JSON.stringify(unit)}`, () => {
      expect(extractMessageIds(unit.repeat(500_000 / unit.length)).length).to.be.at.most(1);
    });
  }
});
