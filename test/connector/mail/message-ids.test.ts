import { expect } from 'chai';
import fc from 'fast-check';

import { extractMessageIds, idsNamedIn } from '../../../connector/src/mail/message-ids.ts';

describe('the ids in a field that names messages', () => {
  const cases: [title: string, value: string, ids: string[]][] = [
    ['are one in the plain form', '<a@example.org>', ['a@example.org']],
    ['are several, in order', '<a@x> <b@x> <c@x>', ['a@x', 'b@x', 'c@x']],
    ['are named once each', '<a@x> <b@x> <a@x>', ['a@x', 'b@x']],
    ['keep their case', '<AbC@Example.ORG>', ['AbC@Example.ORG']],
    ['stand without a space between them', '<a@x><b@x>', ['a@x', 'b@x']],
    ['are separated by commas', '<a@x>, <b@x>,<c@x>', ['a@x', 'b@x', 'c@x']],
    ['are folded between two ids', '<a@x>\r\n\t<b@x>', ['a@x', 'b@x']],
    ['are folded inside an id', '<a.very.long.id\r\n @example.org>', ['a.very.long.id@example.org']],
    ['hold no white space', '< a b@x >', ['ab@x']],
    ['hold no control characters', '<a\0b\x07@x>', ['ab@x']],
    ['stand among a phrase', 'Your message of "Mon, 1 Jan" <a@x>', ['a@x']],
    ['stand before a comment', "<a@x> (Jane's message of Monday)", ['a@x']],
    ['stand behind an address in a comment', '(jane@example.org) <a@x>', ['a@x']],
    ['come without angle brackets', 'a@x', ['a@x']],
    ['come without angle brackets among words', 'message a@x, from b@x;', ['a@x', 'b@x']],
    ['come with half of their brackets', '<a@x', ['a@x']],
    ['come with a bracket that is opened twice', '<<a@x>', ['a@x']],
    ['come with the other half of their brackets', 'a@x>', ['a@x']],
    ['come with an empty pair of brackets', '<a@x> <>', ['a@x']],
    ['come behind a bracket that was opened for nothing', 'came <late <a@x> <b@x>', ['a@x', 'b@x']],
    ['come in quotation marks', '"a@x"', ['a@x']],
    ['come in single quotation marks', "'a@x'", ['a@x']],
    ['come in parentheses', '(a@x)', ['a@x']],
    ['come beside a stray quotation mark', '<a @x> b"@y <c@x>', ['a@x', 'c@x']],
    ['come with a bracket that is never closed', '<a@x> <b@x', ['a@x']],
    ['need no at sign in brackets', '<20240101.1234>', ['20240101.1234']],
    ['need no at sign when the value is one word', '20240101.1234', ['20240101.1234']],
    ['are not words without an at sign', 'no id in here', []],
    ['may hold a domain literal', '<a@[192.0.2.1]>', ['a@[192.0.2.1]']],
    ['may hold several at signs', '<a@b@c>', ['a@b@c']],
    ['may hold a quoted local part with brackets', '<"a<b>c"@x>', ['"a<b>c"@x']],
    ['may hold a quoted mark in a quoted local part', String.raw`<"a\"b>c"@x>`, [String.raw`"a\"b>c"@x`]],
    ['end at the first bracket where no at sign follows the quotation mark', '<"a>b"c@x> <d@x>', ['"a', 'd@x']],
    ['may begin with a quotation mark that is never closed', '<"a@x> <b@x>', ['"a@x', 'b@x']],
    ['may hold bytes above 127', '<grüße@x>', ['grüße@x']],
    ['are decoded from encoded words', '=?utf-8?Q?=3Ca=40x=3E?=', ['a@x']],
    ['are none in an empty value', '', []],
    ['are none in blanks', ' \r\n\t ', []],
    ['are none in empty brackets', '<> < >', []],
    ['are none in brackets the wrong way round', '><', []],
    ['keep what would break out of a query', "<x' OR Name != '@example.org>", ["x'ORName!='@example.org"]],
  ];
  for (const [title, value, ids] of cases) {
    it(title, () => expect(extractMessageIds(value)).to.deep.equal(ids));
  }

  it('are read from every field of the name', () => {
    const block = [['References', '<a@x> <b@x>'], ['Subject', '<s@x>'], ['REFERENCES', '<b@x> <c@x>']] as const; // prettier-ignore
    expect(idsNamedIn(block, 'References')).to.deep.equal(['a@x', 'b@x', 'c@x']);
    expect(idsNamedIn(block, 'In-Reply-To')).to.deep.equal([]);
  });

  it('are all read from a field that holds a hundred thousand', () => {
    const ids = Array.from({ length: 100_000 }, (_, index) => `${index}@example.org`);
    const found = extractMessageIds(ids.map((id) => `<${id}>`).join(' '));
    expect(found).to.have.lengthOf(100_000);
    expect(found.at(-1)).to.equal('99999@example.org');
  });

  for (const text of ['<', '<"', '<"a" ', '"', '<a', '>', '(', '=?', '<a@b ', '\\"<']) {
    it(`are looked for in a million characters of ${JSON.stringify(text)}`, function () {
      this.timeout(20_000);
      expect(extractMessageIds(text.repeat(1_000_000 / text.length))).to.be.an('array');
    });
  }
});

describe('whatever the field holds, the ids', () => {
  const local = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=^_`{|}~.-]{1,30}$/).filter((text) => !text.includes('=?'));
  const domain = fc.stringMatching(/^[a-z0-9]{1,10}(\.[a-z]{2,5}){1,2}$/);
  const id = fc.tuple(local, domain).map(([left, right]) => `${left}@${right}`);
  const separator = fc.constantFrom(' ', '', ',', ', ', '\r\n ', '\n\t', ' (a comment) ', ' said: ', ';');

  it('that are well-formed are all found, and no others', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(id, separator), { minLength: 1, maxLength: 40 }), (parts) => {
        const value = parts.map(([text, between]) => `<${text}>${between}`).join('');
        expect(extractMessageIds(value)).to.deep.equal([...new Set(parts.map(([text]) => text))]);
      }),
    );
  });

  it('are found again where they were folded inside', () => {
    fc.assert(
      fc.property(id, fc.nat(), fc.constantFrom('\r\n ', '\n\t', ' ', '\r\n \t'), (text, place, fold) => {
        const at = place % (text.length + 1);
        expect(extractMessageIds(`<${text.slice(0, at)}${fold}${text.slice(at)}>`)).to.deep.equal([text]);
      }),
    );
  });

  it('are found without their brackets when they stand alone', () => {
    const plain = fc.tuple(fc.stringMatching(/^[a-z0-9.]{1,20}$/), domain).map(([left, right]) => `${left}@${right}`);
    fc.assert(fc.property(plain, (text) => void expect(extractMessageIds(` ${text}\r\n`)).to.deep.equal([text])));
  });

  it('are made of characters of the field in its order', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'<>@"\\(), \n\tabé.'), maxLength: 60 });
    fc.assert(
      fc.property(noise, (value) => {
        const squeezed = value.replace(/[\s\x00-\x1f\x7f]+/g, ''); // eslint-disable-line no-control-regex
        for (const found of extractMessageIds(value)) expect(squeezed).to.include(found);
      }),
    );
  });

  it('are the same when they are read once more from what was found', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 20 }), (texts) => {
        const once = extractMessageIds(texts.map((text) => `<${text}>`).join(' '));
        expect(extractMessageIds(once.map((text) => `<${text}>`).join('\r\n '))).to.deep.equal(once);
      }),
    );
  });

  it('are neither empty nor repeated nor hold white space', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (value) => {
        const ids = extractMessageIds(value);
        expect(new Set(ids).size).to.equal(ids.length);
        expect(ids.every((text) => text !== '' && !/\s/.test(text))).to.equal(true);
      }),
    );
  });
});
