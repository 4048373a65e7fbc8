import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recipientKey } from '../../connector/src/salesforce/tracked-email-record.ts';
import { shiftDates, WRITTEN_AT } from '../../scripts/org/shift-dates.ts';

const ORG = join(import.meta.dirname, '../../scripts/org');
const DATA = join(ORG, 'data');

type SampleRecord = Readonly<Record<string, unknown>> & {
  readonly attributes: { readonly type: string; readonly referenceId: string };
};

interface PlanPart {
  readonly sobject: string;
  readonly files: readonly string[];
}

const readData = (name: string): unknown => JSON.parse(readFileSync(join(DATA, name), 'utf8'));
const plan = readData('plan.json') as readonly PlanPart[];
const recordsOf = (name: string): readonly SampleRecord[] =>
  (readData(name) as { records: readonly SampleRecord[] }).records;
const parts = plan.map(({ sobject, files: [name = ''] }) => ({ sobject, name, records: recordsOf(name) }));
const records = parts.flatMap((part) => part.records);
const byReference = new Map(records.map((record) => [record.attributes.referenceId, record]));
const ofType = (type: string): readonly SampleRecord[] => records.filter(({ attributes }) => attributes.type === type);
const named = (reference: unknown): SampleRecord => byReference.get(String(reference).slice(1))!;

describe('the sample data', () => {
  it('is imported whole: the plan names every file once, with at most 200 records of one type', () => {
    const files = readdirSync(DATA).filter((name) => name !== 'plan.json');
    expect(parts.map(({ name }) => name)).to.have.members(files);
    for (const { sobject, records: own } of parts) {
      expect(new Set(own.map(({ attributes }) => attributes.type))).to.deep.equal(new Set([sobject]));
      expect(own.length).to.be.within(1, 200);
    }
    expect(byReference.size).to.equal(records.length);
  });

  it('refers to records of earlier files alone', () => {
    const known = new Set<string>();
    for (const { records: own } of parts) {
      const used = own.flatMap((record) => Object.values(record)).filter((value) => String(value).startsWith('@'));
      expect(used.filter((value) => !known.has(String(value)))).to.deep.equal([]);
      for (const { attributes } of own) known.add(`@${attributes.referenceId}`);
    }
  });

  it('invents its people: every address and site ends in .example', () => {
    const texts = records.flatMap((record) => Object.values(record)).filter((value) => typeof value === 'string');
    const addresses = texts.filter((text) => /@\w|:\/\//.test(text) && !text.startsWith('@'));
    expect(addresses).not.to.deep.equal([]);
    expect(addresses.filter((text) => !/\.example(?:\.|$)/.test(text))).to.deep.equal([]);
  });

  it('has the keys of recipients that the connector makes', () => {
    for (const recipient of ofType('TrackedRecipient__c')) {
      const key = String(named(recipient['TrackedEmail__c'])['MessageKey__c']);
      expect(recipient['RecipientKey__c']).to.equal(recipientKey(key, String(recipient['Address__c'])));
    }
  });

  it('gives every reply and every mailbox a key of its own', () => {
    const keys = records.flatMap((record) => record['ReplyKey__c'] ?? record['MailboxKey__c'] ?? []).map(String);
    expect(new Set(keys).size).to.equal(keys.length);
    for (const key of keys) expect(key).to.match(/^[0-9a-f]{64}$/);
  });

  it('tells what can have happened: enrolled, then sent, then answered, and nothing in the future', () => {
    for (const task of ofType('Task')) {
      const enrolled = named(task['CampaignStatus__c'])['EnrolledAt__c'];
      const sent = named(task['TrackedEmail__c'])['SentAt__c'];
      const moments = [enrolled, sent, task['ReplyReceivedAt__c'], WRITTEN_AT.toISOString()].map(String);
      expect(moments, task.attributes.referenceId).to.deep.equal([...moments].sort());
      expect(task['ActivityDate']).to.equal(String(task['ReplyReceivedAt__c']).slice(0, 10));
    }
  });

  it('counts on each mail the replies that there are', () => {
    for (const mail of ofType('TrackedEmail__c')) {
      const replies = ofType('Task').filter((task) => named(task['TrackedEmail__c']) === mail);
      const moments = replies.map((task) => task['ReplyReceivedAt__c']).sort();
      expect(mail['ReplyCount__c']).to.equal(replies.length);
      expect([mail['FirstReplyAt__c'], mail['LastReplyAt__c']]).to.deep.equal([moments[0], moments.at(-1)]);
    }
  });

  it('shows several kinds of reply and every state that a person puts a sequence into', () => {
    expect(new Set(ofType('Task').map((task) => task['ReplyKind__c'])).size).to.be.at.least(8);
    const states = ofType('CampaignStatus__c').map((status) => status['Status__c']);
    expect(new Set(states)).to.deep.equal(new Set(['Active', 'Stopped', 'Finished', 'Paused']));
  });

  it('is imported by a permission set that lets its holder write nothing else', () => {
    const file = join(ORG, 'import-permission/permissionsets/ReplyTrackingSampleData.permissionset');
    const granted = [...readFileSync(file, 'utf8').matchAll(/<field>(\w+)\.(\w+)<\/field>/g)];
    const filled = new Set(ofTypeAndField());
    expect(granted).not.to.deep.equal([]);
    expect(granted.map(([, type, field]) => `${type}.${field}`).filter((name) => !filled.has(name))).to.deep.equal([]);
  });
});

function ofTypeAndField(): string[] {
  return records.flatMap((record) => Object.keys(record).map((field) => `${record.attributes.type}.${field}`));
}

describe('shifting dates', () => {
  const from = new Date('2026-06-01T12:00:00.000Z');
  const to = new Date('2026-11-24T09:30:00.000Z');

  it('keeps the distance of every moment, and the distance in days of every day', () => {
    const value = [{ at: '2026-06-01T11:00:00.000Z', day: '2026-05-31' }, '2026-06-08'];
    expect(shiftDates(value, from, to)).to.deep.equal([
      { at: '2026-11-24T08:30:00.000Z', day: '2026-11-23' },
      '2026-12-01',
    ]);
  });

  it('leaves everything else as it is', () => {
    const value = { text: 'on 2026-06-01', number: 2026, flag: true, nothing: null };
    expect(shiftDates(value, from, to)).to.deep.equal(value);
  });
});
