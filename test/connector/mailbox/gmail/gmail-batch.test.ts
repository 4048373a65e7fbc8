import { expect } from 'chai';

import { UnreadableAnswer } from '../../../../connector/src/mailbox/gmail/gmail-answer.ts';
import { formatBatch, parseBatch } from '../../../../connector/src/mailbox/gmail/gmail-batch.ts';

const TYPE = 'multipart/mixed; boundary=batch_x';
const part = (place: number | string, status = '200 OK', data = `{"n":${place}}`): string =>
  `--batch_x\r\nContent-Type: application/http\r\nContent-ID: <response-item-${place}>\r\n\r\n` +
  `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=UTF-8\r\nRetry-After: 3\r\n\r\n${data}\r\n`;
const END = '--batch_x--\r\n';

describe('a batch of Gmail calls', () => {
  it('is written as the guide has it: one part of application/http for each call, and an end', () => {
    expect(formatBatch(['/gmail/v1/a?b=c', '/gmail/v1/d'], 'x').split('\r\n')).to.deep.equal([
      ...['--x', 'Content-Type: application/http', 'Content-ID: <item-0>', '', 'GET /gmail/v1/a?b=c', ''],
      ...['--x', 'Content-Type: application/http', 'Content-ID: <item-1>', '', 'GET /gmail/v1/d', ''],
      ...['--x--', ''],
    ]);
  });

  it('gives the answers in the order of the calls, whatever order they come in', () => {
    const parts = parseBatch(TYPE, part(1, '404 Not Found') + part(0) + END, 2);
    expect(parts.map(({ status, data }) => [status, data])).to.deep.equal([
      [200, { n: 0 }],
      [404, { n: 1 }],
    ]);
    expect(parts[1]!.headers.get('retry-after')).to.equal('3');
  });

  it('takes bare line feeds, a quoted boundary and text before the first part', () => {
    const body = `preamble\r\n${part(0)}${END}`.replaceAll('\r\n', '\n');
    expect(parseBatch('multipart/mixed; boundary="batch_x"', body, 1)[0]!.data).to.deep.equal({ n: 0 });
  });

  it('gives no data for a part that is no JSON', () => {
    expect(parseBatch(TYPE, part(0, '200 OK', '<html>') + END, 1)[0]!.data).to.equal(undefined);
  });

  const refused: readonly (readonly [what: string, type: string, body: string, calls: number])[] = [
    ['another type', 'text/html', part(0) + END, 1],
    ['no boundary', 'multipart/mixed', part(0) + END, 1],
    ['a boundary longer than any', `multipart/mixed; boundary=${'x'.repeat(200)}`, part(0) + END, 1],
    ['nothing', TYPE, '', 1],
    ['an answer that is missing', TYPE, part(0) + END, 2],
    ['an answer that nobody asked for', TYPE, part(0) + part(1) + END, 1],
    ['an answer that stands twice', TYPE, part(0) + part(0) + END, 2],
    ['a place that is none', TYPE, part(7) + END, 1],
    ['a place that is a word', TYPE, part('__proto__', '200 OK', '{}') + END, 1],
    ['an end that is missing', TYPE, part(0), 1],
    ['a part that is cut', TYPE, '--batch_x\r\nContent-ID: <response-item-0>\r\n' + END, 1],
    ['a status that is none', TYPE, part(0, 'fine') + END, 1],
    ['an HTML page', 'text/html', '<html>', 1],
  ];
  for (const [what, type, body, calls] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => parseBatch(type, body, calls)).to.throw(UnreadableAnswer);
    });
  }
});
