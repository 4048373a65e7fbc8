import { expect } from 'chai';
import { parseFlow, validateFlow } from '../flow.ts';
import { holdsTogether, parseLogic } from '../flow-logic.ts';
import { field, object } from './flow-test-schema.ts';
import {
  assignment,
  decision,
  filter,
  flowOf,
  flowXml,
  formula,
  input,
  reference,
  textValue,
  to,
  variable,
  type TestStart,
} from './flow-test-xml.ts';

const PERSON = object('Person__c', 'a01', [
  field('Name', 'string'),
  field('Level__c', 'picklist', { picklistValues: ['Low', 'High'] }),
  field('Boss__c', 'reference', { referenceTo: ['Person__c'] }),
  field('Seen__c', 'datetime'),
  field('Age__c', 'double'),
  field('Story__c', 'textarea', { length: 32768 }),
  field('Link__c', 'string', { formula: 'Name' }),
]);
const schemaOf = (name: string) => (name.toLowerCase() === 'person__c' ? PERSON : undefined);

function parseProblems(xml: string): string[] {
  const parsed = parseFlow(xml, 'Test_Flow');
  return 'problems' in parsed ? parsed.problems.map(({ problem, lineNumber }) => `${lineNumber}: ${problem}`) : [];
}

function problemsOf(members: string, start: TestStart = {}): string {
  return validateFlow(flowOf(members, start), schemaOf)
    .map(({ problem }) => problem)
    .join('\n');
}

const update = (more: string): string =>
  `<recordUpdates><name>First</name>${filter('Name', 'EqualTo', textValue('x'))}${more}<object>Person__c</object></recordUpdates>`;
const setName = (value: string, resources = ''): string => update(input('Name', value)) + resources;

describe('a flow file', () => {
  it('is read with the place of each element', () => {
    const flow = flowOf(setName(textValue('Ann')));
    expect(flow).to.include({ fullName: 'Test_Flow', label: 'Test Flow', status: 'Active' });
    expect(flow.start.line).to.equal(6);
    expect(flow.recordUpdates[0]!.inputAssignments[0]!.value!.stringValue).to.equal('Ann');
  });

  it('decodes the entities of XML and numbered characters in its texts', () => {
    const flow = flowOf(setName(textValue('&lt;Ann&gt; &amp;amp; &quot;Bob&apos;s&quot; &#228;')));
    expect(flow.recordUpdates[0]!.inputAssignments[0]!.value!.stringValue).to.equal('<Ann> &amp; "Bob\'s" ä');
  });

  for (const element of ['waits', 'apexPluginCalls', 'collectionProcessors', 'transforms', 'customErrors']) {
    it(`is refused for ${element}, with the line`, () => {
      expect(
        parseProblems(flowXml(`${setName(textValue('x'))}\n<${element}><name>Other</name></${element}>`)),
      ).to.deep.equal([
        `6: Error parsing file: Element ${element} invalid at this location in type Flow: the local org does not interpret it`,
      ]);
    });
  }

  it('is refused for a path that runs some time later', () => {
    const path = '<scheduledPaths><name>Later</name><offsetNumber>1</offsetNumber></scheduledPaths>';
    const [problem] = parseProblems(flowXml(setName(textValue('x')), { more: path }));
    expect(problem).to.contain('Element offsetNumber invalid at this location in type scheduledPaths');
  });

  it('is refused for an operator that is not interpreted', () => {
    const [problem] = parseProblems(
      flowXml(decision('First', '$Record.Name', 'WasVisited', '<booleanValue>true</booleanValue>', 'First')),
    );
    expect(problem).to.contain("'WasVisited' is not a value of operator that the local org interprets");
  });

  it('is refused for an attribute, a missing member and a doubled one', () => {
    expect(
      parseProblems(
        flowXml('<formulas kind="x"><name>F</name><name>G</name><dataType>String</dataType></formulas>'),
      ).join('\n'),
    )
      .to.contain('attribute kind of formulas')
      .and.to.contain('Element name is duplicated')
      .and.to.contain('Required field is missing: expression');
  });

  for (const [what, xml] of [
    ['a document type', '<!DOCTYPE Flow [<!ENTITY a "b">]><Flow>&a;</Flow>'],
    ['an unknown entity', flowXml(setName(textValue('&a;')))],
    ['a tag that is left open', '<Flow><label></Flow>'],
    ['another root element', '<Profile xmlns="http://soap.sforce.com/2006/04/metadata"/>'],
    ['nothing at all', ''],
    ['elements nested without end', '<a>'.repeat(5000) + '</a>'.repeat(5000)],
  ] as const) {
    it(`is refused for ${what}`, () => {
      expect(parseProblems(xml)[0]).to.match(/^\d+: /);
    });
  }
});

describe('a flow at its deploy', () => {
  it('passes when all it names exists', () => {
    expect(
      problemsOf(setName(reference('Hello'), formula('Hello', 'String', '"Hello " &amp; {!$Record.Name}'))),
    ).to.equal('');
  });

  const refused: readonly (readonly [string, string, string, TestStart?])[] = [
    [
      'an object that does not exist',
      setName(textValue('x')),
      'The object "Ghost__c" doesn\'t exist.',
      { object: 'Ghost__c' },
    ],
    [
      'a field that does not exist',
      update(input('Ghost__c', textValue('x'))),
      'The field "Ghost__c" for the object "Person__c" doesn\'t exist.',
    ],
    [
      'a field of a condition that does not exist',
      `<recordUpdates><name>First</name>${filter('Ghost__c', 'EqualTo', textValue('x'))}${input('Name', textValue('x'))}<object>Person__c</object></recordUpdates>`,
      'The field "Ghost__c"',
    ],
    [
      'a field of $Record that does not exist',
      setName(reference('$Record.Ghost__c')),
      'Field Ghost__c does not exist. Check spelling.',
    ],
    [
      'a variable that does not exist',
      setName(reference('Ghost')),
      'The reference Ghost names no resource of this flow.',
    ],
    [
      'a global variable that is not interpreted',
      setName(reference('$Organization.Name')),
      'Field $Organization.Name does not exist',
    ],
    [
      'a connector to nowhere',
      update(input('Name', textValue('x')) + to('Ghost')),
      'A connector leads to the element "Ghost", which doesn\'t exist.',
    ],
    [
      'an element that nothing leads to',
      setName(textValue('x')) + assignment('Lost', 'Text', textValue('x')) + variable('Text', 'String'),
      'The element "Lost" is not connected to the rest of the flow.',
    ],
    [
      'a name that is used twice',
      setName(textValue('x')) + variable('First', 'String'),
      'The API name "First" is used more than once',
    ],
    [
      'a number for a text field',
      setName('<value><numberValue>1</numberValue></value>'),
      "The data types of Name (Text) and its value (Number) don't match.",
    ],
    ['a text for a date field', update(input('Seen__c', textValue('today'))), "don't match"],
    ['a field that a formula computes', update(input('Link__c', textValue('x'))), 'computed by a formula'],
    [
      'a long text in a condition',
      `<recordUpdates><name>First</name>${filter('Story__c', 'EqualTo', textValue('x'))}${input('Name', textValue('x'))}<object>Person__c</object></recordUpdates>`,
      "field 'Story__c' can not be filtered in a query call",
    ],
    [
      'an update without a condition',
      `<recordUpdates><name>First</name>${input('Name', textValue('x'))}<object>Person__c</object></recordUpdates>`,
      'Without a condition it would touch every record.',
    ],
    [
      'merge fields inside a text value',
      setName(textValue('Hello {!$Record.Name}')),
      'resolves no merge fields inside a text value',
    ],
    [
      'IsNull on a collection',
      decision('First', 'Many', 'IsNull', '<booleanValue>true</booleanValue>', 'Second') +
        assignment('Second', 'Many', textValue('x'), '', 'Add') +
        variable('Many', 'String', '<isCollection>true</isCollection>'),
      'use IsEmpty for Many',
    ],
    [
      'a logic without parentheses',
      setName(textValue('x')),
      'needs parentheses',
      { more: `<filterLogic>1 AND 2 OR 3</filterLogic>${filter('Name', 'EqualTo', textValue('x')).repeat(3)}` },
    ],
    [
      '$Record__Prior in a flow on create',
      setName(reference('$Record__Prior.Name')),
      "$Record__Prior global variable can't be used",
      { on: 'Create' },
    ],
    [
      'a requirement of change in a flow on create',
      setName(textValue('x')),
      'cannot require that the record was changed',
      { on: 'Create', more: '<doesRequireRecordChangedToMeetCriteria>true</doesRequireRecordChangedToMeetCriteria>' },
    ],
    [
      'a write before the save',
      setName(textValue('x')),
      "A flow that runs before the record is saved can't create, update or delete other records",
      { trigger: 'RecordBeforeSave' },
    ],
    [
      'an assignment to $Record after the save',
      assignment('First', '$Record.Name', textValue('x')),
      "$Record.Name can't be set here.",
    ],
    [
      'a formula field of $Record before the save',
      assignment('First', '$Record.Name', reference('$Record.Link__c')),
      'has no value before the record is saved',
      { trigger: 'RecordBeforeSave' },
    ],
    [
      'a formula that does not parse',
      setName(reference('F'), formula('F', 'String', 'LEFT({!$Record.Name}, 2')),
      "F: Syntax error. Missing ')'",
    ],
    [
      'a formula of another type',
      setName(reference('F'), formula('F', 'String', '1 + 1')),
      "F: The formula's result has the type Number, not Text.",
    ],
    [
      'a formula that refers to itself',
      setName(reference('F'), formula('F', 'String', '{!G}') + formula('G', 'String', '{!F}')),
      'F: It refers to itself.',
    ],
    [
      'PRIORVALUE in a formula resource',
      setName(reference('F'), formula('F', 'String', 'PRIORVALUE({!$Record.Name})')),
      'The function PRIORVALUE is not available',
    ],
    ['a number formula without scale', setName(reference('F'), formula('F', 'Number', '1')), 'A number needs a scale'],
    [
      'an entry formula that is not true or false',
      setName(textValue('x')),
      'The entry formula must be true or false.',
      { more: '<filterFormula>{!$Record.Name}</filterFormula>' },
    ],
    [
      'a loop over a single value',
      `<loops><name>First</name><collectionReference>One</collectionReference>${to('First', 'nextValueConnector')}</loops>` +
        variable('One', 'String'),
      'One is not a collection.',
    ],
    [
      'a loop over itself',
      `<loops><name>First</name><collectionReference>First</collectionReference>${to('First', 'nextValueConnector')}</loops>`,
      'First is not a collection.',
    ],
    [
      'a field that its Get Records does not store',
      `<recordLookups><name>First</name>${to('Second')}<getFirstRecordOnly>true</getFirstRecordOnly><object>Person__c</object><queriedFields>Name</queriedFields><storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>` +
        assignment('Second', 'Age', reference('First.Age__c')) +
        variable('Age', 'Number', '<scale>0</scale>'),
      'is not among the fields that its Get Records element stores',
    ],
  ];
  for (const [what, members, problem, start] of refused) {
    it(`is refused for ${what}`, () => {
      expect(problemsOf(members, start)).to.contain(problem);
    });
  }

  it('names the line of what is wrong', () => {
    const [problem] = validateFlow(flowOf(`\n\n${setName(reference('Ghost'))}`), schemaOf);
    expect(problem!.lineNumber).to.equal(7);
  });
});

describe('a condition logic', () => {
  it('takes each condition by its number, in parentheses where AND meets OR', () => {
    const holds = (logic: string, ...truths: boolean[]): boolean =>
      holdsTogether(logic, truths.length, (index) => truths[index]!);
    expect(holds('1 AND (2 OR 3)', true, false, true)).to.equal(true);
    expect(holds('1 AND (2 OR 3)', false, true, true)).to.equal(false);
    expect(holds('not 1 and 2', false, true)).to.equal(true);
    expect(holds('or', false, false)).to.equal(false);
    expect(holds('or')).to.equal(true);
  });

  for (const logic of ['1 AND 2', '1 AND 2 OR 3', 'NOT 1', '1 AND', '(1', '1 2', '0', '4', 'x', '', '1 AND AND 2']) {
    it(`of three conditions is refused: ${logic}`, () => {
      expect(() => parseLogic(logic, 3)).to.throw(/condition logic/);
    });
  }
});
