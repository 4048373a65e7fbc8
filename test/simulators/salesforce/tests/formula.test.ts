import { expect } from 'chai';
import fc from 'fast-check';
import { checkFormula, evaluateFormula, FormulaError } from '../formula.ts';
import { parseFormula, FormulaProblem } from '../formula-parser.ts';
import type { FieldValue, SObjectRecord } from '../record.ts';
import { memoryOrg } from './flow-memory-org.ts';
import { field, object } from './flow-test-schema.ts';

const ACCOUNT = object('Account', '001', [field('Name', 'string')]);
const PERSON = object('Person__c', 'a01', [
  field('Name', 'string'),
  field('Account__c', 'reference', { referenceTo: ['Account'] }),
  field('Owner__c', 'reference', { referenceTo: ['User', 'Group'] }),
  field('Level__c', 'picklist', { picklistValues: ['Low', 'High'] }),
  field('Age__c', 'double'),
  field('Share__c', 'percent'),
  field('Active__c', 'boolean'),
  field('Born__c', 'date'),
  field('Seen__c', 'datetime'),
  field('Story__c', 'textarea', { length: 32768 }),
  field('Initial__c', 'string', { formula: 'LEFT(Name, 1)' }),
  field('Hen__c', 'string', { formula: 'Egg__c & "."' }),
  field('Egg__c', 'string', { formula: 'Hen__c & "."' }),
]);
const OBJECTS = [ACCOUNT, PERSON];
const schemaOf = (name: string) => OBJECTS.find((each) => each.name === name);
const org = memoryOrg(OBJECTS);
const [account] = org.insert('Account', [{ Name: 'Acme' }]);
const ACME = account !== undefined && 'id' in account ? account.id : '';

const ANN: Record<string, FieldValue> = {
  Name: 'Ann',
  Account__c: ACME,
  Level__c: 'High',
  Age__c: 30,
  Share__c: 25,
  Active__c: true,
  Born__c: '1996-01-31',
  Seen__c: '2026-11-05T09:30:00.000+0000',
};

function evaluate(expression: string, record: Record<string, FieldValue> = ANN, prior?: SObjectRecord): FieldValue {
  expect(checkFormula(expression, PERSON, schemaOf), expression).to.equal(undefined);
  return evaluateFormula(expression, { object: PERSON, record, prior, host: org.host });
}

describe('a formula', () => {
  const values: readonly (readonly [string, FieldValue])[] = [
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ^ 3 - -1', 9],
    ['10 / 4', 2.5],
    ['Age__c + 1', 31],
    ['Share__c * 4', 1],
    ['"a" & \'b\' & "\\"c\\""', 'ab"c"'],
    ['Name + "!"', 'Ann!'],
    ['1 = 1 && "a" <> "A" || FALSE', true],
    ['NOT(Active__c) || !TRUE', false],
    ['3 >= 3', true],
    ['IF(Age__c > 18, "adult", "child")', 'adult'],
    ['CASE(Level__c, "Low", 1, "High", 2, 0)', 2],
    ['CASE(Age__c, 1, "one", "many")', 'many'],
    ['ISPICKVAL(Level__c, "High")', true],
    ['TEXT(Level__c) = "High"', true],
    ['TEXT(30) & TEXT(Born__c)', '301996-01-31'],
    ['TEXT(Seen__c)', '2026-11-05 09:30:00Z'],
    ['VALUE("12.5") + 1', 13.5],
    ['LEFT("hello", 2) & RIGHT("hello", 2) & MID("hello", 3, 1)', 'helol'],
    ['LEN(TRIM("  ab "))', 2],
    ['UPPER("a") & LOWER("B")', 'Ab'],
    ['CONTAINS(Name, "nn")', true],
    ['BEGINS(Name, "an")', false],
    ['FIND("l", "hello")', 3],
    ['FIND("l", "hello", 4)', 4],
    ['FIND("z", "hello")', 0],
    ['SUBSTITUTE("a.b.c", ".", "$&")', 'a$&b$&c'],
    ['HYPERLINK("/" & "00T1", "Open <it>")', '<a href="/00T1" target="_blank">Open &lt;it&gt;</a>'],
    ['Born__c + 1', '1996-02-01'],
    ['ADDMONTHS(Born__c, 1)', '1996-02-29'],
    ['ADDMONTHS(DATE(2026, 2, 28), 1)', '2026-03-31'],
    ['YEAR(Born__c) * 100 + MONTH(Born__c) + DAY(Born__c)', 199632],
    ['Seen__c + 0.5', '2026-11-05T21:30:00.000+0000'],
    ['NOW() - Seen__c < 1', true],
    ['DATEVALUE(Seen__c) = TODAY()', true],
    ['DATETIMEVALUE("2026-11-05 09:30:00") = Seen__c', true],
    ['MAX(1, 3, 2) - MIN(4, 2)', 1],
    ['ROUND(1.005, 2)', 1.01],
    ['ROUND(-2.5, 0)', -3],
    ['ROUND(1234, -2)', 1200],
    ['FLOOR(2.7) + CEILING(2.1) + ABS(-1) + MOD(7, 4)', 9],
    ['BLANKVALUE(Name, "nobody")', 'Ann'],
    ['Account__r.Name', 'Acme'],
    ['Initial__c & "."', 'A.'],
    ['$User.Id', '005000000000001AAA'],
    ['$Permission.Granted && !$Permission.Other', true],
    ['/* why */ 1 /* not */', 1],
    ['if(isblank(name), 1, 2)', 2],
  ];
  for (const [expression, value] of values) {
    it(`has a value: ${expression}`, () => {
      expect(evaluate(expression)).to.deep.equal(value);
    });
  }

  const blanks: readonly (readonly [string, FieldValue])[] = [
    ['ISBLANK(Name) && ISNULL(Age__c) && ISBLANK(TEXT(Level__c))', true],
    ['Age__c + 1', null],
    ['Age__c > 0 || Age__c <= 0', false],
    ['Name = ""', true],
    ['LEN(Name)', 0],
    ['Name & "x"', 'x'],
    ['Seen__c + 1', null],
    ['NULLVALUE(Age__c, 7)', 7],
    ['Account__r.Name', null],
    ['Active__c', false],
    ['BLANKVALUE(Name, "")', null],
  ];
  for (const [expression, value] of blanks) {
    it(`has a value for blank fields: ${expression}`, () => {
      expect(evaluate(expression, {})).to.equal(value);
    });
  }

  it('sees what a save changes', () => {
    const prior = { ...ANN, Name: 'Anna' };
    expect(evaluate('ISCHANGED(Name) && !ISCHANGED(Age__c) && !ISNEW()', ANN, prior)).to.equal(true);
    expect(evaluate('PRIORVALUE(Name)', ANN, prior)).to.equal('Anna');
    expect(evaluate('ISPICKVAL(PRIORVALUE(Level__c), "High")', ANN, prior)).to.equal(true);
  });

  it('sees no change in a new record', () => {
    expect(evaluate('ISNEW() && !ISCHANGED(Name) && PRIORVALUE(Name) = "Ann"')).to.equal(true);
  });

  for (const expression of [
    '1 / 0',
    'LEFT(Name, -5)',
    'CASE(Name, "Ann", "A", "Bob", "B", LEFT(Name, -5))',
    'VALUE("12a")',
    'DATE(2026, 2, 30)',
    'DATEVALUE("5.11.2026")',
  ]) {
    it(`has no value: ${expression}`, () => {
      expect(() => evaluate(expression)).to.throw(FormulaError);
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['VLOOKUP(Name, Name, Name)', 'Unknown function VLOOKUP. Check spelling.'],
    ['REGEX(Name, "a+")', 'Unknown function REGEX. Check spelling.'],
    ['Ghost__c', 'Field Ghost__c does not exist. Check spelling.'],
    ['Ghost__r.Name', 'Field Ghost__r.Name does not exist. Check spelling.'],
    ['Owner__r.Name', 'Field Owner__r.Name does not exist. Check spelling.'],
    ['$Organization.Name', 'Field $Organization.Name does not exist. Check spelling.'],
    ['Hen__c & "?"', 'leads back to itself'],
    ['Story__c', 'You cannot use the field Story__c of type textarea in this type of formula.'],
    ['Level__c = "High"', 'Picklist fields are only supported in certain functions.'],
    ['ISBLANK(Level__c)', 'Picklist fields are only supported in certain functions.'],
    ['LEFT(Name)', "Incorrect number of parameters for function 'LEFT()'. Expected 2, received 1"],
    ['LEFT(Age__c, 1)', "Incorrect parameter type for function 'LEFT()'. Expected Text, received Number"],
    ['Name & 1', "Incorrect parameter type for operator '&'. Expected Text, received Number"],
    ['Age__c > Name', "Incorrect parameter type for operator '>'. Expected Number, received Text"],
    ['Born__c = Seen__c', "Incorrect parameter type for operator '='. Expected Date, received Datetime"],
    ['IF(Age__c, 1, 2)', "Incorrect parameter type for function 'IF()'. Expected Boolean, received Number"],
    ['IF(TRUE, 1, "a")', "Incorrect parameter type for function 'IF()'. Expected Number, received Text"],
    ['CASE(Name, "Ann", TRUE, FALSE)', "Incorrect parameter type for function 'CASE()'"],
    ['CASE(Name, "Ann", 1)', "Incorrect number of parameters for function 'CASE()'. Expected 4, received 3"],
    ['ISPICKVAL(Level__c, Name)', 'Expected Text literal'],
    ['ISCHANGED("a")', 'Expected a field'],
    ['(1 + 2', "Syntax error. Missing ')'"],
    ['1 + 2)', "Syntax error. Extra ')'"],
    ['1 +', 'Syntax error. Found end of formula'],
    ['1 2', "Syntax error. Found '2'"],
    ['"open', "Syntax error. Found '\"'"],
    ['/* open', "Syntax error. Missing '*/'"],
    ['{!Name}', "Syntax error. Found '{!Name}'"],
    ['', 'Syntax error. Found end of formula'],
    [`"${'x'.repeat(3900)}"`, 'Formula is too long (3902 characters). Maximum length is 3,900 characters.'],
  ];
  for (const [expression, problem] of refused) {
    it(`is refused at the deploy: ${expression.slice(0, 40)}`, () => {
      expect(checkFormula(expression, PERSON, schemaOf)).to.contain(problem);
    });
  }

  it('takes any text for a formula or refuses it with a reason', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.constantFrom('', '(', '"', '{!', 'IF('), (text, before) => {
        try {
          parseFormula(before + text);
        } catch (error) {
          expect(error).to.be.instanceOf(FormulaProblem);
        }
      }),
    );
  });

  it('is not undone by parentheses as deep as its length allows', () => {
    expect(evaluate('('.repeat(1900) + '1' + ')'.repeat(1900))).to.equal(1);
  });
});
