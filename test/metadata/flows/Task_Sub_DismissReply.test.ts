import { expect } from 'chai';
import { HALT_FIELDS, instant, openSequenceOrg, outputsOf, type Row, type SequenceOrg } from './sequence-org.ts';

const FLOW = 'Task_Sub_DismissReply';
const ENROLLED = '2026-11-01T08:00:00.000Z';
const NEXT_STEP = '2026-11-26T08:00:00.000Z';
const RESUME = '2026-11-29T08:00:00.000Z';
const REFUSED = { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Ask the owner first', fields: [] };
const NOT_ALLOWED =
  'Only the owner of the Task, the owner of every status it halted, or a user with the permission Undo Any Halt can do this. Nothing was changed.';

/** An hour of the day on which the answers came in. */
const at = (hour: number): string => `2026-11-20T${String(hour).padStart(2, '0')}:00:00.000Z`;

describe('Task - Sub - Dismiss Reply', () => {
  let stage: SequenceOrg;
  let repId: string;
  let otherId: string;
  let personId: string;
  let keys = 0;

  before(async () => {
    stage = await openSequenceOrg();
    await stage.openFields('CampaignStatus__c', ...HALT_FIELDS);
    repId = await stage.addUser('rep', 'ReplyTrackingUser');
    otherId = await stage.addUser('other', 'ReplyTrackingUser');
  });

  after(() => stage.close());

  beforeEach(async () => {
    personId = await stage.create('Contact', { LastName: 'Buyer', OwnerId: repId });
  });

  const enrol = (row: Row = {}): Promise<string> =>
    stage.create('CampaignStatus__c', {
      ...{ Contact__c: personId, OwnerId: repId, Status__c: 'Active', EnrolledAt__c: ENROLLED },
      ...{ NextStepAt__c: NEXT_STEP, ...row },
    });

  /** The Task of an answer that came in at an hour; it is a person's own unless told otherwise. */
  const reply = (hour: number, row: Row = {}): Promise<string> =>
    stage.create('Task', {
      ...{ Subject: 'Reply: offer', Status: 'Completed', WhoId: personId, OwnerId: repId },
      ...{ ReplyKey__c: String((keys += 1)).padStart(64, '0'), ReplyKind__c: 'Human', Replier__c: 'Recipient' },
      ...{ ReplyFrom__c: `h${hour}@buyers.example`, ReplyReceivedAt__c: at(hour), ...row },
    });

  const dismiss = (TaskId: string, Reason = 'A machine wrote it', userId = repId): Record<string, unknown> =>
    outputsOf(stage.org.runFlow(FLOW, { TaskId, Reason }, userId));

  const read = (id: string): Promise<Row> => stage.read('CampaignStatus__c', id);
  const task = (id: string): Promise<Row> => stage.read('Task', id);
  const keyOf = async (id: string): Promise<unknown> => (await task(id))['ReplyKey__c'];

  describe('a reply that nobody else backs', () => {
    it('is undone exactly: status, next step and resume date are what they were', async () => {
      const id = await enrol({ Status__c: 'Paused', ResumeAt__c: RESUME });
      const taskId = await reply(9);
      expect(await read(id)).to.include({ Status__c: 'Replied', NextStepAt__c: null, ResumeAt__c: null });
      expect(dismiss(taskId)).to.deep.equal({
        ...{ Outcome: 'Dismissed', RestoredCount: 1, HandedOverCount: 0 },
        OutcomeText: 'Marked as not a reply. 1 campaign status(es) went back to what they were.',
      });
      const back = await read(id);
      expect(back).to.include({ Status__c: 'Paused', UndoneReplyKey__c: await keyOf(taskId) });
      expect(instant(back['NextStepAt__c'])).to.equal(NEXT_STEP);
      expect(instant(back['ResumeAt__c'])).to.equal(RESUME);
      for (const field of HALT_FIELDS.filter((each) => each !== 'UndoneReplyKey__c')) {
        expect(back[field], field).to.equal(null);
      }
    });

    it('stays as a Task with the moment and the reason, which is trimmed', async () => {
      await enrol();
      const taskId = await reply(9);
      dismiss(taskId, '  Out of office in Welsh  ');
      const stamped = await task(taskId);
      expect(stamped).to.include({ ReplyDismissedReason__c: 'Out of office in Welsh', OwnerId: repId });
      expect(instant(stamped['ReplyDismissedAt__c'])).to.equal(stage.now.toISOString());
    });

    it('leaves every other Task as it is', async () => {
      await enrol();
      const [taskId, otherTask] = [await reply(9), await reply(10, { WhoId: null })];
      dismiss(taskId);
      expect(await task(otherTask)).to.include({ ReplyDismissedAt__c: null, ReplyDismissedReason__c: null });
    });

    it('frees every status that it halted, a lead as well as a contact', async () => {
      const leadId = await stage.create('Lead', { LastName: 'Buyer', Company: 'Buyers', OwnerId: repId });
      const lead = { Contact__c: null, Lead__c: leadId };
      const ids = [await enrol(lead), await enrol(lead)];
      const taskId = await reply(9, { WhoId: leadId });
      expect(dismiss(taskId)).to.include({
        ...{ RestoredCount: 2, HandedOverCount: 0 },
        OutcomeText: 'Marked as not a reply. 2 campaign status(es) went back to what they were.',
      });
      for (const id of ids) expect(await read(id)).to.include({ Status__c: 'Active' });
    });

    for (const [kind, halted] of [
      ['Human', 'Replied'],
      ['Forward', 'Replied'],
      ['Auto-Reply', 'Paused'],
      ['Bounce', 'Bounced'],
    ] as const) {
      it(`is undone whatever kind it is taken for: ${kind}`, async () => {
        const id = await enrol();
        const taskId = await reply(9, { ReplyKind__c: kind });
        expect(await read(id)).to.include({ Status__c: halted });
        dismiss(taskId);
        expect(await read(id)).to.include({ Status__c: 'Active' });
      });
    }

    it('makes a status Active whose prior state is not known', async () => {
      const id = await enrol();
      const taskId = await reply(9);
      await stage.update('CampaignStatus__c', id, { PriorStatus__c: null });
      dismiss(taskId);
      expect(await read(id)).to.include({ Status__c: 'Active' });
    });

    it('never halts that status again', async () => {
      const id = await enrol();
      const taskId = await reply(9);
      dismiss(taskId);
      const again = { Status__c: 'Replied', HaltedByReplyKey__c: String(await keyOf(taskId)), HaltedAt__c: at(9) };
      await stage.update('CampaignStatus__c', id, again);
      expect(await read(id)).to.include({ Status__c: 'Active' });
    });

    it('leaves a status alone that somebody changed by hand since, and says that it halts nothing', async () => {
      const id = await enrol();
      const taskId = await reply(9);
      await stage.update('CampaignStatus__c', id, { Status__c: 'Stopped' });
      expect(dismiss(taskId)).to.include({
        ...{ Outcome: 'Dismissed', RestoredCount: 0 },
        OutcomeText: 'Marked as not a reply. No sequence was halted by it.',
      });
      expect(await read(id)).to.include({ Status__c: 'Stopped', UndoneReplyKey__c: null });
    });

    it('is only marked when it is of a kind that halts nothing', async () => {
      const id = await enrol();
      const taskId = await reply(9, { ReplyKind__c: 'Calendar' });
      expect(dismiss(taskId)).to.include({ Outcome: 'Dismissed', RestoredCount: 0, HandedOverCount: 0 });
      expect(await read(id)).to.include({ Status__c: 'Active' });
      expect(instant((await task(taskId))['ReplyDismissedAt__c'])).to.equal(stage.now.toISOString());
    });
  });

  describe('a reply beside others of the person', () => {
    it('hands the halt to the earliest that stands, then to the next, and gives it back with the last', async () => {
      const id = await enrol();
      const [first, third, second] = [await reply(9), await reply(11), await reply(10)];
      expect(dismiss(first)).to.deep.equal({
        ...{ Outcome: 'Dismissed', RestoredCount: 0, HandedOverCount: 1 },
        OutcomeText:
          'Marked as not a reply. 0 campaign status(es) went back to what they were; 1 stay halted, because another answer stands.',
      });
      const held = await read(id);
      expect(held).to.include({
        ...{ Status__c: 'Replied', HaltedByTaskId__c: second, HaltedByReplyKey__c: await keyOf(second) },
        ...{ HaltReason__c: 'A person answered: h10@buyers.example', PriorStatus__c: 'Active' },
        ...{ UndoneReplyKey__c: await keyOf(first), NextStepAt__c: null, ResumeAt__c: null },
      });
      expect(instant(held['HaltedAt__c'])).to.equal(at(10));
      dismiss(second);
      expect(await read(id)).to.include({ HaltedByTaskId__c: third });
      dismiss(third);
      const back = await read(id);
      expect(back).to.include({ Status__c: 'Active' });
      expect(instant(back['NextStepAt__c'])).to.equal(NEXT_STEP);
    });

    it('leaves a status with a forward that halts, in words of its own', async () => {
      const id = await enrol();
      const first = await reply(9);
      await reply(10, { ReplyKind__c: 'Forward', ReplyFrom__c: null });
      dismiss(first);
      expect(await read(id)).to.include({ Status__c: 'Replied', HaltReason__c: 'A person forwarded the mail' });
    });

    it('cuts the reason to what fits, when the answer came from a long address', async () => {
      const id = await enrol();
      const first = await reply(9);
      await reply(10, { ReplyFrom__c: 'x'.repeat(255) });
      expect(dismiss(first)).to.include({ HandedOverCount: 1 });
      expect((await read(id))['HaltReason__c']).to.have.lengthOf(255);
    });

    it('does not count a forward where forwards do not halt', async () => {
      await stage.changeSettings({ ForwardHalts__c: false });
      const id = await enrol();
      const first = await reply(9);
      await reply(10, { ReplyKind__c: 'Forward' });
      try {
        expect(dismiss(first)).to.include({ RestoredCount: 1, HandedOverCount: 0 });
      } finally {
        await stage.changeSettings({});
      }
      expect(await read(id)).to.include({ Status__c: 'Active' });
    });

    for (const [what, row] of [
      ['a machine', { ReplyKind__c: 'Auto-Reply' }],
      ['our own side', { Replier__c: 'Internal' }],
      ['somebody else', { WhoId: null }],
      ['nobody: a Task of another kind', { ReplyKey__c: null, ReplyKind__c: null, Replier__c: null }],
    ] as const) {
      it(`does not count what came from ${what}`, async () => {
        const id = await enrol();
        const first = await reply(9);
        await reply(10, row);
        dismiss(first);
        expect(await read(id)).to.include({ Status__c: 'Active' });
      });
    }

    it('does not count one that was dismissed', async () => {
      const id = await enrol();
      const [first, second] = [await reply(9), await reply(10)];
      dismiss(second);
      dismiss(first);
      expect(await read(id)).to.include({ Status__c: 'Active' });
    });

    it('does not count one that came before the enrolment, and counts one at its very moment', async () => {
      const ids = [await enrol({ EnrolledAt__c: at(8) }), await enrol({ EnrolledAt__c: at(6) })];
      const later = await enrol({ EnrolledAt__c: null });
      const first = await reply(9);
      await reply(6);
      await stage.update('CampaignStatus__c', ids[1]!, halt(first, await keyOf(first)));
      await stage.update('CampaignStatus__c', later, halt(first, await keyOf(first)));
      dismiss(first);
      expect(await read(ids[0]!)).to.include({ Status__c: 'Active' });
      expect(await read(ids[1]!)).to.include({ Status__c: 'Replied' });
      expect(await read(later)).to.include({ Status__c: 'Replied' });
    });

    /** What stands when this answer halts a status, whatever came before. */
    const halt = (taskId: string, key: unknown): Row => ({
      ...{ Status__c: 'Replied', HaltedAt__c: at(9), HaltedByTaskId__c: taskId },
      HaltedByReplyKey__c: String(key),
    });

    it('counts what answers the very status, whoever it is of', async () => {
      const id = await enrol();
      const first = await reply(9);
      const second = await reply(10, { WhoId: null, CampaignStatus__c: id });
      dismiss(first);
      expect(await read(id)).to.include({ Status__c: 'Replied', HaltedByTaskId__c: second });
    });

    it('frees one status and hands another over, and counts both', async () => {
      const ids = [await enrol(), await enrol()];
      const first = await reply(9);
      await reply(10, { WhoId: null, CampaignStatus__c: ids[1]! });
      expect(dismiss(first)).to.include({
        ...{ RestoredCount: 1, HandedOverCount: 1 },
        OutcomeText:
          'Marked as not a reply. 1 campaign status(es) went back to what they were; 1 stay halted, because another answer stands.',
      });
      expect(await read(ids[0]!)).to.include({ Status__c: 'Active' });
      expect(await read(ids[1]!)).to.include({ Status__c: 'Replied' });
    });

    it('frees a status that is looked at after one that it handed over', async () => {
      const ids = [await enrol(), await enrol()];
      const first = await reply(9);
      await reply(10, { WhoId: null, CampaignStatus__c: ids[0]! });
      dismiss(first);
      expect(await read(ids[0]!)).to.include({ Status__c: 'Replied' });
      expect(await read(ids[1]!)).to.include({ Status__c: 'Active' });
    });

    it('makes a pause Replied, without a plan, when a person answered before it was enrolled anew', async () => {
      const answer = await reply(8);
      const id = await enrol({ EnrolledAt__c: null });
      const absence = await reply(9, { ReplyKind__c: 'Auto-Reply', ReplyResumeAt__c: RESUME });
      expect(await read(id)).to.include({ Status__c: 'Paused' });
      dismiss(absence);
      expect(await read(id)).to.include({
        ...{ Status__c: 'Replied', HaltedByTaskId__c: answer, NextStepAt__c: null, ResumeAt__c: null },
      });
    });

    describe('in the scope Sequence', () => {
      before(() => stage.changeSettings({ HaltScope__c: 'Sequence' }));
      after(() => stage.changeSettings({}));

      it('counts no answer to another status of the person, and one to none', async () => {
        const ids = [await enrol(), await enrol()];
        const first = await reply(9, { CampaignStatus__c: ids[0]! });
        await reply(10, { CampaignStatus__c: ids[1]! });
        dismiss(first);
        expect(await read(ids[0]!)).to.include({ Status__c: 'Active' });
        const second = await reply(11, { CampaignStatus__c: ids[0]! });
        await reply(12);
        dismiss(second);
        expect(await read(ids[0]!)).to.include({ Status__c: 'Replied' });
      });
    });

    it('in the scope Account counts the answer of a colleague, whom the same reply halted', async () => {
      const Account__c = await stage.create('Account', { Name: 'Buyers' });
      const SalesSequence__c = await stage.create('SalesSequence__c', { Name: 'Spring' });
      const Contact__c = await stage.create('Contact', { LastName: 'Colleague' });
      await stage.changeSettings({ HaltScope__c: 'Account' });
      try {
        const ids = [await enrol({ Account__c, SalesSequence__c })];
        ids.push(await enrol({ Account__c, SalesSequence__c, Contact__c }));
        const first = await reply(9);
        const second = await reply(10, { WhoId: Contact__c });
        expect(dismiss(first)).to.include({ RestoredCount: 0, HandedOverCount: 2 });
        for (const id of ids) expect(await read(id)).to.include({ HaltedByTaskId__c: second });
      } finally {
        await stage.changeSettings({});
      }
    });

    it('in the scope Person frees the one and hands the colleague to the own answer', async () => {
      const Contact__c = await stage.create('Contact', { LastName: 'Colleague' });
      const ids = [await enrol(), await enrol({ Contact__c })];
      const first = await reply(9);
      await stage.update('CampaignStatus__c', ids[1]!, halt(first, await keyOf(first)));
      await reply(10, { WhoId: Contact__c });
      dismiss(first);
      expect(await read(ids[0]!)).to.include({ Status__c: 'Active' });
      expect(await read(ids[1]!)).to.include({ Status__c: 'Replied' });
    });
  });

  describe('who may', () => {
    it('lets the owner of the Task, whoever owns the status', async () => {
      const id = await enrol({ OwnerId: otherId });
      expect(dismiss(await reply(9))).to.include({ Outcome: 'Dismissed' });
      expect(await read(id)).to.include({ Status__c: 'Active' });
    });

    it('lets the owner of every status, whoever owns the Task', async () => {
      await enrol({ OwnerId: otherId });
      await enrol({ OwnerId: otherId });
      expect(dismiss(await reply(9), 'mine', otherId)).to.include({ Outcome: 'Dismissed' });
    });

    it('lets the owner of the one status that it halted', async () => {
      await enrol({ OwnerId: otherId });
      expect(dismiss(await reply(9), 'mine', otherId)).to.include({ Outcome: 'Dismissed' });
    });

    it('lets whoever may undo any halt', async () => {
      await enrol();
      expect(dismiss(await reply(9), 'mended', stage.org.userId)).to.include({ Outcome: 'Dismissed' });
    });

    it('lets nobody else: not the owner of one of two statuses, not anybody of a reply that halts nothing', async () => {
      const id = await enrol();
      await enrol({ OwnerId: otherId });
      const taskId = await reply(9);
      expect(dismiss(taskId, 'mine', otherId)).to.deep.equal({
        ...{ Outcome: 'Not Allowed', RestoredCount: 0, HandedOverCount: 0 },
        OutcomeText: NOT_ALLOWED,
      });
      expect(await read(id)).to.include({ Status__c: 'Replied' });
      expect(await task(taskId)).to.include({ ReplyDismissedAt__c: null });
      expect(dismiss(await reply(10, { WhoId: null }), 'mine', otherId)).to.include({ Outcome: 'Not Allowed' });
    });
  });

  describe('what it refuses', () => {
    it('no reason, or blanks for one; a long one is cut', async () => {
      const taskId = await reply(9);
      for (const reason of ['', '   ']) {
        expect(dismiss(taskId, reason)).to.include({
          Outcome: 'No Reason',
          OutcomeText:
            'Say in a few words why this is not a reply; the reason is kept on the Task. Nothing was changed.',
        });
      }
      expect(await task(taskId)).to.include({ ReplyDismissedAt__c: null });
      dismiss(taskId, 'r'.repeat(300));
      expect((await task(taskId))['ReplyDismissedReason__c']).to.have.lengthOf(255);
    });

    it('a Task that is not there, one that is no reply, and one that was dismissed', async () => {
      const plain = await stage.create('Task', { Subject: 'Call', OwnerId: repId });
      const taskId = await reply(9);
      dismiss(taskId);
      for (const id of ['00T000000000000AAA', 'x'.repeat(40)]) {
        expect(dismiss(id)).to.include({
          Outcome: 'Not Found',
          OutcomeText: 'There is no such Task; it may have been deleted. Nothing was changed.',
        });
      }
      expect(dismiss(plain)).to.include({
        Outcome: 'No Reply',
        OutcomeText: 'This Task was not written by Reply Tracking, so it halted nothing. Nothing was changed.',
      });
      expect(dismiss(taskId, 'again')).to.include({
        Outcome: 'Dismissed Before',
        OutcomeText: 'This was marked as not a reply on 2026-11-24 already. Nothing was changed.',
      });
      expect(await task(taskId)).to.include({ ReplyDismissedReason__c: 'A machine wrote it' });
    });

    for (const object of ['CampaignStatus__c', 'Task']) {
      it(`nothing itself, but tells the admin when an org refuses to change a ${object}`, async () => {
        const id = await enrol();
        const taskId = await reply(9);
        const before = await reply(8);
        dismiss(before, 'An earlier one');
        const allow = stage.org.refuseRows((row) =>
          row.object === object && row.operation === 'update' ? REFUSED : undefined,
        );
        const outcome = dismiss(taskId);
        allow();
        expect(outcome).to.include({
          Outcome: 'Failed',
          OutcomeText:
            'Salesforce refused a change, so this is not done. Your admin finds the reason under Reply Problems; try again when it is mended.',
        });
        expect(await read(id)).to.include({ Status__c: 'Replied', HaltedByTaskId__c: taskId });
        expect(await task(taskId)).to.include({ ReplyDismissedAt__c: null, ReplyDismissedReason__c: null });
        expect(await task(before)).to.include({ ReplyDismissedReason__c: 'An earlier one' });
        const [problem, ...others] = await stage.takeProblems();
        expect(others).to.deep.equal([]);
        expect(problem).to.include({ Source__c: FLOW, RecordId__c: taskId });
        expect(problem?.['Problem__c']).to.contain('Ask the owner first');
        expect(instant(problem?.['OccurredAt__c'])).to.equal(stage.now.toISOString());
        expect(dismiss(taskId)).to.include({ Outcome: 'Dismissed', RestoredCount: 1 });
      });
    }
  });
});
