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

describe('the check of pages, actions and components in force-app', () => {
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
