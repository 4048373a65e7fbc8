import { expect } from 'chai';
import { checkReferences } from '../../scripts/check-references.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"';

const file = (type: string, content: string): string => `${HEAD}<${type} ${NAMESPACE}>${content}</${type}>\n`;

const component = (name: string, properties = ''): string =>
  `<itemInstances><componentInstance>${properties}<componentName>${name}</componentName><identifier>one</identifier></componentInstance></itemInstances>`;

const property = (name: string, value: string): string =>
  `<componentInstanceProperties><name>${name}</name><value>${value}</value></componentInstanceProperties>`;

const page = (content: string): Readonly<Record<string, string>> => ({
  'flexipages/Probe.flexipage-meta.xml': file(
    'FlexiPage',
    `<flexiPageRegions>${content}<name>main</name><type>Region</type></flexiPageRegions><masterLabel>Probe</masterLabel>` +
      '<sobjectType>TrackedEmail__c</sobjectType><template><name>flexipage:recordHomeSingleColNoHeaderTemplateDesktop</name></template><type>RecordPage</type>',
  ),
});

const bundle = (script: string, template = '<template></template>'): Readonly<Record<string, string>> => ({
  'lwc/probe/probe.js': script,
  'lwc/probe/probe.html': template,
  'lwc/probe/probe.js-meta.xml': file('LightningComponentBundle', '<apiVersion>67.0</apiVersion>'),
});

const query = (record: string, order = 'LastReplyAt__c'): string =>
  `import { gql } from 'lightning/graphql';\nexport default gql\`query mails($id: ID) { uiapi { query { TrackedEmail__c(first: 5, where: { Id: { eq: $id } }, orderBy: { ${order}: { order: DESC } }) { edges { node { Id ${record} } } } } } }\`;\n`;

const flow = (name: string, content: string): Readonly<Record<string, string>> => ({
  [`flows/${name}.flow-meta.xml`]: file(
    'Flow',
    `${content}<label>Probe</label><processType>AutoLaunchedFlow</processType><status>Active</status>`,
  ),
});

const subflow = (called: string, input: string): Readonly<Record<string, string>> => ({
  ...flow(
    'Task_Sub_Caller',
    `<subflows><name>Call</name><label>Call</label><flowName>${called}</flowName><inputAssignments><name>${input}</name><value><stringValue>x</stringValue></value></inputAssignments></subflows>`,
  ),
  ...flow(
    'Task_Sub_Called',
    '<variables><name>Word</name><dataType>String</dataType><isInput>true</isInput><isOutput>false</isOutput></variables>',
  ),
});

const formula = (expression: string): Readonly<Record<string, string>> =>
  flow('Task_Sub_Probe', `<formulas><name>F</name><expression>${expression}</expression></formulas>`);

const notification = (name: string): Readonly<Record<string, string>> =>
  flow(
    'Task_Sub_Probe',
    `<recordLookups><name>Get</name><label>Get</label><filters><field>DeveloperName</field><operator>EqualTo</operator><value><stringValue>${name}</stringValue></value></filters><object>CustomNotificationType</object></recordLookups>`,
  );

/** Files that a copy of the project gets in the room of the app, and what the check then says; nothing when all is well. */
const ADDITIONS: readonly (readonly [string, Readonly<Record<string, string>>, string | undefined])[] = [
  ['a page of fields, lists and components that exist', page(component('force:detailPanel')), undefined],
  ['a page with a missing component', page(component('c:nowhere')), 'component c:nowhere'],
  [
    'a page with a missing field',
    page(
      '<itemInstances><fieldInstance><fieldItem>Record.Sent__c</fieldItem><identifier>one</identifier></fieldInstance></itemInstances>',
    ),
    'field TrackedEmail__c.Sent__c',
  ],
  [
    'a page with a missing related list',
    page(component('lst:dynamicRelatedList', property('relatedListApiName', 'Answers__r'))),
    'relatedListApiName Answers__r',
  ],
  [
    'a page with a missing action',
    page(component('force:highlightsPanel', property('actionNames', 'TrackedEmail__c.Forget'))),
    'actionNames TrackedEmail__c.Forget',
  ],
  [
    'a page of a missing object',
    {
      'flexipages/Probe.flexipage-meta.xml': page('')['flexipages/Probe.flexipage-meta.xml']!.replace(
        '>TrackedEmail__c<',
        '>Mail__c<',
      ),
    },
    'object Mail__c',
  ],
  [
    'a quick action that starts a missing flow',
    {
      'quickActions/Task.Probe.quickAction-meta.xml': file(
        'QuickAction',
        '<flowDefinition>Task_Screen_Probe</flowDefinition><label>Probe</label><optionsCreateFeedItem>false</optionsCreateFeedItem><type>Flow</type>',
      ),
    },
    'flow Task_Screen_Probe',
  ],
  ['a flow that calls another one with the input that it takes', subflow('Task_Sub_Called', 'Word'), undefined],
  ['a flow that calls a missing flow', subflow('Task_Sub_Gone', 'Word'), 'flow Task_Sub_Gone'],
  [
    'a flow that gives another one an input that it does not take',
    subflow('Task_Sub_Called', 'Sentence'),
    'input Sentence of Task_Sub_Called',
  ],
  [
    'a flow that reads a setting and a permission that exist',
    formula('{!$Permission.UndoAnyHalt} &amp; {!$CustomMetadata.ReplyTrackingSetting__mdt.Default.PauseDays__c}'),
    undefined,
  ],
  [
    'a flow that reads a missing setting',
    formula('{!$CustomMetadata.ReplyTrackingSetting__mdt.Default.PauseHours__c}'),
    'resource or field $CustomMetadata.ReplyTrackingSetting__mdt.Default.PauseHours__c',
  ],
  [
    'a flow that reads the settings of a missing record',
    formula('{!$CustomMetadata.ReplyTrackingSetting__mdt.Other.PauseDays__c}'),
    'resource or field $CustomMetadata.ReplyTrackingSetting__mdt.Other.PauseDays__c',
  ],
  [
    'a flow that asks for a missing permission',
    formula('{!$Permission.UndoHalts}'),
    'resource or field $Permission.UndoHalts',
  ],
  ['a flow that sends the notification of the project', notification('PersonAnswered'), undefined],
  ['a flow that sends a missing notification', notification('MachineAnswered'), 'notification type MachineAnswered'],
  [
    'a tab of a missing page',
    {
      'tabs/Probe.tab-meta.xml': file(
        'CustomTab',
        '<flexiPage>Nowhere</flexiPage><label>Probe</label><motif>Custom1: Heart</motif>',
      ),
    },
    'page Nowhere',
  ],
  [
    'a component that imports what exists',
    bundle(`import SENT from '@salesforce/schema/TrackedEmail__c.SentAt__c';\nexport default SENT;\n`),
    undefined,
  ],
  [
    'a component that imports a missing field',
    bundle(`import SENT from '@salesforce/schema/Task.TrackedEmail__r.ReplyCount';\nexport default SENT;\n`),
    'module @salesforce/schema/Task.TrackedEmail__r.ReplyCount',
  ],
  [
    'a component that imports a missing permission',
    bundle(`import may from '@salesforce/customPermission/UndoAll';\nexport default may;\n`),
    'module @salesforce/customPermission/UndoAll',
  ],
  [
    'a component that imports a missing component',
    bundle(`import { words } from 'c/words';\nexport default words;\n`),
    'module c/words',
  ],
  [
    'a template with a missing component',
    bundle('export default 1;\n', '<template>\n  <c-reply-list></c-reply-list>\n</template>\n'),
    'component replyList',
  ],
  [
    'a query of fields, parents and children that exist',
    bundle(
      query(
        'Subject__c { value } Step__r { SalesSequence__r { Name { value } } } Recipients__r { edges { node { Address__c { value } } } }',
      ),
    ),
    undefined,
  ],
  ['a query of a missing field', bundle(query('Title__c { value }')), 'field TrackedEmail__c.Title__c'],
  [
    'a query of a field that is on another object',
    bundle(query('Step__r { ReplyCount__c { value } }')),
    'field SalesSequenceStep__c.ReplyCount__c',
  ],
  [
    'a query of a missing relationship',
    bundle(query('Replies__r { edges { node { Id } } } Owners__r { Id }')),
    'relationship Owners__r of TrackedEmail__c',
  ],
  ['a query that sorts by a missing field', bundle(query('Id', 'Status__c')), 'field TrackedEmail__c.Status__c'],
  ['a name in a text that nothing has', bundle(`export const FIELDS = ['Task.Kind__c'];\n`), 'object or field Kind__c'],
];

describe('the check of what is added to force-app', () => {
  let copy: ProjectCopy;

  beforeEach(() => {
    copy = copyProject();
  });

  afterEach(() => copy.remove());

  for (const [title, files, what] of ADDITIONS) {
    it(`${what === undefined ? 'takes' : 'reports'} ${title}`, () => {
      for (const [path, text] of Object.entries(files)) copy.add(`force-app/main/app/${path}`, text);
      const problems = checkReferences(copy.read()).map(({ problem }) => problem);
      if (what === undefined) expect(problems).to.deep.equal([]);
      else expect(problems).to.include(`names the ${what}, which does not exist`);
    });
  }
});
