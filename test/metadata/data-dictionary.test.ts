import { expect } from 'chai';
import { checkDictionary, dictionaryOf } from '../../scripts/document-force-app.ts';
import { prose } from '../../scripts/data-dictionary/markdown.ts';
import { childrenOf, FILES, filesOf, flowElements, textOf } from './force-app.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';

const PAGE = 'force-app/DATA-DICTIONARY.md';
const FIELD = 'force-app/main/tracking/objects/TrackedEmail__c/fields/SentAt__c.field-meta.xml';
const FLOW = 'force-app/main/sequence/flows/Task_AfterSave_ApplyReply.flow-meta.xml';
/** Types whose every file has its description on the page. */
const ON_THE_PAGE = [
  'CustomApplication',
  'CustomField',
  'CustomNotificationType',
  'CustomObject',
  'CustomPermission',
  'CustomTab',
  'Dashboard',
  'FlexiPage',
  'Flow',
  'LightningComponentBundle',
  'PermissionSet',
  'QuickAction',
  'Report',
  'ReportType',
  'ValidationRule',
];

describe('the data dictionary of force-app', () => {
  let copy: ProjectCopy;
  let page: string;

  before(async () => {
    copy = copyProject();
    page = await dictionaryOf(copy.read());
  });

  after(() => copy.remove());

  it('holds the description of everything that the package describes', () => {
    const described = FILES.filter(({ type }) => ON_THE_PAGE.includes(type)).map(({ root }) => root);
    const elements = filesOf('Flow').flatMap(flowElements);
    for (const element of [...described, ...elements]) {
      const text = prose(textOf(element, 'description') ?? '');
      expect(page.replaceAll(/ +/g, ' ')).to.include(text);
    }
  });

  it('says of every field who may edit it', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| **'));
    const row = (field: string): string =>
      rows.map((line) => line.replaceAll(/ +/g, ' ')).find((line) => line.includes(`\`${field}\` |`)) ?? '';
    expect(row('SentAt__c')).to.match(/\| Connector \|$/);
    expect(row('HaltReason__c')).to.match(/\| nobody: flows \|$/);
    expect(row('HaltedByTask__c')).to.match(/\| nobody: calculated \|$/);
    expect(row('MessageKey__c')).to.match(/\| whoever may the record \|$/);
    expect(row('EnrolledAt__c')).to.match(/\| Admin, User \|$/);
  });

  it('says what each setting is as installed', () => {
    const lines = page.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
    expect(lines.filter((line) => line.startsWith('| **Pause Days** `PauseDays__c` | 7 | '))).to.have.lengthOf(1);
    expect(lines.filter((line) => line.startsWith('| **Halt Scope** `HaltScope__c` | Person | '))).to.have.lengthOf(1);
    expect(lines.filter((line) => line.startsWith('| Person (default) | '))).to.have.lengthOf(1);
  });

  it('tells the elements of a flow in the order in which they are reached, and where a decision leads', () => {
    const flow = page.slice(page.indexOf('### Task - After Save - Apply Reply'));
    const questions = filesOf('Flow')
      .filter(({ name }) => name === 'Task_AfterSave_ApplyReply')
      .flatMap(({ root }) => childrenOf(root, 'decisions'))
      .map((decision) => textOf(decision, 'label') ?? '');
    expect(questions).to.have.lengthOf.above(1);
    for (const question of questions) expect(flow).to.include(`| ${question} `);
    expect(flow.indexOf('| Who Answered? ')).to.be.lessThan(flow.indexOf('| What Kind of Reply Is It? '));
  });

  it('keeps signs of Markdown in a description from being read as such', () => {
    expect(prose('A | B, <b> and [c](d) for *all*\n  of X__c.Y__c')).to.equal(
      'A \\| B, \\<b\\> and \\[c\\](d) for \\*all\\* of `X__c.Y__c`',
    );
  });

  it('is found out of date, at the line of the difference, when a description has changed', async () => {
    copy.add(PAGE, page);
    expect(await checkDictionary(copy.read())).to.deep.equal([]);
    copy.replace(FIELD, 'Moment at which the mail left the mailbox', 'Moment at which the mail was gone');
    const [finding, ...others] = await checkDictionary(copy.read());
    expect(others).to.deep.equal([]);
    expect(finding?.path).to.equal(PAGE);
    const changed = (await dictionaryOf(copy.read())).split('\n')[finding!.line - 1];
    expect(changed).to.satisfy((line: string) => line.startsWith('|'));
  });

  it('is found missing when it is not there, and incomplete when a flow has an element more', async () => {
    const other = copyProject();
    other.add(PAGE, '');
    expect(await checkDictionary(other.read())).to.have.lengthOf(1);
    other.add(PAGE, await dictionaryOf(other.read()));
    other.replace(FLOW, '<label>Who Answered?</label>', '<label>Who Is It?</label>');
    expect(await checkDictionary(other.read())).to.have.lengthOf(1);
    other.remove();
  });
});
