import { expect } from 'chai';
import type { Connection } from 'jsforce';
import type { DeployMessage } from 'jsforce/lib/api/metadata/schema.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployForceApp } from '../../scripts/deploy-force-app.ts';
import { startLocalOrg, type LocalOrg } from '../simulators/salesforce/local-org.ts';
import { connect } from '../simulators/salesforce/tests/connect.ts';
import { deploy, field, metadataFile } from '../simulators/salesforce/tests/metadata-files.ts';
import { fieldsOf, fileNamed, ROOT } from './force-app.ts';
import { openSequenceOrg, type Row, type SequenceOrg } from './flows/sequence-org.ts';

const APPLY_REPLY = 'Task_AfterSave_ApplyReply';
const FORCE_APP = join(ROOT, 'force-app/main');

describe('the package in an org that a customer has changed', () => {
  describe('with a rule and an inactive flow', () => {
    let stage: SequenceOrg;
    let keys = 0;

    before(async () => {
      stage = await openSequenceOrg();
    });

    after(() => stage.close());

    const person = (): Promise<string> => stage.create('Contact', { LastName: 'Buyer' });
    const enrol = (Contact__c: string): Promise<string> => stage.create('CampaignStatus__c', { Contact__c });
    const reply = (WhoId: string): Promise<string> =>
      stage.create('Task', {
        ...{ Subject: 'Reply: offer', Status: 'Completed', WhoId, ReplyKind__c: 'Human', Replier__c: 'Recipient' },
        ...{ ReplyKey__c: String((keys += 1)).padStart(64, '0'), ReplyReceivedAt__c: stage.now.toISOString() },
      });
    const read = (id: string): Promise<Row> => stage.read('CampaignStatus__c', id);
    const deployed = async (files: Record<string, string>): Promise<void> => {
      expect(await deploy(stage.admin, files)).to.deep.equal([]);
    };

    it("keeps the Task and tells the admin, in the rule's own words, when a rule refuses the halt", async () => {
      const rule = (active: boolean): Record<string, string> => ({
        'objects/CampaignStatus__c.object': metadataFile(
          'CustomObject',
          `<validationRules><fullName>AskTheOwner</fullName><active>${active}</active>
<errorConditionFormula>ISPICKVAL(Status__c, "Replied")</errorConditionFormula>
<errorMessage>Ask the owner of the deal first.</errorMessage></validationRules>`,
        ),
      });
      await deployed(rule(true));
      const contactId = await person();
      const id = await enrol(contactId);
      const taskId = await reply(contactId);
      await deployed(rule(false));
      expect(await read(id)).to.include({ Status__c: 'Active', HaltedByTaskId__c: null });
      const [problem] = await stage.takeProblems();
      expect(problem).to.include({ Source__c: APPLY_REPLY, RecordId__c: taskId });
      expect(problem?.['Problem__c']).to.contain('Ask the owner of the deal first.');
      await reply(contactId);
      expect(await read(id)).to.include({ Status__c: 'Replied' });
    });

    it('writes replies while its flow is inactive, halts nothing, and halts with the next once it is active', async () => {
      const xml = readFileSync(join(ROOT, fileNamed('Flow', APPLY_REPLY).path), 'utf8');
      const path = `flows/${APPLY_REPLY}.flow`;
      await deployed({ [path]: xml.replace('<status>Active</status>', '<status>Obsolete</status>') });
      const contactId = await person();
      const id = await enrol(contactId);
      const taskId = await reply(contactId);
      expect(await stage.read('Task', taskId)).to.include({ IsClosed: true, WhoId: contactId });
      expect(await read(id)).to.include({ Status__c: 'Active' });
      expect(await stage.takeProblems()).to.deep.equal([]);
      await deployed({ [path]: xml });
      await reply(contactId);
      expect(await read(id)).to.include({ Status__c: 'Replied' });
    });
  });

  describe('whose activities have no room', () => {
    /** An org whose customer has so many custom fields of activities. */
    async function orgWith(count: number): Promise<{ org: LocalOrg; admin: Connection; failures: DeployMessage[] }> {
      const org = await startLocalOrg();
      const fields = Array.from({ length: count }, (_, number) => field(`Own${number}__c`, 'Text', { length: 10 }));
      const files = { 'objects/Activity.object': metadataFile('CustomObject', fields.join('')) };
      return { org, admin: connect(org), failures: await deploy(connect(org), files) };
    }

    it('is refused as a whole, each field by its name, and goes in when there is room', async () => {
      const needed = fieldsOf('Activity').length;
      const roomy = await orgWith(100 - needed);
      await deployForceApp(roomy.admin, FORCE_APP).finally(() => roomy.org.close());
      const full = await orgWith(100 - needed + 1);
      const refusal = await deployForceApp(full.admin, FORCE_APP).then(
        () => '',
        (error: unknown) => String(error),
      );
      const objects = await full.admin.describeGlobal();
      await full.org.close();
      expect(refusal).to.match(/objects\/Activity\.object:\d+ Activity has no room for \w+__c/);
      expect(objects.sobjects.map(({ name }) => name)).not.to.include('TrackedEmail__c');
    });

    it('takes a hundred fields and not one more', async () => {
      const [hundred, more] = [await orgWith(100), await orgWith(101)];
      await Promise.all([hundred.org.close(), more.org.close()]);
      expect(hundred.failures).to.deep.equal([]);
      expect(more.failures.map(({ fullName }) => fullName)).to.deep.equal(['Activity.Own100__c']);
    });
  });
});
