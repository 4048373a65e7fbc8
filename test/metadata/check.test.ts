import { execFile } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { checkConversion } from '../../scripts/check-conversion.ts';
import { checkFlows } from '../../scripts/check-flows.ts';
import { checkReferences } from '../../scripts/check-references.ts';
import { checkSchema } from '../../scripts/check-schema.ts';
import { ROOT } from './force-app.ts';
import { copyProject, type Breakage, type ProjectCopy } from './project-copy.ts';

const TASK_FLOW = 'force-app/main/sequence/flows/Task_AfterSave_ApplyReply.flow-meta.xml';
const STATUS_FIELD = 'force-app/main/sequence/objects/CampaignStatus__c/fields/Status__c.field-meta.xml';
const VIEW = 'force-app/main/sequence/objects/CampaignStatus__c/listViews/HaltedThisWeek.listView-meta.xml';

const BREAKAGES: readonly Breakage[] = [
  {
    title: 'an element that the Metadata API does not know',
    check: checkSchema,
    file: STATUS_FIELD,
    from: '<label>Status</label>',
    to: '<label>Status</label>\n    <lable>Status</lable>',
    says: /^CustomField has no element lable$/,
  },
  {
    title: 'a value that is not one of an enumeration',
    check: checkSchema,
    file: TASK_FLOW,
    from: '<operator>In</operator>',
    to: '<operator>OneOf</operator>',
    says: /^operator cannot be "OneOf", only .*"EqualTo"/,
  },
  {
    title: 'a required element that is missing',
    check: checkSchema,
    file: VIEW,
    from: '<filterScope>Everything</filterScope>',
    to: '',
    says: /^ListView needs an element filterScope$/,
  },
  {
    title: 'a single element that comes twice',
    check: checkSchema,
    file: TASK_FLOW,
    from: '<status>Active</status>',
    to: '<status>Active</status>\n    <status>Draft</status>',
    says: /^Flow may have status only once$/,
  },
  {
    title: 'a list that is torn apart',
    check: checkSchema,
    file: VIEW,
    from: '<label>Halted This Week</label>',
    to: '<label>Halted This Week</label>\n    <columns>CREATED_DATE</columns>',
    says: /^all columns of ListView must stand together$/,
  },
  {
    title: 'a text where a number belongs',
    check: checkSchema,
    file: TASK_FLOW,
    from: '<triggerOrder>1000</triggerOrder>',
    to: '<triggerOrder>first</triggerOrder>',
    says: /^triggerOrder cannot be "first", only number$/,
  },
  {
    title: 'a file that is not XML',
    check: checkSchema,
    file: VIEW,
    from: '</ListView>',
    to: '',
    says: /^is not well-formed XML/,
  },
  {
    title: 'a data element without a fault path',
    check: checkFlows,
    file: TASK_FLOW,
    from: '<faultConnector>\n            <targetReference>Report_the_Problem</targetReference>\n        </faultConnector>',
    to: '<connector>\n            <targetReference>Report_the_Problem</targetReference>\n        </connector>',
    says: /MissingFaultPath objects to Halt_Statuses_of_the_Person/,
  },
  {
    title: 'an exception of the flow scanner that nothing needs',
    check: checkFlows,
    file: TASK_FLOW,
    from: '<runInMode>SystemModeWithoutSharing</runInMode>',
    to: '<runInMode>SystemModeWithSharing</runInMode>',
    says: /nothing is left to except from UnsafeRunningContext/,
  },
  {
    title: 'a flow that compares a missing field',
    check: checkReferences,
    file: TASK_FLOW,
    from: '<field>EnrolledAt__c</field>',
    to: '<field>EnroledAt__c</field>',
    says: /^names the field CampaignStatus__c.EnroledAt__c, which does not exist$/,
  },
  {
    title: 'a flow formula that reads a missing field',
    check: checkReferences,
    file: TASK_FLOW,
    from: 'BLANKVALUE({!$Record.ReplyReceivedAt__c}',
    to: 'BLANKVALUE({!$Record.ReceivedAt__c}',
    says: /^names the resource or field \$Record.ReceivedAt__c, which does not exist$/,
  },
  {
    title: 'a flow that goes on to a missing element',
    check: checkReferences,
    file: TASK_FLOW,
    from: '<targetReference>Who_Answered</targetReference>',
    to: '<targetReference>Who_Asked</targetReference>',
    says: /^names the resource or field Who_Asked, which does not exist$/,
  },
  {
    title: 'a flow that compares a picklist with a value it does not have',
    check: checkReferences,
    file: TASK_FLOW,
    from: '<stringValue>Auto-Reply</stringValue>',
    to: '<stringValue>Autoreply</stringValue>',
    says: /^names the value "Autoreply" of Task.ReplyKind__c, which does not exist$/,
  },
  {
    title: 'a flow that starts for a missing object',
    check: checkReferences,
    file: TASK_FLOW,
    from: '<object>CampaignStatus__c</object>',
    to: '<object>Enrolment__c</object>',
    says: /^names the object Enrolment__c, which does not exist$/,
  },
];

describe('the check of force-app', () => {
  let copy: ProjectCopy;

  beforeEach(() => {
    copy = copyProject();
  });

  afterEach(() => copy.remove());

  for (const check of [checkSchema, checkFlows, checkConversion, checkReferences]) {
    it(`finds nothing in an unbroken copy: ${check.name}`, async () => {
      expect(await check(copy.read())).to.deep.equal([]);
    });
  }

  for (const { title, check, file, from, to, says } of BREAKAGES) {
    it(`reports ${title}`, async () => {
      copy.replace(file, from, to);
      const findings = await check(copy.read());
      expect(findings.map(({ problem }) => problem).filter((problem) => says.test(problem))).to.have.lengthOf(1);
      expect(findings.map(({ path }) => path)).to.satisfy((paths: string[]) =>
        paths.every((path) => path.startsWith('force-app/')),
      );
    });
  }

  it('points to the line of the finding', () => {
    copy.replace(TASK_FLOW, '<operator>In</operator>', '<operator>OneOf</operator>');
    const lines = readFileSync(join(copy.root, TASK_FLOW), 'utf8').split('\n');
    const [finding] = checkSchema(copy.read());
    expect(finding && lines[finding.line - 1]).to.include('OneOf');
  });

  it('reports a file that belongs to no component', async () => {
    renameSync(join(copy.root, TASK_FLOW), join(copy.root, TASK_FLOW.replace('.flow-meta', '.flows-meta')));
    const problems = (await checkConversion(copy.read())).map(({ problem }) => problem);
    expect(problems.join('\n')).to.match(/belongs to no component|does not convert/);
  });

  it('prints each finding below its check and exits with 1', async () => {
    copy.replace(TASK_FLOW, '<field>EnrolledAt__c</field>', '<field>EnroledAt__c</field>');
    const run = promisify(execFile)(process.execPath, [join(ROOT, 'scripts/check.ts'), copy.root]);
    const failure = await run.then(
      () => undefined,
      (error: { code: number; stdout: string }) => error,
    );
    expect(failure?.code).to.equal(1);
    expect(failure?.stdout).to.match(/^ok {3}every element/m);
    expect(failure?.stdout).to.match(
      /^FAIL everything that is named.*\n {5}\S+ApplyReply\.flow-meta\.xml:\d+ names the field/m,
    );
  });
});
