import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkConversion } from '../../scripts/check-conversion.ts';
import { checkFlows } from '../../scripts/check-flows.ts';
import { checkReferences } from '../../scripts/check-references.ts';
import { checkSchema } from '../../scripts/check-schema.ts';
import { childrenOf, readProject, textOf, type Project, type XmlElement } from '../../scripts/check-source.ts';
import { flowElements, ROOT } from './force-app.ts';

const MAIN = 'force-app/main';
const EXTRA = 'force-app/extra/sales-engagement';
const EXCEPTIONS = 'flow-scanner-exceptions.json';

/** The inputs that the platform documents for the two actions, and those of them that it asks for. */
const ACTIONS: Readonly<Record<string, { readonly known: readonly string[]; readonly required: readonly string[] }>> = {
  removeTargetFromSalesCadence: {
    known: ['targetId', 'actionCadenceTrackerId', 'completionReasonCode', 'completionDisposition', 'relatedToId'],
    required: ['targetId', 'completionReasonCode'],
  },
  pauseSalesCadenceTracker: { known: ['targetId', 'resumeTime'], required: ['targetId'] },
};

const inputsOf = (action: XmlElement): string[] =>
  childrenOf(action, 'inputParameters').map((input) => textOf(input, 'name') ?? '');

describe('the addition for Sales Engagement', () => {
  let copy: string;
  let project: Project;

  before(() => {
    copy = mkdtempSync(join(tmpdir(), 'reply-tracking-extra-'));
    for (const folder of [MAIN, EXTRA]) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
    const settings = JSON.parse(readFileSync(join(ROOT, 'sfdx-project.json'), 'utf8')) as Record<string, unknown>;
    const packages = { packageDirectories: [{ path: MAIN, default: true }, { path: EXTRA }] };
    writeFileSync(join(copy, 'sfdx-project.json'), JSON.stringify({ ...settings, ...packages }));
    const exceptions = [join(ROOT, 'force-app', EXCEPTIONS), join(ROOT, EXTRA, EXCEPTIONS)].flatMap(
      (path) => JSON.parse(readFileSync(path, 'utf8')) as unknown[],
    );
    writeFileSync(join(copy, 'force-app', EXCEPTIONS), JSON.stringify(exceptions));
    project = readProject(copy);
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  const flow = (): XmlElement => project.files.find(({ name }) => name === 'Task_AfterSave_HaltCadence')!.root;

  for (const check of [checkSchema, checkFlows, checkConversion, checkReferences]) {
    it(`passes ${check.name} together with the package`, async () => {
      expect(await check(project)).to.deep.equal([]);
    });
  }

  it('gives the actions the inputs that the platform documents', () => {
    const actions = childrenOf(flow(), 'actionCalls');
    expect(actions.map((action) => textOf(action, 'actionName'))).to.have.members(Object.keys(ACTIONS));
    for (const action of actions) {
      const { known, required } = ACTIONS[textOf(action, 'actionName') ?? '']!;
      expect(known).to.include.members(inputsOf(action));
      expect(inputsOf(action)).to.include.members([...required]);
      expect(textOf(action, 'actionType')).to.equal(textOf(action, 'actionName'));
    }
  });

  it('runs after the Task is committed, so that no refusal of an action reaches the Task', () => {
    const [start] = childrenOf(flow(), 'start');
    expect(childrenOf(start!, 'connector')).to.deep.equal([]);
    expect(childrenOf(start!, 'scheduledPaths').map((path) => textOf(path, 'pathType'))).to.deep.equal([
      'AsyncAfterCommit',
    ]);
  });

  it('describes every element', () => {
    const file = project.files.find(({ name }) => name === 'Task_AfterSave_HaltCadence')!;
    const silent = flowElements(file).filter((element) => (textOf(element, 'description') ?? '').length < 40);
    expect(silent.map((element) => textOf(element, 'name'))).to.deep.equal([]);
  });

  it('is named by nothing in the package', () => {
    const texts = project.files.filter(({ path }) => path.startsWith(MAIN));
    const naming = texts.filter(({ path }) => /HaltCadence|ActionCadence/.test(readFileSync(join(copy, path), 'utf8')));
    expect(naming.map(({ path }) => path)).to.deep.equal([]);
  });
});
