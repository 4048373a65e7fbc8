import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { apiNames, type ApiNames } from '../../connector/src/salesforce/api-names.ts';
import { readCatalog } from '../../scripts/check-catalog.ts';
import { checkConnectorNames } from '../../scripts/check-connector-names.ts';
import { checkReferences } from '../../scripts/check-references.ts';
import { copyProject, type Breakage, type ProjectCopy } from './project-copy.ts';

const USER = 'force-app/main/app/permissionsets/ReplyTrackingUser.permissionset-meta.xml';
const VIEW = 'force-app/main/sequence/objects/CampaignStatus__c/listViews/HaltedThisWeek.listView-meta.xml';
const APPLICATION = 'force-app/main/app/applications/ReplyTracking.app-meta.xml';
const ADMIN = 'force-app/main/app/permissionsets/ReplyTrackingAdmin.permissionset-meta.xml';
const STATUS_OBJECT = 'force-app/main/sequence/objects/CampaignStatus__c/CampaignStatus__c.object-meta.xml';
const STATUS_LAYOUT = 'force-app/main/sequence/layouts/CampaignStatus__c-Campaign Status Layout.layout-meta.xml';
const COMPACT =
  'force-app/main/sequence/objects/CampaignStatus__c/compactLayouts/CampaignStatusSummary.compactLayout-meta.xml';
const HALT_RULE =
  'force-app/main/sequence/objects/CampaignStatus__c/validationRules/HaltNeedsPermission.validationRule-meta.xml';
const TROUBLE_FIELD = 'force-app/main/tracking/objects/ConnectedMailbox__c/fields/InTrouble__c.field-meta.xml';
const SETTINGS = 'force-app/main/sequence/customMetadata/ReplyTrackingSetting.Default.md-meta.xml';
const NOTIFICATION = 'force-app/main/app/notificationtypes/PersonAnswered.notiftype-meta.xml';
const REPORT_TYPE = 'force-app/main/reporting/reportTypes/TrackedEmails.reportType-meta.xml';
const REPORT = 'force-app/main/reporting/reports/ReplyTracking/ReplyRateBySequenceAndStep.report-meta.xml';
const DASHBOARD = 'force-app/main/reporting/dashboards/ReplyTracking/ReplyTracking.dashboard-meta.xml';

const BREAKAGES: readonly Breakage[] = [
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
    title: 'a list view of a field that is on another object',
    check: checkReferences,
    file: VIEW,
    from: '<field>HaltedAt__c</field>',
    to: '<field>SentAt__c</field>',
    says: /^names the field CampaignStatus__c.SentAt__c, which does not exist$/,
  },
  {
    title: 'a permission set that grants a missing custom permission',
    check: checkReferences,
    file: ADMIN,
    from: '<name>UndoAnyHalt</name>',
    to: '<name>UndoHalts</name>',
    says: /^grants the custom permission UndoHalts, which does not exist$/,
  },
  {
    title: 'a permission set that opens missing settings',
    check: checkReferences,
    file: ADMIN,
    from: '<name>ReplyTrackingSetting__mdt</name>',
    to: '<name>ReplySetting__mdt</name>',
    says: /^grants the settings ReplySetting__mdt, which does not exist$/,
  },
  {
    title: 'a permission set that lets run a missing flow',
    check: checkReferences,
    file: ADMIN,
    from: '    <hasActivationRequired>',
    to: '    <flowAccesses><enabled>true</enabled><flow>Task_Screen_Nothing</flow></flowAccesses>\n    <hasActivationRequired>',
    says: /^lets run the flow Task_Screen_Nothing, which does not exist$/,
  },
  {
    title: 'a formula field that names a missing field',
    check: checkReferences,
    file: TROUBLE_FIELD,
    from: 'LagMinutes__c',
    to: 'Lag__c',
    says: /^names the field ConnectedMailbox__c.Lag__c, which does not exist$/,
  },
  {
    title: 'a validation rule that asks for a missing permission',
    check: checkReferences,
    file: HALT_RULE,
    from: '$Permission.ApplyReplies',
    to: '$Permission.ApplyReply',
    says: /^names the value \$Permission.ApplyReply, which does not exist$/,
  },
  {
    title: 'a validation rule that names a missing field',
    check: checkReferences,
    file: HALT_RULE,
    from: 'ISCHANGED(UndoneReplyKey__c)',
    to: 'ISCHANGED(UndoneKey__c)',
    says: /^names the field CampaignStatus__c.UndoneKey__c, which does not exist$/,
  },
  {
    title: 'an object with a missing compact layout',
    check: checkReferences,
    file: STATUS_OBJECT,
    from: 'CampaignStatusSummary<',
    to: 'CampaignSummary<',
    says: /^names the compact layout CampaignSummary, which does not exist$/,
  },
  {
    title: 'an object whose search shows a missing field',
    check: checkReferences,
    file: STATUS_OBJECT,
    from: '<searchFilterFields>Status__c<',
    to: '<searchFilterFields>State__c<',
    says: /^names the field CampaignStatus__c.State__c, which does not exist$/,
  },
  {
    title: 'an object with a missing page',
    check: checkReferences,
    file: STATUS_OBJECT,
    from: '    <allowInChatterGroups>',
    to: '    <actionOverrides><actionName>View</actionName><content>Nowhere</content><type>Flexipage</type></actionOverrides>\n    <allowInChatterGroups>',
    says: /^names the page Nowhere, which does not exist$/,
  },
  {
    title: 'a compact layout with a missing field',
    check: checkReferences,
    file: COMPACT,
    from: '<fields>HaltReason__c',
    to: '<fields>Reason__c',
    says: /^names the field CampaignStatus__c.Reason__c, which does not exist$/,
  },
  {
    title: 'a layout with a missing field',
    check: checkReferences,
    file: STATUS_LAYOUT,
    from: '<field>HaltReason__c',
    to: '<field>Reason__c',
    says: /^names the field CampaignStatus__c.Reason__c, which does not exist$/,
  },
  {
    title: 'a layout with a missing related list',
    check: checkReferences,
    file: STATUS_LAYOUT,
    from: 'TrackedRecipient__c.CampaignStatus__c',
    to: 'TrackedRecipient__c.TrackedEmail__c',
    says: /^names the related list TrackedRecipient__c.TrackedEmail__c of CampaignStatus__c, which does not exist$/,
  },
  {
    title: 'a layout whose related list shows a missing field',
    check: checkReferences,
    file: STATUS_LAYOUT,
    from: '<fields>Address__c',
    to: '<fields>Mail__c',
    says: /^names the field TrackedRecipient__c.Mail__c, which does not exist$/,
  },
  {
    title: 'a layout with a missing quick action',
    check: checkReferences,
    file: STATUS_LAYOUT,
    from: '    <showEmailCheckbox>',
    to: '    <quickActionList><quickActionListItems><quickActionName>CampaignStatus__c.Go</quickActionName></quickActionListItems></quickActionList>\n    <showEmailCheckbox>',
    says: /^names the quick action CampaignStatus__c.Go, which does not exist$/,
  },
  {
    title: 'settings with a missing field',
    check: checkReferences,
    file: SETTINGS,
    from: '<field>BounceHalts__c',
    to: '<field>BouncesHalt__c',
    says: /^names the field ReplyTrackingSetting__mdt.BouncesHalt__c, which does not exist$/,
  },
  {
    title: 'settings that leave a field without a value',
    check: checkReferences,
    file: SETTINGS,
    from: '<field>BounceHalts__c',
    to: '<field>BouncesHalt__c',
    says: /^leaves ReplyTrackingSetting__mdt.BounceHalts__c without a value$/,
  },
  {
    title: 'settings with a value that the picklist does not have',
    check: checkReferences,
    file: SETTINGS,
    from: '>Person<',
    to: '>Everybody<',
    says: /^names the value "Everybody" of ReplyTrackingSetting__mdt.HaltScope__c, which does not exist$/,
  },
  {
    title: 'a notification type of two names',
    check: checkReferences,
    file: NOTIFICATION,
    from: '<customNotifTypeName>PersonAnswered',
    to: '<customNotifTypeName>SomebodyAnswered',
    says: /^is called SomebodyAnswered inside and PersonAnswered outside$/,
  },
  {
    title: 'a report type with a missing relationship',
    check: checkReferences,
    file: REPORT_TYPE,
    from: '<relationship>Recipients__r',
    to: '<relationship>People__r',
    says: /^names the relationship People__r of TrackedEmail__c, which does not exist$/,
  },
  {
    title: 'a report type with a missing field',
    check: checkReferences,
    file: REPORT_TYPE,
    from: '<field>Step__c.SalesSequence__c',
    to: '<field>Step__c.Sequence__c',
    says: /^names the field TrackedEmail__c.Step__c.Sequence__c, which does not exist$/,
  },
  {
    title: 'a report of a missing report type',
    check: checkReferences,
    file: REPORT,
    from: '<reportType>TrackedEmails__c',
    to: '<reportType>TrackedMails__c',
    says: /^names the report type TrackedMails__c, which does not exist$/,
  },
  {
    title: 'a report with a column that its report type does not have',
    check: checkReferences,
    file: REPORT,
    from: '<column>TrackedEmail__c$Step__c<',
    to: '<column>TrackedEmail__c$Steps__c<',
    says: /^names the column TrackedEmail__c\$Steps__c, which does not exist$/,
  },
  {
    title: 'a dashboard of a missing report',
    check: checkReferences,
    file: DASHBOARD,
    from: '<report>ReplyTracking/RepliesByDayAndKind',
    to: '<report>ReplyTracking/RepliesByDay',
    says: /^names the report ReplyTracking\/RepliesByDay, which does not exist$/,
  },
  {
    title: 'a dashboard with a column that its report does not have',
    check: checkReferences,
    file: DASHBOARD,
    from: '<groupingColumn>TrackedEmail__c$LastReplyKind__c',
    to: '<groupingColumn>TrackedEmail__c$Kind__c',
    says: /^names the column TrackedEmail__c\$Kind__c, which does not exist$/,
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

describe('the check of the names in force-app', () => {
  let copy: ProjectCopy;

  beforeEach(() => {
    copy = copyProject();
  });

  afterEach(() => copy.remove());

  for (const { title, check, file, from, to, says } of BREAKAGES) {
    it(`reports ${title}`, async () => {
      copy.replace(file, from, to);
      const problems = (await check(copy.read())).map(({ problem }) => problem);
      expect(problems.filter((problem) => says.test(problem))).to.have.lengthOf(1);
    });
  }

  it('points to the line of a name in the middle of a formula', () => {
    copy.replace(HALT_RULE, 'ISCHANGED(UndoneReplyKey__c)', 'ISCHANGED(UndoneKey__c)');
    const lines = readFileSync(join(copy.root, HALT_RULE), 'utf8').split('\n');
    const [finding] = checkReferences(copy.read());
    expect(finding && lines[finding.line - 1]).to.include('UndoneKey__c');
  });

  it('reports a field that no permission set grants', () => {
    const grant =
      /\s*<fieldPermissions>\s*<editable>\w+<\/editable>\s*<field>SalesSequence__c.Active__c<\/field>\s*<readable>true<\/readable>\s*<\/fieldPermissions>/;
    for (const name of ['User', 'Admin', 'Viewer']) {
      const file = join(copy.root, USER.replace('User', name));
      writeFileSync(file, readFileSync(file, 'utf8').replace(grant, ''));
    }
    const problems = checkReferences(copy.read()).map(({ problem }) => problem);
    expect(problems).to.deep.equal(['no permission set grants SalesSequence__c.Active__c, so nobody sees it']);
  });

  it('reports a name of the connector that the package does not have, or does not grant to it', () => {
    const project = copy.read();
    const names = {
      ...apiNames(),
      task: { ...apiNames().task, replyKey: 'ReplyId__c', subject: 'ReplyDismissedAt__c' },
    };
    const status = { ...apiNames().campaignStatus, owner: 'PriorStatus__c', object: 'CampaignStatus__c' };
    const problems = checkConnectorNames(project, readCatalog(project), {
      ...names,
      campaignStatus: status,
    } as unknown as ApiNames).map(({ problem }) => problem);
    expect(problems).to.deep.equal([
      'uses Task.ReplyDismissedAt__c, which ReplyTrackingConnector does not grant',
      'names the field Task.ReplyId__c, which does not exist',
      'uses CampaignStatus__c.PriorStatus__c, which ReplyTrackingConnector does not grant',
    ]);
  });

  it('reports a field that the connector may only read and writes', () => {
    const grant = '<editable>true</editable>\n        <field>Task.ReplyKind__c</field>';
    const connector = USER.replace('User', 'Connector');
    copy.replace(connector, grant, grant.replace('true', 'false'));
    const problems = checkReferences(copy.read()).map(({ problem }) => problem);
    expect(problems).to.deep.equal(['writes Task.ReplyKind__c, which ReplyTrackingConnector lets only read']);
  });
});
