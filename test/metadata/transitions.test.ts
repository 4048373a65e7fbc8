import { expect } from 'chai';
import type { FieldValue, SObjectRecord } from '../simulators/salesforce/record.ts';
import { createFlowOrg, NOW, record, type FlowOrg } from './flow-org.ts';

const STATUS = 'a0C000000000001AAA';
const PERSON = '003000000000001AAA';
const STATUSES = ['Active', 'Paused', 'Bounced', 'Finished', 'Stopped', 'Replied'] as const;
const ENROLLED = '2026-11-01T08:00:00.000+0000';
const NEXT_STEP = '2026-11-26T08:00:00.000+0000';

type Fields = Readonly<Record<string, FieldValue>>;

function status(fields: Fields = {}): SObjectRecord {
  const plan = { Status__c: 'Active', EnrolledAt__c: ENROLLED, NextStepAt__c: NEXT_STEP };
  return record('CampaignStatus__c', { Id: STATUS, Contact__c: PERSON, ...plan, ...fields });
}

/** A reply Task; `at` is the hour of 20 November at which the mailbox received it. */
function reply(kind: string, at: number, fields: Fields = {}): SObjectRecord {
  const name = `${kind}${at}`.replace('-', '').toLowerCase();
  return record('Task', {
    Id: `00T${name.padEnd(12, '0')}AAA`,
    WhoId: PERSON,
    ReplyKey__c: name.padEnd(64, '0'),
    ReplyKind__c: kind,
    ReplyFrom__c: 'jane@example.com',
    Replier__c: 'Recipient',
    ReplyReceivedAt__c: `2026-11-20T${String(at).padStart(2, '0')}:00:00.000Z`,
    ...fields,
  });
}

/** What stands in the status after these batches of Tasks. */
function after(start: SObjectRecord, ...batches: readonly SObjectRecord[][]): SObjectRecord {
  const org = createFlowOrg([start]);
  for (const batch of batches) expect([...org.saveTasks(batch)]).to.deep.equal([]);
  return org.statuses.get(STATUS)!;
}

const statusOf = (org: FlowOrg, id: string): FieldValue | undefined => org.statuses.get(id)?.Status__c;
const at = (value: FieldValue | undefined): string | null =>
  value === null || value === undefined ? null : new Date(String(value)).toISOString();

describe('what a reply does to a campaign status', () => {
  const table: Readonly<Record<string, readonly string[]>> = {
    Human: ['Replied', 'Replied', 'Replied', 'Replied', 'Replied', 'Replied'],
    Forward: ['Replied', 'Replied', 'Replied', 'Replied', 'Replied', 'Replied'],
    'Auto-Reply': ['Paused', 'Paused', 'Bounced', 'Finished', 'Stopped', 'Replied'],
    Bounce: ['Bounced', 'Bounced', 'Bounced', 'Finished', 'Stopped', 'Replied'],
  };
  for (const [kind, results] of Object.entries(table)) {
    it(`gives each status the one that the table of transitions names for ${kind}`, () => {
      const found = STATUSES.map((Status__c) => after(status({ Status__c }), [reply(kind, 9)]).Status__c);
      expect(found).to.deep.equal(results);
    });
  }

  for (const kind of ['Delay', 'Delivered', 'Read Receipt', 'Complaint', 'Calendar', 'Challenge', 'List', 'Other']) {
    it(`changes nothing for ${kind}`, () => {
      expect(after(status(), [reply(kind, 9)])).to.deep.equal(status());
    });
  }

  it('writes when, why and by which Task a person halted it, and keeps the state before', () => {
    const task = reply('Human', 9);
    const halted = after(status(), [task]);
    expect(at(halted.HaltedAt__c)).to.equal('2026-11-20T09:00:00.000Z');
    expect(halted.HaltReason__c).to.equal('A person answered: jane@example.com');
    expect(halted.HaltedByTaskId__c).to.equal(task.Id);
    expect(halted.HaltedByReplyKey__c).to.equal(task.ReplyKey__c);
    expect(halted.PriorStatus__c).to.equal('Active');
    expect(at(halted.PriorNextStepAt__c)).to.equal(at(NEXT_STEP));
    expect(halted.NextStepAt__c).to.equal(null);
  });

  it('pauses for seven days from the automatic reply and keeps the next step', () => {
    const paused = after(status(), [reply('Auto-Reply', 9)]);
    expect(at(paused.ResumeAt__c)).to.equal('2026-11-27T09:00:00.000Z');
    expect(at(paused.NextStepAt__c)).to.equal(at(NEXT_STEP));
    expect(paused.PriorStatus__c).to.equal('Active');
  });

  it('pauses until the person is back when the automatic reply says so, be that sooner or later', () => {
    for (const ReplyResumeAt__c of ['2026-11-24T23:59:59.000Z', '2027-01-11T23:59:59.000Z']) {
      const paused = after(status(), [reply('Auto-Reply', 9, { ReplyResumeAt__c })]);
      expect([paused.Status__c, at(paused.ResumeAt__c)]).to.deep.equal(['Paused', ReplyResumeAt__c]);
    }
  });

  it('pauses for seven days when the automatic reply names a day that has passed, or this very moment', () => {
    for (const ReplyResumeAt__c of ['2026-11-23T23:59:59.000Z', NOW]) {
      const paused = after(status(), [reply('Auto-Reply', 9, { ReplyResumeAt__c })]);
      expect(at(paused.ResumeAt__c)).to.equal('2026-11-27T09:00:00.000Z');
    }
  });

  it('pauses nothing when the absence was over before the automatic reply was read', () => {
    const long = { ReplyReceivedAt__c: '2026-11-17T12:00:00.000Z' };
    expect(after(status(), [reply('Auto-Reply', 9, long)])).to.deep.equal(status());
    const named = { ...long, ReplyResumeAt__c: '2026-11-20T23:59:59.000Z' };
    expect(after(status(), [reply('Auto-Reply', 9, named)])).to.deep.equal(status());
  });

  it('pauses until the person is back however long ago the automatic reply came in', () => {
    const fields = { ReplyReceivedAt__c: '2026-11-02T12:00:00.000Z', ReplyResumeAt__c: '2026-12-18T23:59:59.000Z' };
    expect(at(after(status(), [reply('Auto-Reply', 9, fields)]).ResumeAt__c)).to.equal('2026-12-18T23:59:59.000Z');
  });

  it('takes the day of return for no other kind than an automatic reply', () => {
    const back = { ReplyResumeAt__c: '2026-12-18T23:59:59.000Z' };
    for (const kind of ['Human', 'Bounce']) {
      expect(after(status(), [reply(kind, 9, back)]).ResumeAt__c, kind).to.equal(null);
    }
    expect(after(status(), [reply('Delay', 9, back)])).to.deep.equal(status());
  });

  it('cuts the reason to the length of its field', () => {
    const halted = after(status(), [reply('Human', 9, { ReplyFrom__c: 'x'.repeat(255) })]);
    expect(halted.HaltReason__c).to.have.lengthOf(255);
  });

  it('halts nothing when our own side answers', () => {
    expect(after(status(), [reply('Human', 9, { Replier__c: 'Internal' })])).to.deep.equal(status());
  });

  it('halts nothing that was enrolled after the reply came in', () => {
    const later = status({ EnrolledAt__c: '2026-11-21T08:00:00.000Z' });
    expect(after(later, [reply('Human', 9)])).to.deep.equal(later);
  });

  it('does not start for a Task without a reply key', () => {
    expect(after(status(), [reply('Human', 9, { ReplyKey__c: null })])).to.deep.equal(status());
  });
});

describe('whose campaign statuses a reply touches', () => {
  const others: Readonly<Record<string, Fields>> = {
    a0C000000000002AAA: { Contact__c: PERSON },
    a0C000000000003AAA: { Contact__c: null, Lead__c: '00Q000000000001AAA' },
    a0C000000000004AAA: { Contact__c: null, Lead__c: null },
    a0C000000000005AAA: { Contact__c: '003000000000002AAA' },
  };
  const org = (): FlowOrg =>
    createFlowOrg([status(), ...Object.entries(others).map(([Id, fields]) => status({ Id, ...fields }))]);
  const replied = (in_: FlowOrg): string[] => [...in_.statuses.keys()].filter((id) => statusOf(in_, id) === 'Replied');

  it('takes all statuses of the contact and the one that was answered', () => {
    const one = org();
    one.saveTasks([reply('Human', 9, { CampaignStatus__c: 'a0C000000000005AAA' })]);
    expect(replied(one)).to.deep.equal([STATUS, 'a0C000000000002AAA', 'a0C000000000005AAA']);
  });

  it('takes the status of a lead', () => {
    const one = org();
    one.saveTasks([reply('Human', 9, { WhoId: '00Q000000000001AAA' })]);
    expect(replied(one)).to.deep.equal(['a0C000000000003AAA']);
  });

  it('takes only the answered status when the Task names no person', () => {
    const one = org();
    one.saveTasks([reply('Human', 9, { WhoId: null, CampaignStatus__c: STATUS })]);
    expect(replied(one)).to.deep.equal([STATUS]);
  });

  it('takes none when the Task names neither a person nor a status', () => {
    const one = org();
    one.saveTasks([reply('Human', 9, { WhoId: null })]);
    expect(replied(one)).to.deep.equal([]);
  });
});

describe('two replies to one campaign status', () => {
  const events: readonly (readonly [string, Fields?])[] = [
    ['Human'],
    ['Forward'],
    ['Auto-Reply'],
    ['Auto-Reply', { ReplyResumeAt__c: '2026-11-25T23:59:59.000Z' }],
    ['Auto-Reply', { ReplyResumeAt__c: '2026-12-18T23:59:59.000Z' }],
    ['Auto-Reply', { ReplyResumeAt__c: '2026-11-21T23:59:59.000Z' }],
    ['Bounce'],
  ];
  const pairs = events.flatMap(([kind, fields]) =>
    events.map(([other, more]) => [reply(kind, 9, fields), reply(other, 15, more)] as const),
  );
  const starts: readonly Fields[] = [
    ...STATUSES.map((Status__c) => ({ Status__c })),
    { Status__c: 'Paused', ResumeAt__c: '2026-11-27T12:00:00.000Z' },
  ];

  for (const fields of starts) {
    const resume = fields.ResumeAt__c ? ` until ${String(fields.ResumeAt__c)}` : '';
    it(`end alike in either order and in one batch, from ${String(fields.Status__c)}${resume}`, () => {
      for (const [early, late] of pairs) {
        const inOrder = after(status(fields), [early], [late]);
        expect(after(status(fields), [late], [early])).to.deep.equal(inOrder);
        expect(after(status(fields), [early, late])).to.deep.equal(inOrder);
        expect(after(status(fields), [late, early])).to.deep.equal(inOrder);
      }
    });
  }

  it('never shorten a pause: of two automatic replies the one stands whose absence ends later', () => {
    const long = reply('Auto-Reply', 9, { ReplyResumeAt__c: '2026-12-18T23:59:59.000Z' });
    for (const fields of [{ ReplyResumeAt__c: '2026-11-25T23:59:59.000Z' }, {}]) {
      const paused = after(status(), [long], [reply('Auto-Reply', 15, fields)]);
      expect([at(paused.ResumeAt__c), paused.HaltedByTaskId__c]).to.deep.equal(['2026-12-18T23:59:59.000Z', long.Id]);
      expect(paused.PriorStatus__c).to.equal('Active');
    }
    const usual = reply('Auto-Reply', 9);
    const sooner = reply('Auto-Reply', 15, { ReplyResumeAt__c: '2026-11-25T23:59:59.000Z' });
    expect(at(after(status(), [usual], [sooner]).ResumeAt__c)).to.equal('2026-11-27T09:00:00.000Z');
  });

  it('name the earlier of two automatic replies that end on one day', () => {
    const back = { ReplyResumeAt__c: '2026-12-18T23:59:59.000Z' };
    const [early, late] = [reply('Auto-Reply', 9, back), reply('Auto-Reply', 15, back)];
    for (const batches of [[[early], [late]], [[late], [early]], [[late, early]]]) {
      expect(after(status(), ...batches)).to.include({ HaltedByTaskId__c: early.Id, PriorStatus__c: 'Active' });
    }
  });

  it('end a pause that names a day when the person answers before it', () => {
    const back = { ReplyResumeAt__c: '2026-12-18T23:59:59.000Z' };
    const halted = after(status(), [reply('Auto-Reply', 9, back)], [reply('Human', 15)]);
    expect(halted).to.include({ Status__c: 'Replied', PriorStatus__c: 'Active', ResumeAt__c: null });
  });

  it('keep the state before the first: Active, then paused by a machine, then answered by the person', () => {
    const halted = after(status(), [reply('Auto-Reply', 9)], [reply('Human', 15)]);
    expect([halted.Status__c, halted.PriorStatus__c, halted.PriorResumeAt__c]).to.deep.equal([
      'Replied',
      'Active',
      null,
    ]);
    expect(at(halted.PriorNextStepAt__c)).to.equal(at(NEXT_STEP));
    expect([halted.NextStepAt__c, halted.ResumeAt__c]).to.deep.equal([null, null]);
  });

  it('leave a pause by hand that has no end without one', () => {
    const paused = status({ Status__c: 'Paused', HaltedAt__c: ENROLLED });
    expect(after(paused, [reply('Auto-Reply', 9)])).to.deep.equal(paused);
  });

  it('keep what a person set by hand in between as the state to return to', () => {
    const org = createFlowOrg([status()]);
    org.saveTasks([reply('Auto-Reply', 9)]);
    org.saveStatus(STATUS, { Status__c: 'Stopped' });
    org.saveTasks([reply('Human', 15)]);
    expect(org.statuses.get(STATUS)).to.include({ Status__c: 'Replied', PriorStatus__c: 'Stopped' });
  });

  it('never halt again by a reply that was undone', () => {
    const task = reply('Human', 9);
    const undone = status({ UndoneReplyKey__c: task.ReplyKey__c! });
    expect(after(undone, [task])).to.deep.equal(undone);
  });
});

describe('a change of a campaign status by hand', () => {
  for (const Status__c of STATUSES) {
    it(`passes from Replied to ${Status__c}`, () => {
      const org = createFlowOrg([status()]);
      org.saveTasks([reply('Human', 9)]);
      org.saveStatus(STATUS, { Status__c });
      expect(statusOf(org, STATUS)).to.equal(Status__c);
    });
  }

  it('to Active clears the halt and gives the next step back', () => {
    const org = createFlowOrg([status()]);
    org.saveTasks([reply('Human', 9)]);
    org.saveStatus(STATUS, { Status__c: 'Active' });
    const again = org.statuses.get(STATUS)!;
    expect(again).to.deep.equal(status());
  });

  it('to Active keeps a next step that the same save sets', () => {
    const org = createFlowOrg([status()]);
    org.saveTasks([reply('Human', 9)]);
    org.saveStatus(STATUS, { Status__c: 'Active', NextStepAt__c: '2026-12-01T08:00:00.000Z' });
    expect(at(org.statuses.get(STATUS)?.NextStepAt__c)).to.equal('2026-12-01T08:00:00.000Z');
  });

  it('to Stopped is dated', () => {
    const org = createFlowOrg([status()]);
    org.saveStatus(STATUS, { Status__c: 'Stopped' });
    expect(at(org.statuses.get(STATUS)?.HaltedAt__c)).to.equal(NOW);
  });

  it('to Finished is not dated, because that is no halt', () => {
    const org = createFlowOrg([status()]);
    org.saveStatus(STATUS, { Status__c: 'Finished' });
    expect(org.statuses.get(STATUS)?.HaltedAt__c).to.equal(null);
  });
});

describe('an undo of a reply', () => {
  const noHalt = { HaltedAt__c: null, HaltReason__c: null, HaltedByTaskId__c: null, HaltedByReplyKey__c: null };
  const noPrior = { PriorStatus__c: null, PriorNextStepAt__c: null, PriorResumeAt__c: null };

  /** What stands after this reply and an undo of it that writes these fields. */
  function undone(task: SObjectRecord, fields: Fields): SObjectRecord {
    const org = createFlowOrg([status()]);
    org.saveTasks([task]);
    org.saveStatus(STATUS, { ...noHalt, ...noPrior, ...fields, UndoneReplyKey__c: task.ReplyKey__c! });
    return org.statuses.get(STATUS)!;
  }

  it('gives the very state back that stood before the reply', () => {
    const task = reply('Human', 9);
    const again = undone(task, { Status__c: 'Active', NextStepAt__c: NEXT_STEP });
    expect(again).to.deep.equal(status({ UndoneReplyKey__c: task.ReplyKey__c! }));
  });

  it('may bring any status back, and dates no halt anew', () => {
    for (const Status__c of ['Paused', 'Bounced', 'Finished', 'Stopped']) {
      expect(undone(reply('Human', 9), { Status__c })).to.include({ Status__c, HaltedAt__c: null });
    }
  });

  it('hands the halt over to a later reply, which no later reply could take by itself', () => {
    const org = createFlowOrg([status()]);
    const [first, second] = [reply('Human', 9), reply('Human', 15)];
    org.saveTasks([first, second]);
    const heir = { HaltedByReplyKey__c: second.ReplyKey__c!, HaltedByTaskId__c: second.Id! };
    org.saveStatus(STATUS, { ...heir, HaltedAt__c: second.ReplyReceivedAt__c! });
    expect(org.statuses.get(STATUS)?.HaltedByTaskId__c).to.equal(first.Id);
    const undo = { ...heir, HaltedAt__c: second.ReplyReceivedAt__c!, UndoneReplyKey__c: first.ReplyKey__c! };
    org.saveStatus(STATUS, undo);
    expect(org.statuses.get(STATUS)).to.include({ Status__c: 'Replied', PriorStatus__c: 'Active', ...undo });
  });

  it('is not taken for one when it names another reply than the one that halts', () => {
    const org = createFlowOrg([status()]);
    const task = reply('Human', 9);
    org.saveTasks([task]);
    const later = { HaltedByReplyKey__c: 'k2', HaltedAt__c: NOW, UndoneReplyKey__c: 'k3' };
    org.saveStatus(STATUS, later);
    expect(org.statuses.get(STATUS)).to.include({ HaltedByReplyKey__c: task.ReplyKey__c });
  });
});

describe('a campaign status that other software writes', () => {
  it('keeps Stopped and Finished against a bounce, which is weaker', () => {
    for (const Status__c of ['Stopped', 'Finished']) {
      const org = createFlowOrg([status({ Status__c })]);
      const event = { Status__c: 'Bounced', HaltedByReplyKey__c: 'k1', HaltReason__c: 'gone', HaltedAt__c: ENROLLED };
      org.saveStatus(STATUS, { ...event, HaltedByTaskId__c: '00T000000000001AAA', ResumeAt__c: NEXT_STEP });
      expect(org.statuses.get(STATUS)).to.deep.equal(status({ Status__c }));
    }
  });

  it('is stored as it comes when it is new and Active', () => {
    expect(createFlowOrg([]).createStatus(status())).to.deep.equal(status());
  });

  it('is dated when it is new and halted without a date', () => {
    const created = createFlowOrg([]).createStatus(status({ Status__c: 'Replied' }));
    expect(at(created.HaltedAt__c)).to.equal(NOW);
    expect(created.Status__c).to.equal('Replied');
  });
});

describe('a batch of reply Tasks', () => {
  const person = (index: number): string => `003${String(index).padStart(12, '0')}AAA`;

  it('of 200 costs one query and one statement', () => {
    const people = Array.from({ length: 200 }, (_, index) => person(index));
    const org = createFlowOrg(
      people.map((Contact__c, index) => status({ Id: `a0C${String(index).padStart(12, '0')}AAA`, Contact__c })),
    );
    const kinds = ['Human', 'Auto-Reply', 'Bounce'];
    const back = { ReplyResumeAt__c: '2026-12-18T23:59:59.000Z' };
    const tasks = people.map((WhoId, index) =>
      reply(kinds[index % 3]!, 9, { WhoId, Id: `00T${String(index).padStart(12, '0')}AAA`, ...(index % 2 && back) }),
    );
    expect([...org.saveTasks(tasks)]).to.deep.equal([]);
    expect(org.used).to.deep.equal({ queries: 1, statements: 1 });
    expect([...org.statuses.values()].filter(({ Status__c }) => Status__c === 'Active')).to.deep.equal([]);
  });

  it('leaves a problem with the words of the platform when a status cannot be written, and the Task stands', () => {
    const org = createFlowOrg([status()]);
    org.refuseStatuses({ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Ask Legal first', fields: [] });
    const task = reply('Human', 9);
    expect([...org.saveTasks([task])]).to.deep.equal([]);
    expect(statusOf(org, STATUS)).to.equal('Active');
    const [problem] = org.problems;
    expect(org.problems).to.have.lengthOf(1);
    expect(problem?.Problem__c).to.include('FIELD_CUSTOM_VALIDATION_EXCEPTION').and.include('Ask Legal first');
    expect([problem?.Source__c, problem?.RecordId__c]).to.deep.equal(['Task_AfterSave_ApplyReply', task.Id]);
    expect(at(problem?.OccurredAt__c)).to.equal(NOW);
  });
});
