import { expect } from 'chai';
import fc from 'fast-check';
import { parseHeaderBlock, parseHeaderBlocks } from '../../../connector/src/mail/header-block.ts';
import { fieldValue, fieldValues } from '../../../connector/src/mail/header-field.ts';

const parse = (text: string, encoding: BufferEncoding = 'utf8') => parseHeaderBlock(Buffer.from(text, encoding));

const name = fc.stringMatching(/^[!-9;-~]{1,20}$/);
const value = fc.stringMatching(/^[!-~]{1,10}( [!-~]{1,10}){0,5}$/);

describe('parseHeaderBlock', () => {
  const cases: [title: string, text: string, fields: [string, string][]][] = [
    [
      'lines that end with CRLF',
      'A: 1\r\nB: 2\r\n\r\nbody: no',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'lines that end with LF',
      'A: 1\nB: 2\n\nbody: no',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'lines that end with CR alone',
      'A: 1\rB: 2\r\rbody: no',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'a last line without an end',
      'A: 1\r\nB: 2',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'a folded value as it stands',
      'A: 1\r\n 2\r\n\t3\r\nB: 4\r\n',
      [
        ['A', '1\r\n 2\r\n\t3'],
        ['B', '4'],
      ],
    ],
    [
      'a value that begins on the second line',
      'A:\r\n <x@y>\r\nB: 2\r\n',
      [
        ['A', '\r\n <x@y>'],
        ['B', '2'],
      ],
    ],
    [
      'a space before the colon',
      'A : 1\r\nB\t: 2\r\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'an empty value',
      'A:\r\nB: 2\r\n',
      [
        ['A', ''],
        ['B', '2'],
      ],
    ],
    [
      'repeated fields in their order',
      'A: 1\r\nB: 2\r\na: 3\r\n',
      [
        ['A', '1'],
        ['B', '2'],
        ['a', '3'],
      ],
    ],
    ['what follows an mbox From line', 'From x@y Mon Jan  1 00:00:00 2024\nA: 1\n', [['A', '1']]],
    [
      'what follows a line that is no field',
      'A: 1\r\nnonsense\r\n with a fold: here\r\nB: 2\r\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['nothing of a name with a space inside', 'no name: 1\r\nB: 2\r\n', [['B', '2']]],
    [
      'a name that objects inherit',
      '__proto__: 1\r\nconstructor: 2\r\n',
      [
        ['__proto__', '1'],
        ['constructor', '2'],
      ],
    ],
    [
      'NUL within a value',
      'A: 1\u0000\r\nB: 2\r\n',
      [
        ['A', '1\u0000'],
        ['B', '2'],
      ],
    ],
    [
      'a lone CR within a value',
      'A: 1\r2\r\nB: 3\r\n',
      [
        ['A', '1\r2'],
        ['B', '3'],
      ],
    ],
    ['an empty block', '', []],
    ['a block that is only its end', '\r\nA: body\r\n', []],
  ];
  for (const [title, text, fields] of cases) {
    it(`reads ${title}`, () => {
      expect(parse(text)).to.deep.equal(fields);
    });
  }

  it('reads UTF-8 as what it spells and other bytes as Latin-1, run by run', () => {
    const bytes = Buffer.concat([Buffer.from('A: né '), Buffer.from([0xe9]), Buffer.from(' 日\r\n')]);
    expect(fieldValue(parseHeaderBlock(bytes), 'a')).to.equal('né é 日');
  });

  it('keeps both ends of a value that is longer than 64 KB', () => {
    const ids = Array.from({ length: 100_000 }, (_, index) => `<${index}@example.org>`);
    const block = parse(`References: ${ids.join(' ')}\r\nB: 2\r\n`.slice(0, 900_000) + '\r\nC: 3\r\n');
    const references = fieldValue(block, 'References')!;
    expect(references.length).to.be.at.most(64 * 1024);
    expect(references).to.match(/^<0@example.org> /);
    expect(fieldValue(block, 'C')).to.equal('3');
  });

  it('cuts a long value between two words, so that no id is made up of two halves', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `<${index}@example.org>`);
    const references = fieldValue(parse(`References: ${ids.join('\r\n ')}\r\n`), 'References')!;
    const known = new Set(ids);
    expect(references.split(/\s+/).filter((word) => !known.has(word))).to.deep.equal([]);
    expect(references.endsWith(ids.at(-1)!)).to.equal(true);
  });

  it('finds In-Reply-To and References behind ten thousand other fields', () => {
    const noise = Array.from({ length: 10_000 }, (_, index) => `X-${index}: y\r\n`).join('');
    const block = parse(`${noise}In-Reply-To: <a@b>\r\nX-Last: z\r\nreferences: <c@d>\r\n`);
    expect(block.length).to.equal(1002);
    expect(fieldValues(block, 'In-Reply-To')).to.deep.equal(['<a@b>']);
    expect(fieldValues(block, 'References')).to.deep.equal(['<c@d>']);
  });

  it('reads at most the first megabyte', () => {
    const block = parse(`A: 1\r\nB: ${'x'.repeat(1024 * 1024)}\r\nC: 3\r\n`);
    expect(block.map(([field]) => field)).to.deep.equal(['A', 'B']);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const [field] of parseHeaderBlock(bytes)) expect(field).to.match(/^[!-9;-~]+$/);
      }),
    );
  });

  it('gives back the fields that were written, wherever they were folded', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), fc.constantFrom('\n', '\r\n'), (fields, end) => {
        const text = fields.map(([field, content]) => `${field}: ${content.replaceAll(' ', `${end} `)}${end}`).join('');
        const read = parse(`${text}${end}body: no${end}`).map(([field, content]) => [
          field,
          content.replace(/\r?\n/g, ''),
        ]);
        expect(read).to.deep.equal(fields);
      }),
    );
  });

  it('reads a part of a larger buffer', () => {
    const bytes = Buffer.from('ZZZZA: 1\r\n');
    expect(parseHeaderBlock(bytes.subarray(4))).to.deep.equal([['A', '1']]);
  });
});

describe('parseHeaderBlocks', () => {
  it('parts blocks at empty lines and leaves out those without a field', () => {
    const bytes = Buffer.from('\r\nA: 1\r\n\r\n\r\nB: 2\r\nC: 3\r\n\r\n\r\n');
    expect(parseHeaderBlocks(bytes, 10)).to.deep.equal([
      [['A', '1']],
      [
        ['B', '2'],
        ['C', '3'],
      ],
    ]);
  });

  it('stops at its limit', () => {
    expect(parseHeaderBlocks(Buffer.from('A: 1\n\nB: 2\n\nC: 3\n'), 2)).to.have.length(2);
  });
});
