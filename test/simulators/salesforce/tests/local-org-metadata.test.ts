import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { readFileSync } from 'node:fs';
import { formatMetadataTypes } from '../../../../scripts/metadata-types.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { deploy, field } from './metadata-files.ts';
import { SAMPLE } from './sample-metadata.ts';

type Files = Readonly<Record<string, string>>;

/** The sample with one text of one file replaced. */
function changed(path: string, from: string, to: string): Files {
  const text = SAMPLE[path] ?? '';
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  return { ...SAMPLE, [path]: text.replace(from, to) };
}

function without(path: string): Files {
  return Object.fromEntries(Object.entries(SAMPLE).filter(([each]) => each !== path));
}

describe('local org: metadata types', () => {
  let org: LocalOrg;
  let connection: Connection;

  beforeEach(async () => {
    org = await startLocalOrg();
    connection = connect(org);
  });

  afterEach(() => org.close());

  it('knows the elements of exactly the types that the Metadata API lists', async () => {
    const stored = readFileSync(new URL('../metadata/metadata-types.json', import.meta.url), 'utf8');
    expect(stored).to.equal(await formatMetadataTypes());
  });

  it('takes a package of every type, twice, and gives its custom metadata to queries', async () => {
    const first = await deploy(connection, SAMPLE);
    const again = await deploy(connection, changed('customMetadata/Rule.Main.md', '>7<', '>9<'));
    const { records } = await connection.query('SELECT DeveloperName, Label, Days__c, On__c FROM Rule__mdt');
    const written = await refusalOf(connection.sobject('Rule__mdt').create({ Label: 'Mine' }));
    expect(first.map(({ fileName, problem }) => `${fileName}: ${problem ?? ''}`)).to.deep.equal([]);
    expect(again).to.deep.equal([]);
    expect(records).to.have.length(1);
    expect(records[0]).to.include({ DeveloperName: 'Main', Label: 'Main', Days__c: 9, On__c: true });
    expect(written.errorCode).to.not.equal('');
    expect(org.notSimulated).to.deep.equal([]);
  });

  const refused: readonly [string, Files, string][] = [
    [
      'a record of custom metadata without its type',
      { 'customMetadata/Other.Main.md': SAMPLE['customMetadata/Rule.Main.md']! },
      'Custom metadata type Other__mdt is not available in this organization.',
    ],
    [
      'a record of custom metadata with an unknown field',
      changed('customMetadata/Rule.Main.md', 'Days__c', 'Nope__c'),
      'no CustomField named Rule__mdt.Nope__c found',
    ],
    [
      'a value of another type than its field',
      changed('customMetadata/Rule.Main.md', 'xsd:double', 'xsd:string'),
      "The value of Days__c is of type 'xsd:string'",
    ],
    [
      'a value whose prefix is not declared',
      changed('customMetadata/Rule.Main.md', ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"', ''),
      'The prefix "xsd" for "value" is not bound',
    ],
    [
      'a custom metadata type with a lookup',
      changed(
        'objects/Rule__mdt.object',
        '</CustomObject>',
        `${field('A__c', 'Lookup', { referenceTo: 'Account', relationshipName: 'A' })}</CustomObject>`,
      ),
      'Custom metadata types cannot have the field A__c',
    ],
    [
      'an element that the API does not have',
      changed('layouts/Thing__c-Thing Layout.layout', '<layoutSections>', '<sections/><layoutSections>'),
      'Element sections invalid at this location in type Layout',
    ],
    [
      'a word that an enumeration does not have',
      changed('layouts/Thing__c-Thing Layout.layout', 'OneColumn', 'NoColumn'),
      "'NoColumn' is not a valid value for the enum 'LayoutSectionStyle'",
    ],
    [
      'an element that is missing',
      changed('customPermissions/MayUndo.customPermission', '<isLicensed>false</isLicensed>', ''),
      'Required field is missing: isLicensed',
    ],
    [
      'a layout with an unknown field',
      changed('layouts/Thing__c-Thing Layout.layout', '<field>Code__c', '<field>Nope__c'),
      'no CustomField named Thing__c.Nope__c found',
    ],
    [
      'a layout without a required field',
      changed(
        'layouts/Thing__c-Thing Layout.layout',
        '<behavior>Required</behavior><field>Title__c</field>',
        '<emptySpace>true</emptySpace>',
      ),
      'Layout must contain an item for required layout field: Title__c',
    ],
    [
      'a layout of a missing object',
      { 'layouts/Nope__c-A.layout': SAMPLE['layouts/Thing__c-Thing Layout.layout']! },
      'Parent entity failed to deploy',
    ],
    [
      'a related list that no lookup makes',
      changed('layouts/Thing__c-Thing Layout.layout', 'Part__c.Thing__c', 'Part__c.Nope__c'),
      'Cannot find related list:Part__c.Nope__c',
    ],
    [
      'a page with an unknown component',
      changed('flexipages/ThingPage.flexipage', 'force:detailPanel', 'force:nope'),
      'component force:nope',
    ],
    [
      'a page with a component for other objects',
      changed('lwc/thingCard/thingCard.js-meta.xml', '<object>Thing__c</object>', '<object>Account</object>'),
      'The component thingCard is not available for Thing__c',
    ],
    [
      'a page that sets an unknown property',
      changed('flexipages/ThingPage.flexipage', '<name>heading</name>', '<name>nope</name>'),
      'The component thingCard has no property nope',
    ],
    [
      'a page whose rule names an unknown field',
      changed('flexipages/ThingPage.flexipage', '{!Record.Code__c}', '{!Record.Nope__c}'),
      'no CustomField named Thing__c.Nope__c found',
    ],
    [
      'a page with a region that its template lacks',
      changed('flexipages/ThingPage.flexipage', '<name>main</name>', '<name>nope</name>'),
      'has no region nope',
    ],
    [
      'a tab of a missing page',
      changed('tabs/FirstSteps.tab', '<flexiPage>FirstSteps', '<flexiPage>Nope'),
      'In field: flexiPage - no FlexiPage named Nope found',
    ],
    [
      'an app with a missing tab',
      changed('applications/Things.app', '<tabs>FirstSteps', '<tabs>Nope'),
      'no CustomTab named Nope found',
    ],
    [
      'a quick action of a missing component',
      changed('quickActions/Task.Show.quickAction', '>thingLine<', '>nope<'),
      'In field: lightningWebComponent - no LightningComponentBundle named nope found',
    ],
    [
      'an override by a page of another object',
      changed('flexipages/ThingPage.flexipage', '<sobjectType>Thing__c', '<sobjectType>Part__c'),
      'The page ThingPage is not a record page of Thing__c',
    ],
    [
      'a compact layout with an unknown field',
      changed('objects/Thing__c.object', '<fields>Code__c</fields>', '<fields>Nope__c</fields>'),
      'no CustomField named Thing__c.Nope__c found',
    ],
    [
      'a history of an object that keeps none',
      changed('objects/Thing__c.object', '<enableHistory>true', '<enableHistory>false'),
      'trackHistory of Code__c needs enableHistory',
    ],
    [
      'a report type with an unknown field',
      changed('reportTypes/Things.reportType', '<field>Code__c', '<field>Nope__c'),
      'Could not find field Nope__c in table Thing__c',
    ],
    [
      'a report type with an unknown relationship',
      changed('reportTypes/Things.reportType', '<relationship>Parts__r', '<relationship>Nope__r'),
      'Could not find relationship Nope__r on Thing__c',
    ],
    [
      'a report that names an unknown column',
      changed('reports/Folder/Codes.report', '<field>Thing__c$Code__c', '<field>Thing__c$Nope__c'),
      'Invalid field name: Thing__c$Nope__c',
    ],
    [
      'a report of an unknown type',
      changed('reports/Folder/Codes.report', 'Things__c', 'Nope__c'),
      'Invalid report type: Nope__c',
    ],
    ['a report in a missing folder', without('reports/Folder-meta.xml'), 'Cannot find folder:Folder'],
    [
      'a dashboard of a missing report',
      changed('dashboards/Folder/All.dashboard', 'Folder/Codes', 'Folder/Nope'),
      'no Report named Folder/Nope found',
    ],
    [
      'two components of a dashboard in one place',
      changed('dashboards/Folder/All.dashboard', '<columnIndex>6', '<columnIndex>5'),
      'Two dashboard components lie on one place',
    ],
    [
      'a Lightning web component without configuration',
      without('lwc/thingCard/thingCard.js-meta.xml'),
      'No configuration file found: lwc/thingCard/thingCard.js-meta.xml',
    ],
    [
      'a component that imports an unknown field',
      changed('lwc/thingCard/thingCard.js', 'Thing__c.Code__c', 'Thing__c.Nope__c'),
      'Invalid reference Thing__c.Nope__c of type sobjectField in file thingCard.js',
    ],
    [
      'a component that shows an unknown one',
      changed('lwc/thingCard/thingCard.html', 'c-thing-line', 'c-nope'),
      'No MODULE named markup://c:nope found',
    ],
    [
      'a notification type for no device',
      changed('notificationtypes/Told.notiftype', '<desktop>true', '<desktop>false'),
      'At least one channel must be selected',
    ],
    [
      'a grant of a missing custom permission',
      changed('permissionsets/Users.permissionset', 'MayUndo', 'Nope'),
      'no CustomPermission named Nope found',
    ],
    [
      'two fields of one name',
      changed(
        'objects/Thing__c.object',
        '</CustomObject>',
        `${field('CODE__c', 'Text', { length: 9 })}</CustomObject>`,
      ),
      'There is already a field named CODE on Thing.',
    ],
    [
      'a flow test of a missing flow',
      changed('flowtests/Stamps.flowtest', '>Stamp<', '>Nope<'),
      'In field: flowApiName - no Flow named Nope found',
    ],
  ];
  for (const [what, files, text] of refused) {
    it(`refuses ${what}, and changes nothing`, async () => {
      const failures = await deploy(connection, files);
      const found = failures.find(({ problem }) => problem?.includes(text));
      const { errorCode } = await refusalOf(connection.query('SELECT Id FROM Thing__c'));
      expect(found, JSON.stringify(failures.map(({ fileName, problem }) => [fileName, problem]))).to.not.equal(
        undefined,
      );
      expect(found?.lineNumber).to.be.greaterThan(0);
      expect(errorCode).to.equal('INVALID_TYPE');
    });
  }
});
