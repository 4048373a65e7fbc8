import { expect } from 'chai';
import type { Flow } from '../flow.ts';
import { validateFlow } from '../flow.ts';
import type { FieldValue, SaveError } from '../record.ts';
import { memoryOrg, type MemoryOrg } from './flow-memory-org.ts';
import { field, object } from './flow-test-schema.ts';
import {
  assignment,
  decision,
  filter,
  flowOf,
  formula,
  input,
  reference,
  textValue,
  to,
  variable,
} from './flow-test-xml.ts';

const PERSON = object('Person__c', 'a01', [
  field('Name', 'string'),
  field('City__c', 'string', { length: 20 }),
  field('Level__c', 'picklist', { picklistValues: ['Low', 'High'] }),
  field('Boss__c', 'reference', { referenceTo: ['Person__c'] }),
  field('Seen__c', 'datetime'),
  field('Age__c', 'double'),
]);
const NOTE = object('Note__c', 'a02', [
  field('Person__c', 'reference', { referenceTo: ['Person__c'] }),
  field('Text__c', 'textarea', { length: 1000 }),
  field('Rank__c', 'double'),
]);
const OBJECTS = [PERSON, NOTE];
const schemaOf = (name: string) => OBJECTS.find((each) => each.name === name);

/** An org of flows that could be deployed. */
function orgOf(...flows: readonly Flow[]): MemoryOrg {
  expect(flows.flatMap((flow) => validateFlow(flow, schemaOf))).to.deep.equal([]);
  return memoryOrg(OBJECTS, flows);
}

function idsOf(outcomes: readonly object[]): string[] {
  return outcomes.map((outcome) => ('id' in outcome ? String(outcome.id) : JSON.stringify(outcome)));
}

const people = (count: number, more: Record<string, FieldValue> = {}): Record<string, FieldValue>[] =>
  Array.from({ length: count }, (_, index) => ({ Name: `P${index}`, ...more }));

const createNote = (name: string, text: string, next = ''): string =>
  `<recordCreates><name>${name}</name>${next}${input('Person__c', reference('$Record.Id'))}${input('Text__c', text)}<object>Note__c</object></recordCreates>`;

const texts = (org: MemoryOrg): FieldValue[] => org.rows('Note__c').map((row) => row['Text__c'] ?? null);

const refuseCity =
  (city: string) =>
  (name: string, record: Record<string, FieldValue>): SaveError | undefined =>
    name === 'Person__c' && record['City__c'] === city
      ? { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: `No ${city}`, fields: [] }
      : undefined;

describe('a running flow', () => {
  describe('at its start', () => {
    const marking = (more: string, on: 'Create' | 'Update' | 'CreateAndUpdate' = 'CreateAndUpdate'): MemoryOrg =>
      orgOf(flowOf(createNote('First', textValue('ran')), { more, on }));

    it('runs for records that satisfy the numbered logic of its conditions', () => {
      const conditions = [
        filter('Name', 'EqualTo', textValue('Ann')),
        filter('Name', 'EqualTo', textValue('Bob')),
        filter('City__c', 'IsNull', '<value><booleanValue>false</booleanValue></value>'),
      ];
      const org = marking(`<filterLogic>(1 OR 2) AND 3</filterLogic>${conditions.join('')}`);
      org.insert('Person__c', [{ Name: 'Ann', City__c: 'Rome' }, { Name: 'Bob' }, { Name: 'Cid', City__c: 'Rome' }]);
      expect(texts(org)).to.deep.equal(['ran']);
    });

    it('compares texts with case', () => {
      const org = marking(filter('Name', 'EqualTo', textValue('Ann')));
      org.insert('Person__c', [{ Name: 'ann' }]);
      expect(texts(org)).to.deep.equal([]);
    });

    it('runs on update only for a change that makes the conditions true, when told so', () => {
      const org = marking(
        `<doesRequireRecordChangedToMeetCriteria>true</doesRequireRecordChangedToMeetCriteria>${filter('City__c', 'EqualTo', textValue('Rome'))}`,
      );
      const [id] = idsOf(org.insert('Person__c', [{ Name: 'Ann', City__c: 'Oslo' }]));
      for (const City__c of ['Rome', 'Rome', 'Oslo', 'Rome']) org.update('Person__c', [{ Id: id!, City__c }]);
      expect(texts(org)).to.have.length(2);
    });

    it('runs for the records of which its formula is true', () => {
      const org = marking('<filterFormula>OR(ISNEW(), ISCHANGED({!$Record.City__c}))</filterFormula>');
      const [id] = idsOf(org.insert('Person__c', [{ Name: 'Ann', City__c: 'Oslo' }]));
      org.update('Person__c', [{ Id: id!, Name: 'Anna' }]);
      org.update('Person__c', [{ Id: id!, City__c: 'Rome' }]);
      expect(texts(org)).to.have.length(2);
    });

    it('does not run on update when it is for creation, and not when it is a draft', () => {
      const org = orgOf(
        flowOf(createNote('First', textValue('on create')), { on: 'Create' }),
        flowOf(createNote('First', textValue('draft')), {}, 'Draft_Flow', '<status>Draft</status>'),
      );
      const [id] = idsOf(org.insert('Person__c', people(1)));
      org.update('Person__c', [{ Id: id!, Name: 'Anna' }]);
      expect(texts(org)).to.deep.equal(['on create']);
    });

    it('comes by trigger order, then without an order, then above one thousand', () => {
      const named = (name: string, order: string): Flow =>
        flowOf(createNote('First', textValue(name)), {}, name, `<status>Active</status>${order}`);
      const order = (value: number): string => `<triggerOrder>${value}</triggerOrder>`;
      const org = orgOf(
        named('last', order(2000)),
        named('unordered', ''),
        named('b', order(5)),
        named('a', order(5)),
        named('first', order(1)),
      );
      org.insert('Person__c', people(1));
      expect(texts(org)).to.deep.equal(['first', 'a', 'b', 'unordered', 'last']);
    });
  });

  describe('before the save', () => {
    it('changes the record in place by assignment and by update, without a statement', () => {
      const org = orgOf(
        flowOf(
          assignment('First', '$Record.City__c', textValue('Rome'), to('Second')) +
            `<recordUpdates><name>Second</name>${input('Level__c', textValue('High'))}<inputReference>$Record</inputReference></recordUpdates>`,
          { trigger: 'RecordBeforeSave' },
        ),
      );
      org.insert('Person__c', people(1));
      expect(org.rows('Person__c')[0]).to.include({ City__c: 'Rome', Level__c: 'High' });
      expect(org.usage).to.deep.equal({ queries: 0, statements: 0 });
    });

    it('sees blanks in the prior record of a record that is being created', () => {
      const org = orgOf(
        flowOf(
          decision('First', '$Record__Prior.City__c', 'IsNull', '<booleanValue>true</booleanValue>', 'Second') +
            assignment('Second', '$Record.City__c', textValue('Rome')),
          { trigger: 'RecordBeforeSave' },
        ),
      );
      org.insert('Person__c', people(1));
      expect(org.rows('Person__c')[0]!['City__c']).to.equal('Rome');
    });
  });

  describe('in a batch', () => {
    it('reads once and writes once for all interviews at one element', () => {
      const org = orgOf(
        flowOf(
          `<recordLookups><name>First</name>${to('Second')}${filter('Name', 'EqualTo', reference('$Record.Name'))}<getFirstRecordOnly>true</getFirstRecordOnly><object>Person__c</object><storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>` +
            createNote('Second', reference('First.Name')),
        ),
      );
      org.insert('Person__c', people(200));
      expect(org.usage).to.deep.equal({ queries: 1, statements: 1 });
      expect(texts(org)).to.have.length(200).and.include.members(['P0', 'P199']);
    });

    it('runs elements of different interviews apart', () => {
      const org = orgOf(
        flowOf(
          decision(
            'First',
            '$Record.City__c',
            'EqualTo',
            '<stringValue>Rome</stringValue>',
            'In_Rome',
            to('Elsewhere', 'defaultConnector'),
          ) +
            createNote('In_Rome', textValue('Rome')) +
            createNote('Elsewhere', textValue('elsewhere')),
        ),
      );
      org.insert('Person__c', [...people(3, { City__c: 'Rome' }), ...people(2)]);
      expect(org.usage.statements).to.equal(2);
      expect(texts(org).filter((text) => text === 'Rome')).to.have.length(3);
    });

    it('writes one record for two interviews in two statements, in the order of the batch', () => {
      const org = orgOf(
        flowOf(
          `<recordUpdates><name>First</name>${filter('Id', 'EqualTo', reference('$Record.Boss__c'))}${input('City__c', reference('$Record.City__c'))}<object>Person__c</object></recordUpdates>`,
          { on: 'Create', more: filter('Boss__c', 'IsNull', '<value><booleanValue>false</booleanValue></value>') },
        ),
      );
      const [boss] = idsOf(org.insert('Person__c', people(1)));
      org.insert('Person__c', [
        { Boss__c: boss!, City__c: 'Rome' },
        { Boss__c: boss!, City__c: 'Oslo' },
      ]);
      expect(org.usage).to.deep.equal({ queries: 1, statements: 2 });
      expect(org.rows('Person__c').find((row) => row['Id'] === boss)!['City__c']).to.equal('Oslo');
    });

    it('ends the whole transaction when a limit is passed, fault path or not', () => {
      const inLoop =
        `<recordLookups><name>First</name>${to('Each')}<object>Person__c</object><storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>` +
        `<loops><name>Each</name><collectionReference>First</collectionReference>${to('Write', 'nextValueConnector')}</loops>` +
        createNote('Write', textValue('x'), to('Each') + to('Caught', 'faultConnector')) +
        assignment('Caught', 'Reason', reference('$Flow.FaultMessage')) +
        variable('Reason', 'String');
      const org = orgOf(flowOf(inLoop, { more: filter('Name', 'EqualTo', textValue('Loop')) }));
      org.insert('Person__c', people(160));
      expect(() => org.insert('Person__c', [{ Name: 'Loop' }])).to.throw('Too many statements: 151');
      expect(org.rows('Note__c')).to.deep.equal([]);
      expect(org.rows('Person__c')).to.have.length(160);
    });
  });

  describe('with a refused row', () => {
    const toBoss = (fault: string): Flow =>
      flowOf(
        `<recordUpdates><name>First</name>${fault}${filter('Boss__c', 'EqualTo', reference('$Record.Id'))}${input('City__c', reference('$Record.City__c'))}<object>Person__c</object></recordUpdates>` +
          (fault === '' ? '' : createNote('Caught', reference('$Flow.FaultMessage'))),
        { on: 'Update', more: filter('City__c', 'IsChanged', '<value><booleanValue>true</booleanValue></value>') },
      );

    it('refuses the record that started it, when there is no fault path, and saves the others', () => {
      const org = orgOf(toBoss(''));
      const [ann, bob] = idsOf(org.insert('Person__c', people(2))) as [string, string];
      org.insert('Person__c', [{ Boss__c: ann }, { Boss__c: bob }]);
      org.rule = (name, record) => (record['Boss__c'] ? refuseCity('Rome')(name, record) : undefined);
      const [first, second] = org.update('Person__c', [
        { Id: ann, City__c: 'Rome' },
        { Id: bob, City__c: 'Oslo' },
      ]);
      expect(first).to.deep.equal({
        errors: [
          {
            statusCode: 'CANNOT_EXECUTE_FLOW_TRIGGER',
            message:
              "We can't save this record because the “Test Flow” process failed. Give your Salesforce admin these details. " +
              'This error occurred when the flow tried to update records: FIELD_CUSTOM_VALIDATION_EXCEPTION: No Rome. ' +
              'You can look up ExceptionCode values in the SOAP API Developer Guide.',
            fields: [],
          },
        ],
      });
      expect(second).to.deep.equal({ id: bob });
      expect(org.rows('Person__c').map((row) => row['City__c'] ?? null)).to.deep.equal([null, 'Oslo', null, 'Oslo']);
    });

    it('goes on along the fault path and keeps no row of the refused element', () => {
      const org = orgOf(toBoss(to('Caught', 'faultConnector')));
      const [ann, bob] = idsOf(org.insert('Person__c', people(2))) as [string, string];
      org.insert('Person__c', [{ Boss__c: ann }, { Boss__c: ann, Age__c: 99 }, { Boss__c: bob }]);
      org.rule = (_name, record) =>
        record['Age__c'] === 99 ? { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'busy', fields: [] } : undefined;
      const outcomes = org.update('Person__c', [
        { Id: ann, City__c: 'Rome' },
        { Id: bob, City__c: 'Oslo' },
      ]);
      expect(idsOf(outcomes)).to.deep.equal([ann, bob]);
      expect(org.rows('Person__c').map((row) => row['City__c'] ?? null)).to.deep.equal([
        'Rome',
        'Oslo',
        null,
        null,
        'Oslo',
      ]);
      expect(texts(org)).to.deep.equal([
        'This error occurred when the flow tried to update records: UNABLE_TO_LOCK_ROW: busy. You can look up ExceptionCode values in the SOAP API Developer Guide.',
      ]);
    });

    it('counts the second try as a statement of its own', () => {
      const org = orgOf(toBoss(to('Caught', 'faultConnector')));
      const [ann, bob] = idsOf(org.insert('Person__c', people(2))) as [string, string];
      org.insert('Person__c', [{ Boss__c: ann }, { Boss__c: ann, Age__c: 99 }, { Boss__c: bob }]);
      org.rule = (_name, record) =>
        record['Age__c'] === 99 ? { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'busy', fields: [] } : undefined;
      org.update('Person__c', [
        { Id: ann, City__c: 'Rome' },
        { Id: bob, City__c: 'Oslo' },
      ]);
      expect(org.usage.statements).to.equal(3);
    });
  });

  describe('with records', () => {
    const getBoss = (more: string): string =>
      `<recordLookups><name>First</name>${more}${filter('Id', 'EqualTo', reference('$Record.Boss__c'))}<getFirstRecordOnly>true</getFirstRecordOnly><object>Person__c</object><storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>`;

    it('fails at a field of a record that was not found', () => {
      const org = orgOf(flowOf(getBoss(to('Second')) + createNote('Second', reference('First.Name'))));
      const [outcome] = org.insert('Person__c', people(1));
      expect(JSON.stringify(outcome)).to.contain(
        "The flow failed to access the value for First.Name because it hasn't been set or assigned.",
      );
      expect(org.rows('Person__c')).to.deep.equal([]);
    });

    it('takes a field of a record that was not found for blank in a formula', () => {
      const org = orgOf(
        flowOf(
          getBoss(to('Second')) +
            createNote('Second', reference('Greeting')) +
            formula('Greeting', 'String', 'BLANKVALUE({!First.Name}, "nobody")'),
        ),
      );
      org.insert('Person__c', people(1));
      expect(texts(org)).to.deep.equal(['nobody']);
    });

    it('tells a found record from a missing one by IsNull', () => {
      const org = orgOf(
        flowOf(
          getBoss(to('Found')) +
            decision(
              'Found',
              'First',
              'IsNull',
              '<booleanValue>false</booleanValue>',
              'Second',
              to('Third', 'defaultConnector'),
            ) +
            createNote('Second', reference('First.Name')) +
            createNote('Third', textValue('alone')),
          { more: filter('City__c', 'EqualTo', textValue('Rome')) },
        ),
      );
      const [boss] = idsOf(org.insert('Person__c', [{ Name: 'Eve' }]));
      org.insert('Person__c', [{ Boss__c: boss!, City__c: 'Rome' }, { City__c: 'Rome' }]);
      expect(texts(org)).to.deep.equal(['Eve', 'alone']);
    });

    it('reads a field through a lookup, and fails where the lookup is empty', () => {
      const org = orgOf(
        flowOf(createNote('First', reference('$Record.Boss__r.Name')), {
          more: filter('City__c', 'EqualTo', textValue('Rome')),
        }),
      );
      const [boss] = idsOf(org.insert('Person__c', [{ Name: 'Eve' }]));
      const outcomes = org.insert('Person__c', [{ Boss__c: boss!, City__c: 'Rome' }, { City__c: 'Rome' }]);
      expect(texts(org)).to.deep.equal(['Eve']);
      expect(JSON.stringify(outcomes[1])).to.contain('failed to access the value for $Record.Boss__r.Name');
    });

    it('collects changed records in a loop and writes them at once', () => {
      const org = orgOf(
        flowOf(
          `<recordLookups><name>First</name>${to('Each')}${filter('Boss__c', 'EqualTo', reference('$Record.Id'))}<object>Person__c</object><queriedFields>Name</queriedFields><queriedFields>City__c</queriedFields><sortField>Name</sortField><sortOrder>Desc</sortOrder><storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>` +
            `<loops><name>Each</name><collectionReference>First</collectionReference><iterationOrder>Asc</iterationOrder>${to('Set_City', 'nextValueConnector')}${to('Write', 'noMoreValuesConnector')}</loops>` +
            assignment('Set_City', 'Each.City__c', reference('$Record.City__c'), to('Keep')) +
            assignment('Keep', 'Changed', reference('Each'), to('Each'), 'Add') +
            `<recordUpdates><name>Write</name>${to('Count')}<inputReference>Changed</inputReference></recordUpdates>` +
            assignment('Count', 'HowMany', reference('Changed'), to('Tell'), 'AssignCount') +
            createNote('Tell', reference('Names')) +
            variable('Changed', 'SObject', '<isCollection>true</isCollection><objectType>Person__c</objectType>') +
            variable('HowMany', 'Number', '<scale>0</scale>') +
            formula('Names', 'String', 'TEXT({!HowMany}) &amp; " people"'),
          { on: 'Update', more: filter('Name', 'EqualTo', textValue('Boss')) },
        ),
      );
      const [boss] = idsOf(org.insert('Person__c', [{ Name: 'Boss' }]));
      org.insert('Person__c', people(3, { Boss__c: boss! }));
      org.update('Person__c', [{ Id: boss!, City__c: 'Rome' }]);
      expect(org.rows('Person__c').map((row) => row['City__c'])).to.deep.equal(['Rome', 'Rome', 'Rome', 'Rome']);
      expect(texts(org)).to.deep.equal(['3 people']);
      expect(org.usage).to.deep.equal({ queries: 1, statements: 2 });
    });

    it('leaves the collection alone when the current item of a loop is changed', () => {
      const org = orgOf(
        flowOf(
          `<recordLookups><name>First</name>${to('Each')}${filter('Boss__c', 'EqualTo', reference('$Record.Id'))}<object>Person__c</object><storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>` +
            `<loops><name>Each</name><collectionReference>First</collectionReference>${to('Set_City', 'nextValueConnector')}${to('Write', 'noMoreValuesConnector')}</loops>` +
            assignment('Set_City', 'Each.City__c', textValue('Rome'), to('Each')) +
            '<recordUpdates><name>Write</name><inputReference>First</inputReference></recordUpdates>',
          { on: 'Update', more: filter('Name', 'EqualTo', textValue('Boss')) },
        ),
      );
      const [boss] = idsOf(org.insert('Person__c', [{ Name: 'Boss' }]));
      org.insert('Person__c', people(1, { Boss__c: boss!, City__c: 'Oslo' }));
      org.update('Person__c', [{ Id: boss!, Age__c: 1 }]);
      expect(org.rows('Person__c')[1]!['City__c']).to.equal('Oslo');
    });

    it('creates from a record variable and then knows its id', () => {
      const org = orgOf(
        flowOf(
          assignment('First', 'Fresh.Text__c', textValue('hello'), to('Write')) +
            `<recordCreates><name>Write</name>${to('Again')}<inputReference>Fresh</inputReference></recordCreates>` +
            assignment('Again', 'Fresh.Rank__c', '<value><numberValue>2.0</numberValue></value>', to('Rewrite')) +
            '<recordUpdates><name>Rewrite</name><inputReference>Fresh</inputReference></recordUpdates>' +
            variable('Fresh', 'SObject', '<objectType>Note__c</objectType>'),
        ),
      );
      org.insert('Person__c', people(2));
      expect(org.rows('Note__c').map((row) => [row['Text__c'], row['Rank__c']])).to.deep.equal([
        ['hello', 2],
        ['hello', 2],
      ]);
      expect(org.usage.statements).to.equal(2);
    });

    it('creates no record a second time', () => {
      const org = orgOf(
        flowOf(
          assignment('First', 'Fresh.Text__c', textValue('hello'), to('Write')) +
            `<recordCreates><name>Write</name>${to('Again')}<inputReference>Fresh</inputReference></recordCreates>` +
            '<recordCreates><name>Again</name><inputReference>Fresh</inputReference></recordCreates>' +
            variable('Fresh', 'SObject', '<objectType>Note__c</objectType>'),
        ),
      );
      const [outcome] = org.insert('Person__c', people(1));
      expect(JSON.stringify(outcome)).to.contain(
        'INVALID_FIELD_FOR_INSERT_UPDATE: cannot specify Id in an insert call',
      );
      expect(org.rows('Note__c')).to.deep.equal([]);
    });

    it('writes a record at most once in one collection', () => {
      const org = orgOf(
        flowOf(
          `<recordLookups><name>First</name>${to('Twice')}${filter('Id', 'EqualTo', reference('$Record.Boss__c'))}<object>Person__c</object><storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>` +
            assignment('Twice', 'Both', reference('First'), to('Thrice'), 'Add') +
            assignment('Thrice', 'Both', reference('First'), to('Write'), 'Add') +
            '<recordUpdates><name>Write</name><inputReference>Both</inputReference></recordUpdates>' +
            variable('Both', 'SObject', '<isCollection>true</isCollection><objectType>Person__c</objectType>'),
          { more: filter('Boss__c', 'IsNull', '<value><booleanValue>false</booleanValue></value>') },
        ),
      );
      const [boss] = idsOf(org.insert('Person__c', people(1)));
      const [outcome] = org.insert('Person__c', [{ Boss__c: boss! }]);
      expect(JSON.stringify(outcome)).to.contain(`DUPLICATE_VALUE: duplicate id in list: ${boss}`);
    });

    it('deletes what its conditions find', () => {
      const org = orgOf(
        flowOf(
          `<recordDeletes><name>First</name>${filter('Person__c', 'EqualTo', reference('$Record.Id'))}<object>Note__c</object></recordDeletes>`,
          { on: 'Update' },
        ),
      );
      const [id, other] = idsOf(org.insert('Person__c', people(2))) as [string, string];
      org.insert('Note__c', [{ Person__c: id }, { Person__c: other }]);
      org.update('Person__c', [{ Id: id, Name: 'Anna' }]);
      expect(org.rows('Note__c').map((row) => row['Person__c'])).to.deep.equal([other]);
    });
  });

  describe('with values', () => {
    const noting = (
      value: string,
      resources: string,
      on: 'Create' | 'CreateAndUpdate' = 'CreateAndUpdate',
    ): MemoryOrg => orgOf(flowOf(createNote('First', value) + resources, { on }));

    it('adds days to a moment and stamps the time of its run', () => {
      const org = orgOf(
        flowOf(
          assignment('First', '$Record.Seen__c', reference('Later')) +
            formula('Later', 'DateTime', '{!$Flow.CurrentDateTime} + {!Days}') +
            '<constants><name>Days</name><dataType>Number</dataType><value><numberValue>1.5</numberValue></value></constants>',
          { trigger: 'RecordBeforeSave' },
        ),
      );
      org.insert('Person__c', people(1));
      expect(org.rows('Person__c')[0]!['Seen__c']).to.equal('2026-11-06T22:00:00.000+0000');
    });

    it('fills the merge fields of a text template', () => {
      const org = noting(
        reference('Letter'),
        '<textTemplates><name>Letter</name><isViewedAsPlainText>true</isViewedAsPlainText><text>Dear {!$Record.Name} of {!$Record.City__c}</text></textTemplates>',
      );
      org.insert('Person__c', [{ Name: 'Ann' }]);
      expect(texts(org)).to.deep.equal(['Dear Ann of ']);
    });

    it('knows the user who saves and what the user may do', () => {
      const org = noting(
        reference('Who'),
        formula(
          'Who',
          'String',
          '{!$User.Id} &amp; IF({!$Permission.Granted}, " may", " may not") &amp; IF({!$Permission.Other}, " may", " may not")',
        ),
      );
      org.insert('Person__c', people(1));
      expect(texts(org)).to.deep.equal(['005000000000001AAA may may not']);
    });

    it('fails at a formula without a value', () => {
      const org = noting(reference('Ratio'), formula('Ratio', 'String', 'TEXT(1 / {!$Record.Age__c})'));
      const [outcome] = org.insert('Person__c', [{ Age__c: 0 }]);
      expect(JSON.stringify(outcome)).to.contain('CANNOT_EXECUTE_FLOW_TRIGGER').and.to.contain('Ratio');
    });

    it('tells an empty text from none', () => {
      const org = orgOf(
        flowOf(
          decision(
            'First',
            '$Record.City__c',
            'EqualTo',
            '<elementReference>$GlobalConstant.EmptyString</elementReference>',
            'Same',
            to('Different', 'defaultConnector'),
          ) +
            createNote('Same', textValue('same')) +
            createNote('Different', textValue('different')),
        ),
      );
      org.insert('Person__c', people(1));
      expect(texts(org)).to.deep.equal(['different']);
    });

    it('rounds a formula to its scale', () => {
      const org = orgOf(
        flowOf(
          assignment('First', '$Record.Age__c', reference('Third')) +
            formula('Third', 'Number', '1 / 3', '<scale>2</scale>'),
          { trigger: 'RecordBeforeSave' },
        ),
      );
      org.insert('Person__c', people(1));
      expect(org.rows('Person__c')[0]!['Age__c']).to.equal(0.33);
    });

    it('ends a flow that runs in a circle', () => {
      const org = orgOf(
        flowOf(assignment('First', '$Record.City__c', textValue('Rome'), to('First')), { trigger: 'RecordBeforeSave' }),
      );
      const [outcome] = org.insert('Person__c', people(1));
      expect(JSON.stringify(outcome)).to.contain('too many elements');
    });
  });
});
