import { expect } from 'chai';
import fc from 'fast-check';

import { parseHeaderBlock, parseHeaderBlocks, parseReadFields } from '../../../connector/src/mail/header-block.ts';
import { fieldValue, fieldValues } from '../../../connector/src/mail/header-field.ts';
import { READ_FIELDS } from '../../../connector/src/mail/read-fields.ts';

const parse = (text: string, encoding: BufferEncoding = 'latin1') => parseHeaderBlock(Buffer.from(text, encoding));

describe('the header block of a message', () => {
  const cases: [title: string, text: string, fields: [string, string][]][] = [
    ['is empty when there are no bytes', '', []],
    ['is empty when the first line is', '\r\nSubject: body\r\n', []],
    ['ends at the first empty line', 'A: 1\r\n\r\nB: 2\r\n', [['A', '1']]],
    ['ends with the bytes when no empty line follows', 'A: 1\r\nB: 2', [['A', '1'], ['B', '2']]], // prettier-ignore
    ['has lines that end with LF alone', 'A: 1\nB: 2\n\nbody', [['A', '1'], ['B', '2']]], // prettier-ignore
    ['has lines that end with CR where there is no LF', 'A: 1\rB: 2\r\rbody', [['A', '1'], ['B', '2']]], // prettier-ignore
    ['keeps the folds of a value', 'A: 1\r\n 2\r\n\t3\r\nB: 4\r\n', [['A', '1\r\n 2\r\n\t3'], ['B', '4']]], // prettier-ignore
    ['keeps repeated fields in their order', 'A: 1\nB: 2\nA: 3\n', [['A', '1'], ['B', '2'], ['A', '3']]], // prettier-ignore
    ['keeps the case of names', 'message-ID: <a@b>\n', [['message-ID', '<a@b>']]],
    ['drops a space before the colon', 'Subject : hello\n', [['Subject', 'hello']]],
    ['keeps a value without a space behind the colon', 'Subject:hello\n', [['Subject', 'hello']]],
    ['keeps an empty value', 'Subject:\r\nTo: x\r\n', [['Subject', ''], ['To', 'x']]], // prettier-ignore
    ['keeps colons inside a value', 'Subject: a: b:c\n', [['Subject', 'a: b:c']]],
    ['passes over the line that an mbox starts with', 'From x@y Mon Jan  1 2024\nA: 1\n', [['A', '1']]],
    ['passes over a line without a colon', 'nonsense\nA: 1\n', [['A', '1']]],
    ['passes over a line without a name', ': value\nA: 1\n', [['A', '1']]],
    ['passes over a last line without a colon or an end', 'A: 1\nSubject', [['A', '1']]],
    ['passes over a name with a space inside', 'Dear friend: x\nA: 1\n', [['A', '1']]],
    ['passes over a name that is not ASCII', 'Ünsinn: x\nA: 1\n', [['A', '1']]],
    ['passes over a continuation line at its very start', ' lost\nA: 1\n', [['A', '1']]],
    ['keeps NUL bytes in a value', 'Subject: a\0b\n', [['Subject', 'a\0b']]],
    ['keeps names that objects inherit', '__proto__: x\nconstructor: y\n', [['__proto__', 'x'], ['constructor', 'y']]], // prettier-ignore
  ];
  for (const [title, text, fields] of cases) {
    it(title, () => expect(parse(text)).to.deep.equal(fields));
  }

  it('reads bytes above 127 as UTF-8 where they are, and as Latin-1 where they are not', () => {
    expect(parse('Subject: Grüße\n', 'utf8')).to.deep.equal([['Subject', 'Grüße']]);
    expect(parse('Subject: Grüße\n', 'latin1')).to.deep.equal([['Subject', 'Grüße']]);
  });

  it('reads a part of a larger buffer and nothing around it', () => {
    const bytes = Buffer.from('Before: 1\nA: 2\n\nAfter: 3\n');
    expect(parseHeaderBlock(bytes.subarray(10, 15))).to.deep.equal([['A', '2']]);
  });

  it('reads one megabyte and leaves what follows', () => {
    const line = 'X-Filler: abcdefghijklmnopqrstuvwxyz\r\n';
    const text = 'Message-ID: <first@example.org>\r\n' + line.repeat(60_000) + 'Message-ID: <last@example.org>\r\n';
    const block = parse(text);
    expect(text.length).to.be.above(2 * 1024 * 1024);
    expect(fieldValues(block, 'Message-ID')).to.deep.equal(['<first@example.org>']);
    expect(block).to.have.lengthOf(1000);
  });

  it('keeps the fields that name messages behind a thousand others', () => {
    const named = 'In-Reply-To: <a@b>\nReferences: <c@d>\nMessage-ID: <e@f>\n';
    const block = parse(`${'X-Filler: 1\n'.repeat(5000)}${named}Subject: lost\n`);
    expect(fieldValue(block, 'Message-ID')).to.equal('<e@f>');
    expect(fieldValue(block, 'In-Reply-To')).to.equal('<a@b>');
    expect(fieldValue(block, 'References')).to.equal('<c@d>');
    expect(fieldValue(block, 'Subject')).to.equal(undefined);
  });

  it('shortens an overlong value between two words and keeps both ends', () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `<${index}@example.org>`);
    const value = fieldValue(parse(`References: ${ids.join(' ')}\n`), 'References')!;
    const kept = value.split(/\s+/);
    expect(value.length).to.be.at.most(64 * 1024);
    expect([kept[0], kept.at(-1)]).to.deep.equal([ids[0], ids.at(-1)]);
    const known = new Set(ids);
    expect(kept.filter((word) => !known.has(word))).to.deep.equal([]);
  });

  it('keeps at most two thousand fields, even of those that name messages', () => {
    const block = parse('X-Filler: 1\n'.repeat(1000) + 'References: <a@b>\n'.repeat(5000));
    expect(fieldValues(block, 'References')).to.have.lengthOf(1000);
  });

  it('keeps a value as it is wherever it stands', () => {
    const words = 'word '.repeat(1000).trim();
    const block = parse(
      'X-Filler: abcdefghijklmnopqrstuvwxyz\n'.repeat(900) + `X-Filler: ${words.repeat(10)}\nSubject: ${words}\n`,
    );
    expect(fieldValue(block, 'Subject')).to.equal(words);
  });

  it('keeps a value of 64 KB and shortens a longer one to whole words of both ends', () => {
    const value = `first ${'x'.repeat(9)} `.repeat(4096);
    expect(fieldValue(parse(`Subject: ${value}\n`), 'Subject')).to.equal(value);
    const longer = `${value.slice(0, 32_768)}${'z'.repeat(20_000)}${value.slice(32_768)}`;
    const shortened = fieldValue(parse(`Subject: ${longer}\n`), 'Subject')!;
    expect(shortened.split(' ').every((word) => ['', 'first', 'x'.repeat(9)].includes(word))).to.equal(true);
    expect(shortened.length).to.be.within(65_536 - 40, 65_536);
  });

  it('keeps the beginning alone of a value whose other end is one word', () => {
    const value = `${'word '.repeat(8000)}${'y'.repeat(40_000)}`;
    expect(fieldValue(parse(`Subject: ${value}\n`), 'Subject')).to.equal(value.slice(0, 32_768));
  });

  it('keeps the beginning alone of a value whose beginning is one word', () => {
    const value = `${'y'.repeat(40_000)}${' word'.repeat(8000)}`;
    expect(fieldValue(parse(`Subject: ${value}\n`), 'Subject')).to.equal('y'.repeat(32_768));
  });

  it('comes to an end of a megabyte of lines without a colon, or of colons', function () {
    this.timeout(20_000);
    expect(parse('abc\n'.repeat(250_000))).to.deep.equal([]);
    expect(parse(':\n'.repeat(500_000))).to.deep.equal([]);
  });

  it('shortens an overlong word to its beginning', () => {
    const value = fieldValue(parse(`Subject: ${'a'.repeat(100_000)}\n`), 'Subject')!;
    expect(value)
      .to.match(/^a+$/)
      .and.to.have.lengthOf.within(1, 64 * 1024);
  });

  it('is read from any bytes without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const [name, value] of parseHeaderBlock(bytes)) {
          expect(name).to.match(/^[!-9;-~]+$/);
          expect(value).to.be.a('string');
        }
      }),
    );
  });

  it('is read from any mixture of its own punctuation without an error', () => {
    const parts = ['\r', '\n', ' ', '\t', ':', 'A', 'From ', '\0', '\xff', 'Message-ID', '<', '>'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 60 }), (texts) => {
        const block = parse(texts.join(''));
        expect(block.every(([name]) => name !== '' && !name.includes(':'))).to.equal(true);
      }),
    );
  });

  it('holds every field that was written into it', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,20}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (fields) => {
        const text = fields.map(([fieldName, fieldText]) => `${fieldName}: ${fieldText}\r\n`).join('');
        expect(parse(`${text}\r\nbody`)).to.deep.equal(fields);
      }),
    );
  });
});

describe('the values of a field', () => {
  it('are found under its name in any case, and under no name that differs by more', () => {
    const block = parse('X-ABZ: 1\nx-abz: 2\nX-aB@: 3\nX-aB`: 4\nX-AB[: 5\nX-AB{: 6\nX-AB: 7\n');
    expect(fieldValues(block, 'X-AbZ')).to.deep.equal(['1', '2']);
    expect(fieldValues(block, 'X-AB`')).to.deep.equal(['4']);
    expect(fieldValues(block, 'X-AB{')).to.deep.equal(['6']);
    expect(fieldValue(block, 'x-ab')).to.equal('7');
  });
});

describe('the fields that are read of a message', () => {
  const read = (text: string) => parseReadFields(Buffer.from(text));

  it('are those of the list, spelled as it spells them, in their order', () => {
    const text = 'Received: a\n by b\nMESSAGE-id : <a@b>\nX-Custom: c\nSubject: d\n e\nsubject: f\n\nFrom: body\n';
    expect(read(text)).to.deep.equal([
      ['Message-ID', '<a@b>'],
      ['Subject', 'd\n e'],
      ['Subject', 'f'],
    ]);
  });

  for (const name of READ_FIELDS) {
    it(`include ${name} in capitals and in small letters, and no name that only begins or ends like it`, () => {
      const text = `${name.toUpperCase()}: 1\n${name.toLowerCase()}: 2\n${name}s: 3\n${name.slice(1)}: 4\nX${name}: 5\n`;
      const values = read(text).filter(([found]) => found === name);
      expect(values).to.deep.equal([
        [name, '1'],
        [name, '2'],
      ]);
    });
  }

  it('are found beside names of any length', () => {
    const names = Array.from({ length: 200 }, (_, length) => `${'X'.repeat(length + 1)}: ${length}`);
    expect(read(`${names.join('\n')}\nSubject: a\n`)).to.deep.equal([['Subject', 'a']]);
  });

  it('are the same as of the whole block, whatever the bytes', () => {
    const parts = ['\r', '\n', ' ', ':', 'x', 'From', 'subject', 'Message-ID', 'REFERENCES', 'Date', '\xff', 'é'];
    const names = new Set(READ_FIELDS.map((name) => name.toLowerCase()));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 60 }), (texts) => {
        const bytes = Buffer.from(texts.join(''), 'latin1');
        const wanted = parseHeaderBlock(bytes).filter(([name]) => names.has(name.toLowerCase()));
        const found = parseReadFields(bytes);
        expect(found.map(([, value]) => value)).to.deep.equal(wanted.map(([, value]) => value));
        expect(found.map(([name]) => name.toLowerCase())).to.deep.equal(wanted.map(([name]) => name.toLowerCase()));
      }),
    );
  });
});

describe('the blocks of a delivery status', () => {
  it('are separated by empty lines', () => {
    const text = 'Reporting-MTA: dns; a\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\r\nAction: delayed\r\n';
    const blocks = parseHeaderBlocks(Buffer.from(text), 10);
    expect(blocks.map((block) => block.map(([name, value]) => `${name}=${value}`))).to.deep.equal([
      ['Reporting-MTA=dns; a'],
      ['Action=failed', 'Status=5.1.1'],
      ['Action=delayed'],
    ]);
  });

  it('are no more than asked for', () => {
    expect(parseHeaderBlocks(Buffer.from('A: 1\n\n'.repeat(1000)), 3)).to.have.lengthOf(3);
  });

  it('are none in a text without fields', () => {
    expect(parseHeaderBlocks(Buffer.from('\n\nnothing here\n\n'), 3)).to.deep.equal([]);
  });
});

describe('a field of a header block', () => {
  const block = parse('Subject: first\nSUBJECT: second\nSubjects: third\n');

  it('is found whatever the case of its name', () => {
    expect(fieldValue(block, 'subject')).to.equal('first');
    expect(fieldValues(block, 'sUbJeCt')).to.deep.equal(['first', 'second']);
  });

  it('is undefined when there is none of its name', () => {
    expect(fieldValue(block, 'Date')).to.equal(undefined);
    expect(fieldValues(block, '__proto__')).to.deep.equal([]);
  });
});
