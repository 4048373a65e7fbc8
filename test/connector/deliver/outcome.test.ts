import { expect } from 'chai';

import { faultOutcome, outcomeOf } from '../../../connector/src/deliver/outcome.ts';
import { SalesforceError } from '../../../connector/src/salesforce/salesforce-error.ts';
import type { SalesforceWriteResult } from '../../../connector/src/salesforce/salesforce.ts';
import type { OutboxItem } from '../../../connector/src/store/store.ts';
import { NOW, sampleReply } from '../../contract/store-samples.ts';

const HOUR = 3_600_000;
const context = { at: NOW, random: () => 0 };
const item = (ageMs: number, attempts = 0): OutboxItem => {
  const reply = sampleReply('answer@buyer.example', 'sent@seller.example');
  return { id: '7', key: reply.replyKey, type: 'Task', reply, attempts, createdAt: new Date(NOW.getTime() - ageMs) };
};
const refused = (errorCode: string, message = 'words'): SalesforceWriteResult => ({
  key: 'k',
  outcome: 'refused',
  errorCode,
  message,
});
const secondsLater = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

describe('the outcome of an outbox item', () => {
  it('is delivered with the id of its record', () => {
    const written: SalesforceWriteResult = { key: 'k', outcome: 'written', recordId: '00T000000000001AAA' };
    expect(outcomeOf(item(0), written, context)).to.deep.equal({
      id: '7',
      outcome: 'delivered',
      recordId: '00T000000000001AAA',
    });
  });

  it('is delivered without an id when the platform named none', () => {
    const written: SalesforceWriteResult = { key: 'k', outcome: 'written', recordId: undefined };
    expect(outcomeOf(item(0), written, context)).to.deep.equal({ id: '7', outcome: 'delivered' });
  });

  it("is a dead letter in the platform's own words for what will not be accepted", () => {
    expect(outcomeOf(item(0), refused('STRING_TOO_LONG', 'Subject: data value too large'), context)).to.deep.equal({
      id: '7',
      outcome: 'dead',
      reason: 'STRING_TOO_LONG: Subject: data value too large',
    });
  });

  it('is a dead letter at the third time that a rule of the org refuses it', () => {
    const answer = refused('FIELD_CUSTOM_VALIDATION_EXCEPTION', 'A Task needs a budget.');
    const outcomes = [0, 1, 2].map((attempts) => outcomeOf(item(0, attempts), answer, context));
    expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(['retry', 'retry', 'dead']);
    expect(outcomes[2]).to.include({ reason: 'FIELD_CUSTOM_VALIDATION_EXCEPTION: A Task needs a budget.' });
  });

  it('is tried again without end for a fault that passes', () => {
    const outcome = outcomeOf(item(1000 * HOUR, 50), refused('UNABLE_TO_LOCK_ROW'), context);
    expect(outcome).to.include({ outcome: 'retry' }).and.to.have.deep.property('notBefore', secondsLater(60));
  });

  for (const code of ['A_CODE_OF_A_LATER_RELEASE', 'INVALID_FIELD']) {
    const answer = refused(code, 'Foreign key external ID: sent@seller.example not found');
    it(`is tried again for a day and then dead for ${code}`, () => {
      expect(outcomeOf(item(24 * HOUR), answer, context).outcome).to.equal('retry');
      expect(outcomeOf(item(24 * HOUR + 1), answer, context).outcome).to.equal('dead');
    });
  }

  it('is held, ever longer, while a right or a field is missing', () => {
    const outcome = outcomeOf(item(1000 * HOUR, 12), refused('INSUFFICIENT_ACCESS'), context);
    expect(outcome).to.include({ outcome: 'retry' }).and.to.have.deep.property('notBefore', secondsLater(3600));
  });

  it('keeps its place and its tries when the whole call failed, and lets others go first when it was sent alone', () => {
    const fault = new SalesforceError('retry', 'the connection broke', []);
    const among = faultOutcome(item(0, 12), fault, { ...context, isAlone: false });
    const alone = faultOutcome(item(0, 12), fault, { ...context, isAlone: true });
    const retry = { id: '7', outcome: 'retry', reason: 'the connection broke' };
    expect(among).to.deep.equal({ ...retry, notBefore: NOW, isTry: false });
    expect(alone).to.deep.equal({ ...retry, notBefore: secondsLater(120) });
  });

  it('keeps no more of the words than a person will read', () => {
    const outcome = outcomeOf(item(0), refused('STRING_TOO_LONG', '😀'.repeat(5000)), context);
    expect(outcome).to.have.property('reason').with.length.at.most(1000);
    expect('reason' in outcome && outcome.reason.isWellFormed()).to.equal(true);
  });
});
