import { field, metadataFile, objectHead } from './metadata-files.ts';

const THING = metadataFile(
  'CustomObject',
  `${objectHead('Thing')}<enableHistory>true</enableHistory>
<compactLayoutAssignment>Short</compactLayoutAssignment>
<actionOverrides><actionName>View</actionName><type>Flexipage</type><content>ThingPage</content><formFactor>Large</formFactor></actionOverrides>
<searchLayouts><customTabListAdditionalFields>NAME</customTabListAdditionalFields>
<searchResultsAdditionalFields>Code__c</searchResultsAdditionalFields></searchLayouts>
${field('Code__c', 'Text', { length: 10, trackHistory: true })}
${field('Title__c', 'Text', { length: 40, required: true })}
<compactLayouts><fullName>Short</fullName><fields>Name</fields><fields>Code__c</fields><label>Short</label></compactLayouts>`,
);

const PART = metadataFile(
  'CustomObject',
  objectHead('Part') +
    field('Thing__c', 'Lookup', { referenceTo: 'Thing__c', relationshipLabel: 'Parts', relationshipName: 'Parts' }),
);

const RULE_TYPE = metadataFile(
  'CustomObject',
  `<label>Rule</label><pluralLabel>Rules</pluralLabel><visibility>Public</visibility>
${field('Days__c', 'Number', { precision: 3, scale: 0 })}
${field('On__c', 'Checkbox', { defaultValue: false })}`,
);

const RULE = `<?xml version="1.0" encoding="UTF-8"?>
<CustomMetadata xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<label>Main</label><protected>false</protected>
<values><field>Days__c</field><value xsi:type="xsd:double">7</value></values>
<values><field>On__c</field><value xsi:type="xsd:boolean">true</value></values>
</CustomMetadata>
`;

const PLACE = '<locationX>0</locationX><locationY>0</locationY>';

const STAMP = metadataFile(
  'Flow',
  `<apiVersion>67.0</apiVersion><label>Stamp</label><processType>AutoLaunchedFlow</processType><status>Active</status>
<recordUpdates><name>Set</name><label>Set</label>${PLACE}
<inputAssignments><field>Code__c</field><value><stringValue>new</stringValue></value></inputAssignments>
<inputReference>$Record</inputReference></recordUpdates>
<start>${PLACE}<connector><targetReference>Set</targetReference></connector>
<object>Thing__c</object><recordTriggerType>Create</recordTriggerType><triggerType>RecordBeforeSave</triggerType></start>`,
);

const LAYOUT = metadataFile(
  'Layout',
  `<layoutSections><label>Information</label><layoutColumns>
<layoutItems><behavior>Edit</behavior><field>Code__c</field></layoutItems>
<layoutItems><behavior>Required</behavior><field>Title__c</field></layoutItems>
<layoutItems><behavior>Readonly</behavior><field>Name</field></layoutItems>
</layoutColumns><style>OneColumn</style></layoutSections>
<relatedLists><fields>NAME</fields><relatedList>Part__c.Thing__c</relatedList></relatedLists>
<relatedLists><relatedList>RelatedActivityList</relatedList></relatedLists>`,
);

const RECORD_PAGE = metadataFile(
  'FlexiPage',
  `<flexiPageRegions>
<itemInstances><componentInstance><componentInstanceProperties><name>heading</name><value>Parts</value></componentInstanceProperties>
<componentName>thingCard</componentName><identifier>card</identifier>
<visibilityRule><criteria><leftValue>{!Record.Code__c}</leftValue><operator>NE</operator><rightValue>x</rightValue></criteria></visibilityRule>
</componentInstance></itemInstances>
<itemInstances><componentInstance><componentName>force:detailPanel</componentName><identifier>detail</identifier></componentInstance></itemInstances>
<name>main</name><type>Region</type></flexiPageRegions>
<masterLabel>Thing</masterLabel><sobjectType>Thing__c</sobjectType>
<template><name>flexipage:recordHomeTemplateDesktop</name></template><type>RecordPage</type>`,
);

const APP_PAGE = metadataFile(
  'FlexiPage',
  `<flexiPageRegions><itemInstances><componentInstance><componentName>flexipage:richText</componentName><identifier>text</identifier></componentInstance></itemInstances>
<name>main</name><type>Region</type></flexiPageRegions>
<masterLabel>First Steps</masterLabel><template><name>flexipage:defaultAppHomeTemplate</name></template><type>AppPage</type>`,
);

const bundleFile = (content: string): string =>
  metadataFile('LightningComponentBundle', `<apiVersion>67.0</apiVersion>${content}`);

const CARD = bundleFile(`<isExposed>true</isExposed><masterLabel>Thing Card</masterLabel>
<targets><target>lightning__RecordPage</target></targets>
<targetConfigs><targetConfig targets="lightning__RecordPage"><property name="heading" type="String"/>
<objects><object>Thing__c</object></objects></targetConfig></targetConfigs>`);

const CARD_SCRIPT = `import { LightningElement, api } from 'lwc';
import CODE from '@salesforce/schema/Thing__c.Code__c';
import { line } from './line';

export default class ThingCard extends LightningElement {
  @api heading;
  fields = [CODE, line];
}
`;

const reportColumn = (table: string, name: string): string =>
  `<columns><checkedByDefault>true</checkedByDefault><field>${name}</field><table>${table}</table></columns>`;

const REPORT_TYPE = metadataFile(
  'ReportType',
  `<baseObject>Thing__c</baseObject><category>other</category><deployed>true</deployed>
<join><outerJoin>true</outerJoin><relationship>Parts__r</relationship></join><label>Things</label>
<sections>${reportColumn('Thing__c', 'Code__c')}${reportColumn('Thing__c', 'Owner')}<masterLabel>Things</masterLabel></sections>
<sections>${reportColumn('Thing__c.Parts__r', 'Name')}<masterLabel>Parts</masterLabel></sections>`,
);

const REPORT = metadataFile(
  'Report',
  `<columns><field>Thing__c.Parts__r$Name</field></columns><format>Summary</format>
<groupingsDown><field>Thing__c$Code__c</field><sortOrder>Asc</sortOrder></groupingsDown>
<name>Codes</name><reportType>Things__c</reportType>`,
);

const cell = (
  column: number,
): string => `<dashboardGridComponents><colSpan>6</colSpan><columnIndex>${column}</columnIndex>
<dashboardComponent><chartSummary><column>RowCount</column></chartSummary><componentType>Bar</componentType>
<groupingColumn>Thing__c$Code__c</groupingColumn><report>Folder/Codes</report></dashboardComponent>
<rowIndex>0</rowIndex><rowSpan>4</rowSpan></dashboardGridComponents>`;

const DASHBOARD = metadataFile(
  'Dashboard',
  `<backgroundEndColor>#FFFFFF</backgroundEndColor><backgroundFadeDirection>Diagonal</backgroundFadeDirection>
<backgroundStartColor>#FFFFFF</backgroundStartColor>
<dashboardGridLayout>${cell(0)}${cell(6)}<numberOfColumns>12</numberOfColumns><rowHeight>36</rowHeight></dashboardGridLayout>
<dashboardType>LoggedInUser</dashboardType><isGridLayout>true</isGridLayout>
<textColor>#000000</textColor><title>All</title><titleColor>#000000</titleColor><titleSize>12</titleSize>`,
);

const folder = (type: string): string =>
  metadataFile(`${type}Folder`, '<accessType>Public</accessType><name>Folder</name>');

/** A small package with one component of every type that the local org takes. Paths as in a deploy zip. */
export const SAMPLE: Readonly<Record<string, string>> = {
  'objects/Thing__c.object': THING,
  'objects/Part__c.object': PART,
  'objects/Rule__mdt.object': RULE_TYPE,
  'customMetadata/Rule.Main.md': RULE,
  'customPermissions/MayUndo.customPermission': metadataFile(
    'CustomPermission',
    '<isLicensed>false</isLicensed><label>May Undo</label>',
  ),
  'notificationtypes/Told.notiftype': metadataFile(
    'CustomNotificationType',
    '<customNotifTypeName>Told</customNotifTypeName><desktop>true</desktop><masterLabel>Told</masterLabel><mobile>false</mobile>',
  ),
  'flows/Stamp.flow': STAMP,
  'flowtests/Stamps.flowtest': metadataFile(
    'FlowTest',
    '<description>Runs.</description><flowApiName>Stamp</flowApiName><label>Stamps</label><testPoints><elementApiName>Start</elementApiName></testPoints><testPoints><assertions><conditions><leftValueReference>$Record.Name</leftValueReference><operator>IsNull</operator><rightValue><booleanValue>false</booleanValue></rightValue></conditions><errorMessage>A name.</errorMessage></assertions><elementApiName>Finish</elementApiName></testPoints><testType>WithAssertion</testType>',
  ),
  'quickActions/Task.Show.quickAction': metadataFile(
    'QuickAction',
    '<label>Show</label><lightningWebComponent>thingLine</lightningWebComponent><optionsCreateFeedItem>false</optionsCreateFeedItem><type>LightningWebComponent</type>',
  ),
  'layouts/Thing__c-Thing Layout.layout': LAYOUT,
  'flexipages/ThingPage.flexipage': RECORD_PAGE,
  'flexipages/FirstSteps.flexipage': APP_PAGE,
  'lwc/thingCard/thingCard.js': CARD_SCRIPT,
  'lwc/thingCard/line.js': 'export const line = 1;\n',
  'lwc/thingCard/thingCard.html': '<template>{heading}<c-thing-line></c-thing-line></template>\n',
  'lwc/thingCard/thingCard.js-meta.xml': CARD,
  'lwc/thingLine/thingLine.js':
    "import { LightningElement } from 'lwc';\nexport default class ThingLine extends LightningElement {}\n",
  'lwc/thingLine/thingLine.js-meta.xml': bundleFile('<isExposed>false</isExposed>'),
  'tabs/Thing__c.tab': metadataFile('CustomTab', '<customObject>true</customObject><motif>Custom1: Heart</motif>'),
  'tabs/FirstSteps.tab': metadataFile(
    'CustomTab',
    '<flexiPage>FirstSteps</flexiPage><label>First Steps</label><motif>Custom2: Ship</motif>',
  ),
  'applications/Things.app': metadataFile(
    'CustomApplication',
    '<formFactors>Large</formFactors><label>Things</label><navType>Standard</navType><tabs>Thing__c</tabs><tabs>FirstSteps</tabs><uiType>Lightning</uiType>',
  ),
  'reportTypes/Things.reportType': REPORT_TYPE,
  'reports/Folder-meta.xml': folder('Report'),
  'reports/Folder/Codes.report': REPORT,
  'dashboards/Folder-meta.xml': folder('Dashboard'),
  'dashboards/Folder/All.dashboard': DASHBOARD,
  'permissionsets/Users.permissionset': metadataFile(
    'PermissionSet',
    `<label>Users</label><customMetadataTypeAccesses><enabled>true</enabled><name>Rule__mdt</name></customMetadataTypeAccesses>
<customPermissions><enabled>true</enabled><name>MayUndo</name></customPermissions>`,
  ),
};
