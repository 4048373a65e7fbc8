import { textOf, type MetadataFile, type Project } from '../check-source.ts';
import { flowSection } from './flows.ts';
import { objectSection } from './objects.ts';
import { describedTable, permissionSetSection, settingTable } from './people.ts';

const INTRODUCTION = `# Data dictionary

Every object, field, flow, permission set and report of the package, in the words that the package itself carries. This page is written by \`npm run dictionary\` from the metadata in \`force-app/main\`, and \`npm run check\` fails when the two differ: do not edit it, edit the description. [README.md](README.md) tells the same in short and says what a reply does.`;

/** Objects in the order in which a reader needs them: what was sent, what came back, who is in which sequence, the rest. */
const OBJECTS = [
  'TrackedEmail__c',
  'TrackedRecipient__c',
  'Activity',
  'SalesSequence__c',
  'SalesSequenceStep__c',
  'CampaignStatus__c',
  'ConnectedMailbox__c',
  'ReplyProblem__c',
];
/** Types that a table of names and descriptions says everything about. */
const TABLES: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Reports',
    [
      ['Dashboard', 'dashboard'],
      ['Report', 'report'],
      ['ReportType', 'report type'],
    ],
  ],
  [
    'What people see',
    [
      ['CustomApplication', 'application'],
      ['CustomTab', 'tab'],
      ['FlexiPage', 'page'],
      ['LightningComponentBundle', 'component'],
      ['QuickAction', 'action'],
      ['CustomNotificationType', 'notification'],
    ],
  ],
];

/** The whole page, as Markdown that has not been formatted. Throws when the package has an object that has no place on it. */
export function composeDictionary(project: Project): string {
  const ofType = (type: string): MetadataFile[] => project.files.filter((file) => file.type === type);
  const forgotten = ofType('CustomObject').filter(({ name }) => !OBJECTS.includes(name) && !name.endsWith('__mdt'));
  if (forgotten.length > 0) {
    throw new Error(`scripts/data-dictionary/page.ts has no place for ${forgotten.map(({ name }) => name).join(', ')}`);
  }
  const sections = [
    ['Objects', OBJECTS.flatMap((object) => objectSection(project, object))],
    ['Settings', settingsSection(project)],
    ['Flows', ofType('Flow').flatMap(flowSection)],
    [
      'Permission sets',
      [
        ...ofType('PermissionSet').flatMap(permissionSetSection),
        ...describedTable(project, 'CustomPermission', 'custom permission'),
      ],
    ],
    ...TABLES.map(
      ([title, types]) => [title, types.flatMap(([type, what]) => describedTable(project, type, what))] as const,
    ),
  ] as const;
  const contents = sections.map(([title]) => `- [${title}](#${title.toLowerCase().replaceAll(' ', '-')})`).join('\n');
  return (
    [INTRODUCTION, contents, ...sections.flatMap(([title, parts]) => [`## ${title}`, ...parts])].join('\n\n') + '\n'
  );
}

function settingsSection(project: Project): string[] {
  const types = project.files.filter(({ type, name }) => type === 'CustomObject' && name.endsWith('__mdt'));
  return types.flatMap(({ name, root }) => [
    `### ${textOf(root, 'label')} \`${name}\``,
    textOf(root, 'description') ?? '',
    ...settingTable(project, `${name.replace('__mdt', '')}.Default`),
    ...objectSection(project, name)
      .slice(2)
      .filter((part) => part.startsWith('| value of')),
  ]);
}
