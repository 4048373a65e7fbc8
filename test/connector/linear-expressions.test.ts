import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { checkSync } from 'recheck';
import ts from 'typescript';

const SOURCE = join(import.meta.dirname, '../../connector/src');
/** Milliseconds for one expression. All of them take a few together; one that needs this long is to be made plainer. */
const BUDGET = 5000;
/** Asks for the checker that runs in this process, without Java and without a native program. */
const BACKEND = 'RECHECK_SYNC_BACKEND';

interface Expression {
  readonly line: number;
  readonly text: string;
}

/** Every regular expression of a program, written as a literal or put together while the program runs. */
function expressionsOf(program: string): Expression[] {
  const file = ts.createSourceFile('program.ts', program, ts.ScriptTarget.Latest);
  const found: Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node) || makesExpression(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push({ line: line + 1, text: node.getText(file) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function makesExpression(node: ts.Node): boolean {
  const called = ts.isNewExpression(node) || ts.isCallExpression(node) ? node.expression : undefined;
  return called !== undefined && ts.isIdentifier(called) && called.text === 'RegExp';
}

/** Why an expression is not proven to take linear time, or undefined when it is. */
function doubtAbout({ line, text }: Expression): string | undefined {
  if (!text.startsWith('/')) return `line ${line}: ${text} is no literal, so that nothing can be proven of it`;
  const end = text.lastIndexOf('/');
  const result = checkSync(text.slice(1, end), text.slice(end + 1), { checker: 'automaton', timeout: BUDGET });
  if (result.status === 'safe') return undefined;
  const reason = result.status === 'vulnerable' ? result.complexity.summary : `not proven: ${result.error.kind}`;
  return `line ${line}: ${text} is ${reason}`;
}

const doubtsIn = (program: string): string[] => expressionsOf(program).flatMap((each) => doubtAbout(each) ?? []);

describe('the regular expressions of the connector', () => {
  const configured = process.env[BACKEND];
  before(() => {
    process.env[BACKEND] = 'pure';
  });
  after(() => {
    if (configured === undefined) delete process.env[BACKEND];
    else process.env[BACKEND] = configured;
  });

  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  for (const file of files.toSorted()) {
    const program = readFileSync(join(SOURCE, file), 'utf8');
    if (expressionsOf(program).length === 0) continue;
    it(`take linear time in ${file.split(sep).join('/')}`, () => {
      expect(doubtsIn(program)).to.deep.equal([]);
    });
  }

  it('are refused when they are exponential or polynomial', () => {
    expect(doubtsIn('const name = /^(?:a|a)*$/;\nconst value = /\\s+$/;')).to.deep.equal([
      'line 1: /^(?:a|a)*$/ is exponential',
      'line 2: /\\s+$/ is 2nd degree polynomial',
    ]);
  });

  it('are refused when the program puts them together from text', () => {
    expect(doubtsIn('const one = new RegExp(text);\nconst other = RegExp(`^${text}`, "u");')).to.deep.equal([
      'line 1: new RegExp(text) is no literal, so that nothing can be proven of it',
      'line 2: RegExp(`^${text}`, "u") is no literal, so that nothing can be proven of it',
    ]);
  });

  it('are told from divisions, comments and strings', () => {
    const program = 'const half = total / 2 / count; // /a+$/\nconst path = "/b+$/";\nconst digit = /\\d/g.test(path);';
    expect(expressionsOf(program)).to.deep.equal([{ line: 3, text: '/\\d/g' }]);
  });
});
