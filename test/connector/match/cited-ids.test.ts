import { expect } from 'chai';
import fc from 'fast-check';

import type { DeliveryReport } from '../../../connector/src/mail/delivery-report.ts';
import { citedIds } from '../../../connector/src/match/cited-ids.ts';
import { headers } from './sample-mail.ts';

function cited(text: string, report?: DeliveryReport): string[] {
  return citedIds(headers(text), report).map(({ id, field }) => `${id} by ${field}`);
}

describe('the ids that say what a message answers', () => {
  it('are those of In-Reply-To and then those of References from right to left', () => {
    expect(cited('References: <root@x> <middle@x> <last@x>\nIn-Reply-To: <parent@x>')).to.deep.equal([
      'parent@x by In-Reply-To',
      'last@x by References',
      'middle@x by References',
      'root@x by References',
    ]);
  });

  it('are named once each, by the nearest field', () => {
    const text = 'In-Reply-To: <parent@x>\nReferences: <root@x> <parent@x>';
    expect(cited(text)).to.deep.equal(['parent@x by In-Reply-To', 'root@x by References']);
  });

  it('are read from either field alone', () => {
    expect(cited('In-Reply-To: <a@x>')).to.deep.equal(['a@x by In-Reply-To']);
    expect(cited('References: <a@x>')).to.deep.equal(['a@x by References']);
  });

  it('leave out every id of the message itself', () => {
    const text = `
      Message-ID: <new@x>
      X-Google-Original-Message-ID: <old@x>
      In-Reply-To: <new@x>
      References: <old@x> <other@x>`;
    expect(cited(text)).to.deep.equal(['other@x by References']);
  });

  it('are none in a message that answers nothing', () => {
    expect(cited('Message-ID: <a@x>\nSubject: hello')).to.deep.equal([]);
    expect(cited('')).to.deep.equal([]);
  });

  it('include the parent that Exchange names in an automatic reply', () => {
    const text = 'X-MS-Exchange-Parent-Message-Id: <parent@x>\nSubject: Automatic reply: An offer';
    expect(cited(text)).to.deep.equal(['parent@x by Exchange Parent']);
  });

  it('leave out the parent that Exchange names in the mail of a person', () => {
    expect(cited('X-MS-Exchange-Parent-Message-Id: <parent@x>\nSubject: FW: An offer')).to.deep.equal([]);
  });

  it('include the mail that a report is about, under every id its returned fields name', () => {
    const returnedFields = headers('Message-ID: <new@x>\nX-Microsoft-Original-Message-ID: <old@x>');
    const report = { originalMessageId: 'told@x', returnedFields };
    expect(cited('From: mailer-daemon@x', report)).to.deep.equal([
      'told@x by Delivery Report',
      'new@x by Delivery Report',
      'old@x by Delivery Report',
    ]);
  });

  it('are a hundred at most: the nearest ones and the root of the thread', () => {
    const references = Array.from({ length: 100_000 }, (_, index) => `<${index}@x>`).join(' ');
    const ids = citedIds(headers(`In-Reply-To: <parent@x>\nReferences: ${references}`)).map(({ id }) => id);
    expect(ids).to.have.lengthOf(100);
    expect([ids[0], ids[1], ids.at(-2), ids.at(-1)]).to.deep.equal(['parent@x', '99999@x', '99902@x', '0@x']);
  });

  it('leave room for References whatever In-Reply-To holds', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `<${index}@x>`).join(' ');
    const ids = citedIds(headers(`In-Reply-To: ${many}\nReferences: <root@y> <last@y>`)).map(({ id }) => id);
    expect(ids.slice(-2)).to.deep.equal(['last@y', 'root@y']);
    expect(ids).to.have.lengthOf(52);
  });

  it('keep every id when they are a hundred', () => {
    const references = Array.from({ length: 99 }, (_, index) => `<${index}@x>`).join(' ');
    const ids = citedIds(headers(`In-Reply-To: <parent@x>\nReferences: ${references}`)).map(({ id }) => id);
    expect(ids).to.have.lengthOf(100);
    expect(ids.at(-1)).to.equal('0@x');
  });

  it('keep every id of In-Reply-To while all are a hundred', () => {
    const many = Array.from({ length: 60 }, (_, index) => `<${index}@x>`).join(' ');
    const references = Array.from({ length: 40 }, (_, index) => `<${index}@y>`).join(' ');
    expect(citedIds(headers(`In-Reply-To: ${many}`))).to.have.lengthOf(60);
    expect(citedIds(headers(`In-Reply-To: ${many}\nReferences: ${references}`))).to.have.lengthOf(100);
  });

  it('keep what a report and Exchange name beside many references', () => {
    const references = Array.from({ length: 500 }, (_, index) => `<${index}@x>`).join(' ');
    const text = `X-MS-Exchange-Parent-Message-Id: <exchange@x> <second@x>\nX-Autoreply: yes\nReferences: ${references}`;
    const ids = citedIds(headers(text), { originalMessageId: 'told@x' }).map(({ id }) => id);
    expect(ids).to.have.lengthOf(100);
    expect(ids.slice(-3)).to.deep.equal(['0@x', 'exchange@x', 'told@x']);
  });

  it('take ten of the returned fields of a report and one of its envelope', () => {
    const many = Array.from({ length: 30 }, (_, index) => `<${index}@x>`).join(' ');
    const report = { returnedFields: headers(`Message-ID: ${many}`), originalEnvelopeId: '<e@x> <f@x>' };
    const ids = citedIds(headers('From: mailer-daemon@x'), report).map(({ id }) => id);
    expect(ids).to.deep.equal([...Array.from({ length: 10 }, (_, index) => `${index}@x`), 'e@x']);
  });

  it('do not depend on the order of the fields', () => {
    const fields = headers(`
      Message-ID: <self@x>
      In-Reply-To: <parent@x>
      References: <root@x> <parent@x>
      Subject: Re: An offer
      From: lena@lead.example.org`);
    const expected = citedIds(fields);
    const shuffled = fc.shuffledSubarray([...fields], { minLength: fields.length });
    fc.assert(fc.property(shuffled, (block) => void expect(citedIds(block)).to.deep.equal(expected)));
  });

  it('are each named somewhere in the message', () => {
    const id = fc.stringMatching(/^[a-z0-9]{1,8}@[a-z]{1,5}$/);
    const field = fc.constantFrom('In-Reply-To', 'References', 'Message-ID', 'Subject');
    const block = fc.array(fc.tuple(field, fc.array(id, { maxLength: 5 })), { maxLength: 5 });
    fc.assert(
      fc.property(block, (fields) => {
        const named = fields.filter(([name]) => name === 'In-Reply-To' || name === 'References');
        const own = new Set(fields.filter(([name]) => name === 'Message-ID').flatMap(([, ids]) => ids));
        const expected = new Set(named.flatMap(([, ids]) => ids).filter((text) => !own.has(text)));
        const found = citedIds(fields.map(([name, ids]) => [name, ids.map((text) => `<${text}>`).join(' ')] as const));
        expect(found.map((cite) => cite.id)).to.have.members([...expected]);
      }),
    );
  });
});
