import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { checkConversion } from '../../scripts/check-conversion.ts';
import { checkFlows } from '../../scripts/check-flows.ts';
import { checkReferences } from '../../scripts/check-references.ts';
import { checkSchema } from '../../scripts/check-schema.ts';
import { readProject, type Finding, type Project } from '../../scripts/check-source.ts';
import { ROOT } from './force-app.ts';

const TASK_FLOW = 'force-app/main/sequence/flows/Task_AfterSave_ApplyReply.flow-meta.xml';
const STATUS_FIELD = 'force-app/main/sequence/objects/CampaignStatus__c/fields/Status__c.field-meta.xml';
const USER = 'force-app/main/app/permissionsets/ReplyTrackingUser.permissionset-meta.xml';
const VIEW = 'force-app/main/sequence/objects/CampaignStatus__c/listViews/HaltedThisWeek.listView-meta.xml';
const APPLICATION = 'force-app/main/app/applications/ReplyTracking.app-meta.xml';

type Check = (project: Project) => Finding[] | Promise<Finding[]>;

/** One way to break a copy of the project and what the check then says, with the line it points to. */
interface Breakage {
  readonly title: string;
  readonly check: Check;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly says: RegExp;
}

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
  {
    title: 'a permission set that grants a required field',
    check: checkReferences,
    file: USER,
    from: '<field>TrackedEmail__c.Subject__c</field>',
    to: '<field>TrackedEmail__c.MessageKey__c</field>',
    says: /^grants the required field TrackedEmail__c.MessageKey__c/,
  },
  {
    title: 'a permission set that grants a master-detail field',
    check: checkReferences,
    file: USER,
    from: '<field>TrackedRecipient__c.Role__c</field>',
    to: '<field>TrackedRecipient__c.TrackedEmail__c</field>',
    says: /^grants the master-detail field TrackedRecipient__c.TrackedEmail__c/,
  },
  {
    title: 'a permission set that shows a missing tab',
    check: checkReferences,
    file: USER,
    from: '<tab>TrackedEmail__c</tab>',
    to: '<tab>TrackedMail__c</tab>',
    says: /^shows the tab TrackedMail__c, which does not exist$/,
  },
  {
    title: 'a list view with a missing column',
    check: checkReferences,
    file: VIEW,
    from: '<columns>HaltReason__c</columns>',
    to: '<columns>Reason__c</columns>',
    says: /^names the field CampaignStatus__c.Reason__c, which does not exist$/,
  },
  {
    title: 'a list view that filters by a value the picklist does not have',
    check: checkReferences,
    file: VIEW,
    from: '<value>Replied,Paused',
    to: '<value>Answered,Paused',
    says: /^names the picklist value Answered, which does not exist$/,
  },
  {
    title: 'an application with a missing tab',
    check: checkReferences,
    file: APPLICATION,
    from: '<tabs>ReplyProblem__c</tabs>',
    to: '<tabs>Problems__c</tabs>',
    says: /^names the tab Problems__c, which does not exist$/,
  },
];

describe('the check of force-app', () => {
  let copy: string;

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'reply-tracking-check-'));
    cpSync(join(ROOT, 'force-app'), join(copy, 'force-app'), { recursive: true });
    cpSync(join(ROOT, 'sfdx-project.json'), join(copy, 'sfdx-project.json'));
  });

  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  function replace(file: string, from: string, to: string): void {
    const before = readFileSync(join(copy, file), 'utf8');
    expect(before).to.include(from);
    writeFileSync(join(copy, file), before.replace(from, to));
  }

  for (const check of [checkSchema, checkFlows, checkConversion, checkReferences]) {
    it(`finds nothing in an unbroken copy: ${check.name}`, async () => {
      expect(await check(readProject(copy))).to.deep.equal([]);
    });
  }

  for (const { title, check, file, from, to, says } of BREAKAGES) {
    it(`reports ${title}`, async () => {
      replace(file, from, to);
      const findings = await check(readProject(copy));
      expect(findings.map(({ problem }) => problem).filter((problem) => says.test(problem))).to.have.lengthOf(1);
      expect(findings.map(({ path }) => path)).to.satisfy((paths: string[]) =>
        paths.every((path) => path.startsWith('force-app/')),
      );
    });
  }

  it('points to the line of the finding', () => {
    replace(TASK_FLOW, '<operator>In</operator>', '<operator>OneOf</operator>');
    const lines = readFileSync(join(copy, TASK_FLOW), 'utf8').split('\n');
    const [finding] = checkSchema(readProject(copy));
    expect(finding && lines[finding.line - 1]).to.include('OneOf');
  });

  it('reports a file that belongs to no component', async () => {
    renameSync(join(copy, TASK_FLOW), join(copy, TASK_FLOW.replace('.flow-meta', '.flows-meta')));
    const problems = (await checkConversion(readProject(copy))).map(({ problem }) => problem);
    expect(problems.join('\n')).to.match(/belongs to no component|does not convert/);
  });

  it('reports a field that no permission set grants', () => {
    const grant =
      /\s*<fieldPermissions>\s*<editable>\w+<\/editable>\s*<field>SalesSequence__c.Active__c<\/field>\s*<readable>true<\/readable>\s*<\/fieldPermissions>/;
    for (const name of ['User', 'Admin', 'Viewer']) {
      const file = join(copy, USER.replace('User', name));
      writeFileSync(file, readFileSync(file, 'utf8').replace(grant, ''));
    }
    const problems = checkReferences(readProject(copy)).map(({ problem }) => problem);
    expect(problems).to.deep.equal(['no permission set grants SalesSequence__c.Active__c, so nobody sees it']);
  });

  it('prints each finding below its check and exits with 1', async () => {
    replace(TASK_FLOW, '<field>EnrolledAt__c</field>', '<field>EnroledAt__c</field>');
    const run = promisify(execFile)(process.execPath, [join(ROOT, 'scripts/check.ts'), copy]);
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
