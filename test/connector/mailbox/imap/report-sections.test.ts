import { expect } from 'chai';

import { reportSections, type PartStructure } from '../../../../connector/src/mailbox/imap/report-sections.ts';

const part = (type: string, ...parts: PartStructure[]): PartStructure => ({ type, parts });
const report = (...types: string[]): PartStructure => part('multipart/report', ...types.map((type) => part(type)));

describe('reportSections', () => {
  it('asks for the header alone of a mail that came back whole', () => {
    const sections = reportSections(report('text/plain', 'message/delivery-status', 'message/rfc822'));
    expect([sections?.status.section, sections?.returned?.section]).to.deep.equal(['2', '3.HEADER']);
  });

  it('asks for the third part where only header fields came back', () => {
    const sections = reportSections(report('text/plain', 'message/disposition-notification', 'text/rfc822-headers'));
    expect(sections?.returned).to.deep.equal({ section: '3', maxBytes: 16 * 1024 });
  });

  it('hands on how a part is encoded', () => {
    const status: PartStructure = { type: 'message/global-delivery-status', encoding: 'base64', parts: [] };
    const sections = reportSections(part('multipart/report', part('text/plain'), status));
    expect(sections).to.deep.equal({
      status: { section: '2', maxBytes: 64 * 1024, encoding: 'base64' },
      returned: undefined,
    });
  });

  const others: readonly (readonly [string, PartStructure])[] = [
    ['a plain message', part('text/plain')],
    ['an ordinary multipart', part('multipart/mixed', part('text/plain'), part('message/delivery-status'))],
    ['a report without parts', part('multipart/report')],
    ['a report about abuse', report('text/plain', 'message/feedback-report', 'message/rfc822')],
    ['a report whose second part is the text of a person', report('text/plain', 'text/html')],
  ];
  for (const [what, structure] of others) {
    it(`asks for nothing of ${what}`, () => {
      expect(reportSections(structure)).to.equal(undefined);
    });
  }

  it('never asks for a part that is not machine-readable', () => {
    expect(reportSections(report('text/plain', 'message/delivery-status', 'image/png'))?.returned).to.equal(undefined);
  });
});
