import { expect } from 'chai';
import { readinessOf } from '../../../connector/src/server/readiness.ts';
import { sampleMailbox, sampleStatus } from './sample-facade.ts';

describe('readinessOf', () => {
  const ready = (...mailboxes: Parameters<typeof sampleMailbox>[0][]) =>
    readinessOf(sampleStatus({ mailboxes: mailboxes.map(sampleMailbox) }), 3_600);

  it('is not ready while a mailbox is stuck, and names it', () => {
    expect(ready({}, { address: 'b@seller.example', lagSeconds: 7_200 })).to.deep.equal({
      ready: false,
      reasons: ['b@seller.example has not been read for 2 hours.'],
    });
  });

  it('is ready although providers refuse or do not answer, and a first read goes on', () => {
    const long = { lagSeconds: 90_000 };
    const all = ready({ state: 'failing', ...long }, { state: 'reconnect', ...long }, { state: 'reading', ...long });
    expect(all).to.deep.equal({ ready: true, reasons: [] });
  });

  it('is ready without mailboxes, and with one that has never been read', () => {
    expect(ready().ready).to.equal(true);
    expect(ready({ caughtUpAt: null, lagSeconds: null }).ready).to.equal(true);
  });
});
