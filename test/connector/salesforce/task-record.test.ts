import { expect } from 'chai';
import fc from 'fast-check';

import { KINDS, type Kind } from '../../../connector/src/mail/kind.ts';
import type { Reply } from '../../../connector/src/match/reply.ts';
import { apiNames } from '../../../connector/src/salesforce/api-names.ts';
import { taskRecord } from '../../../connector/src/salesforce/task-record.ts';
import { sampleReply } from '../../contract/store-samples.ts';

const record = (changes: Partial<Reply> = {}): Readonly<Record<string, unknown>> =>
  taskRecord(sampleReply('answer@buyer.example', 'sent@seller.example', changes), 'Done', apiNames());

describe('the Task of a reply', () => {
  it('has every field of the reply and nothing else', () => {
    const reply = sampleReply('answer@buyer.example', 'sent@seller.example', {
      campaignStatusId: 'a03000000000001AAA',
      confidence: 'medium',
      resumeAt: new Date('2026-03-14T23:59:59.999Z'),
    });
    expect(taskRecord(reply, 'Done', apiNames())).to.deep.equal({
      Subject: 'Reply: Re: Our offer',
      Status: 'Done',
      TaskSubtype: 'Email',
      ActivityDate: '2026-03-02',
      OwnerId: '005000000000001AAA',
      WhoId: '003000000000001AAA',
      ReplyKey__c: reply.replyKey,
      ReplyKind__c: 'Human',
      ReplyFrom__c: 'lead@buyer.example',
      ReplyReceivedAt__c: '2026-03-02T09:00:00.000Z',
      ReplyResumeAt__c: '2026-03-14T23:59:59.999Z',
      MatchedBy__c: 'In-Reply-To',
      MatchConfidence__c: 'Medium',
      Replier__c: 'Recipient',
      TrackedEmail__r: { MessageKey__c: 'sent@seller.example' },
      CampaignStatus__c: 'a03000000000001AAA',
    });
  });

  const KIND_TABLE: Record<Kind, readonly [string, string]> = {
    human: ['Human', 'Reply: hi'],
    forward: ['Forward', 'Forward: hi'],
    auto_reply: ['Auto-Reply', 'Out of office: hi'],
    bounce: ['Bounce', 'Bounce: hi'],
    delay: ['Delay', 'Delayed: hi'],
    delivery_ok: ['Delivered', 'Delivered: hi'],
    read_receipt: ['Read Receipt', 'Read: hi'],
    complaint: ['Complaint', 'Spam complaint: hi'],
    calendar: ['Calendar', 'Calendar answer: hi'],
    challenge: ['Challenge', 'Sender check: hi'],
    list_bulk: ['List', 'List mail: hi'],
  };
  for (const kind of KINDS) {
    it(`says ${KIND_TABLE[kind][0]} of mail of the kind ${kind}`, () => {
      const { ReplyKind__c, Subject } = record({ kind, subject: 'hi' });
      expect([ReplyKind__c, Subject]).to.deep.equal(KIND_TABLE[kind]);
    });
  }

  for (const kind of ['from_a_newer_version', '__proto__', 'constructor']) {
    it(`says Other of mail of the unknown kind ${kind}`, () => {
      expect(record({ kind: kind as Kind })['ReplyKind__c']).to.equal('Other');
    });
  }

  it('says how sure the match is, in the words of the picklist', () => {
    const values = (['high', 'medium', 'low'] as const).map(
      (confidence) => record({ confidence })['MatchConfidence__c'],
    );
    expect(values).to.deep.equal(['High', 'Medium', 'Low']);
  });

  it('leaves out what the reply does not say', () => {
    expect(record()).not.to.have.any.keys('ReplyResumeAt__c', 'MatchConfidence__c');
  });

  it('says that there was no subject', () => {
    expect(record({ subject: '  ' })['Subject']).to.equal('Reply: (no subject)');
  });

  it('names a Lead as its person', () => {
    expect(record({ personId: '00Q000000000001AAA' })['WhoId']).to.equal('00Q000000000001AAA');
  });

  for (const personId of ['001000000000001AAA', '003', "003000000000001' OR", '']) {
    it(`names no person for the id ${JSON.stringify(personId)}`, () => {
      expect(record({ personId })).not.to.have.property('WhoId');
    });
  }

  it('leaves the owner to the platform when it is not known', () => {
    expect(record({ ownerId: '' })).not.to.have.property('OwnerId');
  });

  it('leaves out an instant that the platform could not hold', () => {
    const never = new Date('0001-01-01T00:00:00Z');
    const task = record({ receivedAt: never, resumeAt: never });
    expect(task).not.to.have.any.keys('ActivityDate', 'ReplyReceivedAt__c', 'ReplyResumeAt__c');
  });

  it('puts the prefix of the package before every name of ours and no other', () => {
    const task = taskRecord(sampleReply('a@b', 'c@d'), 'Done', apiNames('acme'));
    const names = Object.keys(task);
    expect(names).to.include.members(['Subject', 'WhoId', 'acme__ReplyKey__c', 'acme__TrackedEmail__r']);
    expect(names.filter((name) => /__[cr]$/.test(name) && !name.startsWith('acme__'))).to.deep.equal([]);
    expect(task['acme__TrackedEmail__r']).to.deep.equal({ acme__MessageKey__c: 'c@d' });
  });

  it('fits its fields whatever a stranger writes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 1200 });
    fc.assert(
      fc.property(text, text, (subject, from) => {
        const { Subject, ReplyFrom__c = '' } = record({ subject, from });
        expect(String(Subject).length).to.be.at.most(255);
        expect(String(ReplyFrom__c).length).to.be.at.most(255);
        expect(String(Subject).isWellFormed() && String(ReplyFrom__c).isWellFormed()).to.equal(true);
      }),
    );
  });
});

describe('the names of the package', () => {
  it('take no namespace that could become part of a query', () => {
    expect(() => apiNames("x' OR")).to.throw('namespace prefix');
  });
});
