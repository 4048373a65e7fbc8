import { expect } from 'chai';
import fc from 'fast-check';
import { readDeliveryReport } from '../../../connector/src/mail/delivery-report.ts';
import { failedRecipient } from '../../../connector/src/mail/failed-recipient.ts';

const read = (status: string, returned?: string) =>
  readDeliveryReport({
    status: Buffer.from(status.replaceAll('\n', '\r\n')),
    ...(returned !== undefined && { returned: Buffer.from(returned) }),
  });

const MESSAGE = 'Reporting-MTA: dns; mx.example.org\nOriginal-Envelope-Id: env-1\n';
const recipient = (address: string, action: string): string =>
  `\nFinal-Recipient: rfc822; ${address}\nAction: ${action}\nStatus: 4.4.1\n`;

describe('readDeliveryReport', () => {
  it('reads a failure, decided by its action and not by its status class', () => {
    const report = read(
      MESSAGE + recipient('Lead@Example.org', 'failed'),
      'Message-ID: <sent@x>\nSubject: Offer\n\nbody',
    );
    expect(report).to.deep.equal({
      action: 'failed',
      recipient: 'lead@example.org',
      originalEnvelopeId: 'env-1',
      originalMessageId: 'sent@x',
      returnedFields: [
        ['Message-ID', '<sent@x>'],
        ['Subject', 'Offer'],
      ],
    });
  });

  for (const action of ['delayed', 'delivered', 'relayed', 'expanded']) {
    it(`reads the action ${action}`, () => {
      expect(read(MESSAGE + recipient('a@x.org', `${action.toUpperCase()} (comment)`))?.action).to.equal(action);
    });
  }

  it('lets one failed recipient decide over the others, and names that one', () => {
    const report = read(
      MESSAGE + recipient('a@x.org', 'delivered') + recipient('b@x.org', 'failed') + recipient('c@x.org', 'delayed'),
    );
    expect(report?.action).to.equal('failed');
    expect(report?.recipient).to.equal('b@x.org');
  });

  it('takes the original recipient where the final one is missing or no address', () => {
    expect(
      read('Final-Recipient: x-local; someone\nOriginal-Recipient: RFC822;lead@x.org\nAction: failed\n')?.recipient,
    ).to.equal('lead@x.org');
  });

  it('takes the original recipient where there is no final one', () => {
    expect(read('Original-Recipient: rfc822;lead@x.org\nAction: failed\n')?.recipient).to.equal('lead@x.org');
  });

  it('takes no address from what stands in the place of its type', () => {
    expect(read('Final-Recipient: relay@mx.example; lead@x.org\nAction: failed\n')?.recipient).to.equal('lead@x.org');
  });

  it('names the recipient behind the block about the message though no action is told', () => {
    expect(read(`${MESSAGE}\nFinal-Recipient: rfc822; lead@x.org\n`)?.recipient).to.equal('lead@x.org');
  });

  it('reads a disposition notification', () => {
    const report = read(
      'Final-Recipient: rfc822; lead@x.org\nOriginal-Message-ID: <sent@x>\n' +
        'Disposition: automatic-action/MDN-sent-automatically;\n deleted\n',
      'Message-ID: <rewritten@y>\n',
    );
    expect(report).to.include({
      recipient: 'lead@x.org',
      originalMessageId: 'sent@x',
      disposition: 'automatic-action/MDN-sent-automatically; deleted',
    });
    expect(report).to.not.have.property('action');
  });

  it('reads a report that begins with empty lines', () => {
    expect(read(`\n\n${MESSAGE}\n${recipient('a@x.org', 'failed')}`)?.action).to.equal('failed');
  });

  it('knows no other action', () => {
    expect(read('Final-Recipient: rfc822; a@x.org\nAction: exploded\n')).to.deep.equal({ recipient: 'a@x.org' });
  });

  it('is undefined when the parts say nothing', () => {
    expect(read('')).to.equal(undefined);
    expect(read('just a text that was put here\n')).to.equal(undefined);
  });

  it('never throws, whatever the bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(fc.property(bytes, bytes, (status, returned) => void readDeliveryReport({ status, returned })));
  });
});

describe('failedRecipient', () => {
  it('is the recipient of the report, else the only one in X-Failed-Recipients', () => {
    expect(failedRecipient([['X-Failed-Recipients', 'a@x.org']], { action: 'failed', recipient: 'b@x.org' })).to.equal(
      'b@x.org',
    );
    expect(failedRecipient([['X-Failed-Recipients', ' A@x.org']])).to.equal('a@x.org');
  });

  it('is unknown when several failed or none is named', () => {
    expect(failedRecipient([['X-Failed-Recipients', 'a@x.org, b@x.org']])).to.equal(undefined);
    expect(failedRecipient([['Subject', 'failure notice']], { action: 'failed' })).to.equal(undefined);
  });
});
