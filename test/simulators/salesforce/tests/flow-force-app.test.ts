import { expect } from 'chai';
import { parseFlow, validateFlow, type Flow } from '../flow.ts';
import type { ObjectSchema } from '../flow-host.ts';
import type { FieldValue, SObjectRecord } from '../record.ts';
import { memoryOrg, type MemoryOrg } from './flow-memory-org.ts';
import { deployedFields, deployedFlow, field, object } from './flow-test-schema.ts';

const OBJECTS: readonly ObjectSchema[] = [
  object('Contact', '003', [field('LastName', 'string')]),
  object('Lead', '00Q', [field('LastName', 'string')]),
  object('Task', '00T', [
    field('WhoId', 'reference', { referenceTo: ['Contact', 'Lead'] }),
    field('Subject', 'string'),
    ...deployedFields('tracking/objects/Activity'),
  ]),
  object('CampaignStatus__c', 'a01', deployedFields('sequence/objects/CampaignStatus__c')),
  object('ReplyProblem__c', 'a02', deployedFields('tracking/objects/ReplyProblem__c')),
  object('ReplyTrackingSetting__mdt', 'm00', deployedFields('sequence/objects/ReplyTrackingSetting__mdt')),
];
const schemaOf = (name: string): ObjectSchema | undefined =>
  OBJECTS.find((each) => each.name.toLowerCase() === name.toLowerCase());

function deployed(fullName: string): Flow {
  const parsed = parseFlow(deployedFlow(fullName), fullName);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.flow;
}

const FLOWS = [deployed('Task_AfterSave_ApplyReply'), deployed('CampaignStatus_BeforeSave_StampHalt')];
const SETTINGS = {
  HaltScope__c: 'Person',
  PauseDays__c: 7,
  ForwardHalts__c: true,
  AutoReplyPauses__c: true,
  BounceHalts__c: true,
};
const NEIGHBOURS = { flow: () => undefined, hasCustomMetadata: () => true };
const JANE = '003000000000001AAA';
const JOHN = '003000000000002AAA';

let key = 0;
function reply(kind: string, more: Record<string, FieldValue> = {}): Record<string, FieldValue> {
  key += 1;
  return {
    Subject: 'Re: Hello',
    WhoId: JANE,
    ReplyKey__c: `key-${key}`,
    ReplyKind__c: kind,
    ReplyFrom__c: 'jane@example.com',
    ReplyReceivedAt__c: '2026-11-05T09:00:00.000+0000',
    Replier__c: 'Recipient',
    ...more,
  };
}

describe('the flows of force-app in the interpreter', () => {
  let org: MemoryOrg;

  beforeEach(() => {
    org = memoryOrg(OBJECTS, FLOWS, undefined, SETTINGS);
  });

  function enrol(more: Record<string, FieldValue> = {}): string {
    const [outcome] = org.insert('CampaignStatus__c', [
      {
        Contact__c: JANE,
        Status__c: 'Active',
        EnrolledAt__c: '2026-11-01T08:00:00.000+0000',
        NextStepAt__c: '2026-11-06T08:00:00.000+0000',
        ...more,
      },
    ]);
    if (outcome === undefined || 'errors' in outcome) throw new Error(JSON.stringify(outcome));
    return outcome.id;
  }
  const status = (id: string): SObjectRecord => org.rows('CampaignStatus__c').find((row) => row['Id'] === id)!;

  it('can be deployed', () => {
    expect(FLOWS.flatMap((flow) => validateFlow(flow, schemaOf, NEIGHBOURS))).to.deep.equal([]);
  });

  it('a human reply makes the status Replied, with when, why and by which Task', () => {
    const id = enrol();
    const [task] = org.insert('Task', [reply('Human')]);
    expect(status(id)).to.include({
      Status__c: 'Replied',
      HaltedAt__c: '2026-11-05T09:00:00.000+0000',
      HaltReason__c: 'A person answered: jane@example.com',
      HaltedByTaskId__c: (task as { id: string }).id,
      PriorStatus__c: 'Active',
      PriorNextStepAt__c: '2026-11-06T08:00:00.000+0000',
      NextStepAt__c: null,
    });
  });

  it('an automatic reply pauses the status until the resume date and keeps its next step', () => {
    const id = enrol();
    org.insert('Task', [reply('Auto-Reply')]);
    const row = status(id);
    expect(row).to.include({ Status__c: 'Paused', NextStepAt__c: '2026-11-06T08:00:00.000+0000' });
    expect(Date.parse(String(row['ResumeAt__c']))).to.be.greaterThan(Date.parse('2026-11-05T09:00:00Z'));
  });

  it('a bounce makes the status Bounced', () => {
    const id = enrol();
    org.insert('Task', [reply('Bounce')]);
    expect(status(id)['Status__c']).to.equal('Bounced');
  });

  it('a delivery report, a list mail and a colleague of ours halt nothing', () => {
    const id = enrol();
    org.insert('Task', [reply('Delivered'), reply('List'), reply('Human', { Replier__c: 'Internal' })]);
    expect(status(id)['Status__c']).to.equal('Active');
    expect(org.usage).to.deep.equal({ queries: 0, statements: 0 });
  });

  it('a Task without a reply key starts nothing', () => {
    const id = enrol();
    org.insert('Task', [reply('Human', { ReplyKey__c: null })]);
    expect(status(id)['Status__c']).to.equal('Active');
  });

  it('reaches every status of the person and nobody else', () => {
    const [first, second, other] = [enrol(), enrol({ Status__c: 'Paused' }), enrol({ Contact__c: JOHN })];
    org.insert('Task', [reply('Human')]);
    expect([first, second, other].map((id) => status(id)['Status__c'])).to.deep.equal(['Replied', 'Replied', 'Active']);
  });

  it('leaves a status alone that was enrolled after the reply came in', () => {
    const id = enrol({ EnrolledAt__c: '2026-11-05T09:30:00.000+0000' });
    org.insert('Task', [reply('Human')]);
    expect(status(id)['Status__c']).to.equal('Active');
  });

  for (const [first, second] of [
    ['Human', 'Auto-Reply'],
    ['Auto-Reply', 'Human'],
    ['Human', 'Bounce'],
    ['Bounce', 'Human'],
  ] as const) {
    it(`ends as Replied when ${first} comes before ${second}`, () => {
      const id = enrol();
      org.insert('Task', [reply(first)]);
      org.insert('Task', [reply(second)]);
      expect(status(id)['Status__c']).to.equal('Replied');
    });

    it(`ends as Replied when ${first} stands before ${second} in one batch`, () => {
      const id = enrol();
      org.insert('Task', [reply(first), reply(second)]);
      expect(status(id)['Status__c']).to.equal('Replied');
    });
  }

  it('spends one query and one statement on a batch of 200 Tasks of 200 people', () => {
    const people = Array.from({ length: 200 }, (_, index) => `003${String(index).padStart(15, '0')}`);
    org.insert(
      'CampaignStatus__c',
      people.map((Contact__c) => ({ Contact__c, Status__c: 'Active' })),
    );
    org.insert(
      'Task',
      people.map((WhoId) => reply('Human', { WhoId })),
    );
    expect(org.rows('CampaignStatus__c').every((row) => row['Status__c'] === 'Replied')).to.equal(true);
    expect(org.usage).to.deep.equal({ queries: 1, statements: 1 });
  });

  it('writes a ReplyProblem__c with the words of the platform when a status cannot be written, and keeps the Task', () => {
    const [jane, john] = [enrol(), enrol({ Contact__c: JOHN })];
    org.rule = (name, record) =>
      name === 'CampaignStatus__c' && record['Contact__c'] === JANE && record['Status__c'] === 'Replied'
        ? { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Not on a Thursday', fields: [] }
        : undefined;
    const outcomes = org.insert('Task', [reply('Human'), reply('Human', { WhoId: JOHN })]);
    expect(outcomes.every((outcome) => 'id' in outcome)).to.equal(true);
    expect([jane, john].map((id) => status(id)['Status__c'])).to.deep.equal(['Active', 'Replied']);
    const [problem] = org.rows('ReplyProblem__c');
    expect(problem!['RecordId__c']).to.equal((outcomes[0] as { id: string }).id);
    expect(problem!['Problem__c']).to.equal(
      'This error occurred when the flow tried to update records: FIELD_CUSTOM_VALIDATION_EXCEPTION: Not on a Thursday. ' +
        'You can look up ExceptionCode values in the SOAP API Developer Guide.',
    );
    expect(org.rows('ReplyProblem__c')).to.have.length(1);
  });
});
