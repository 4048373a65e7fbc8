/**
 * `npm run mutate:flows [-- FLOW ...] [--record]`: changes every filter, decision, assignment and formula of the flows,
 * one at a time, and looks whether a flow test, or else the suite test/metadata/flows/FLOW.test.ts, turns red. Prints the
 * survivors with their places; exits 1 when one is not explained in force-app/flow-mutants.json. With --record it writes
 * the figures of these flows to force-app/flow-mutants.md.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { flowMutants, type FlowMutant } from './flow-mutants/flow-mutants.ts';
import { loadFlowSuite, type FlowSuite } from './flow-mutants/flow-suite.ts';
import { createFlowTester, type FlowTester } from './flow-mutants/flow-tester.ts';
import {
  composePage,
  digestOf,
  flowNames,
  flowPath,
  PAGE,
  readExplanations,
  readFlowFile,
  readTallies,
  type Tally,
} from './flow-mutants/page.ts';

type Killer = 'deploy' | 'flow test' | 'suite' | undefined;

interface Fate {
  readonly flow: string;
  readonly mutant: FlowMutant;
  readonly killedBy: Killer;
}

const ROOT = join(import.meta.dirname, '..');
/** The suites of the flows, each in the file that is named after its flow. */
const SUITES = 'test/metadata/flows';
/** A suite that holds what two flows do together. */
const TRANSITIONS = 'test/metadata/transitions.test.ts';
const TOGETHER = ['Task_AfterSave_ApplyReply', 'CampaignStatus_BeforeSave_StampHalt'];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { record: { type: 'boolean' } } });
const names = flowNames(ROOT).filter((name) => positionals.length === 0 || positionals.includes(name));
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no flow ${unknown.join(', ')} to change. These are: ${flowNames(ROOT).join(', ')}`);
  process.exit(64);
}

/** A copy of the project whose flow files may be broken. */
function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'flow-mutants-'));
  for (const part of ['force-app', 'test', 'scripts', 'sfdx-project.json', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  symlinkSync(join(ROOT, 'connector'), join(copy, 'connector'));
  return copy;
}

const project = copyProject();
const loaded = new Map<string, FlowSuite>();

/** The suites of a flow that there are, each loaded once. */
async function suitesOf(flow: string): Promise<FlowSuite[]> {
  const files = [...(TOGETHER.includes(flow) ? [TRANSITIONS] : []), join(SUITES, `${flow}.test.ts`)];
  const suites: FlowSuite[] = [];
  for (const file of files.map((each) => join(project, each)).filter((each) => existsSync(each))) {
    const suite = loaded.get(file) ?? (await loadFlowSuite(file));
    loaded.set(file, suite);
    suites.push(suite);
  }
  return suites;
}

async function suitesFail(suites: readonly FlowSuite[]): Promise<string | undefined> {
  for (const suite of suites) {
    const failure = await suite.firstFailure();
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function fateOf(tester: FlowTester, flow: string, mutant: FlowMutant): Promise<Fate> {
  const verdict = await tester.test(flow, mutant.xml);
  if (verdict !== 'passes') return { flow, mutant, killedBy: verdict === 'refused' ? 'deploy' : 'flow test' };
  const path = flowPath(project, flow);
  writeFileSync(path, mutant.xml);
  try {
    return { flow, mutant, killedBy: (await suitesFail(await suitesOf(flow))) === undefined ? undefined : 'suite' };
  } finally {
    writeFileSync(path, readFlowFile(ROOT, flow));
  }
}

/** Changes a flow in every way. Throws when a test is red without a change: it would notice anything. */
async function fatesOf(tester: FlowTester, flow: string): Promise<Fate[]> {
  const xml = readFlowFile(ROOT, flow);
  const untouched = await tester.test(flow, xml);
  if (untouched !== 'passes') throw new Error(`The flow tests of ${flow} are red without a change: ${untouched}`);
  const failure = await suitesFail(await suitesOf(flow));
  if (failure !== undefined) throw new Error(`The suite of ${flow} is red without a change: ${failure}`);
  const mutants = flowMutants(xml);
  const fates: Fate[] = [];
  for (const [index, mutant] of mutants.entries()) {
    fates.push(await fateOf(tester, flow, mutant));
    if (process.stderr.isTTY) process.stderr.write(`\r${flow} ${index + 1}/${mutants.length} `);
  }
  return fates;
}

function tallyOf(flow: string, fates: readonly Fate[]): Tally {
  const by = (killer: Killer): number => fates.filter(({ killedBy }) => killedBy === killer).length;
  const counts = [fates.length, by('flow test'), by('suite'), by('deploy'), by(undefined)];
  return { flow, digest: digestOf(readFlowFile(ROOT, flow)), counts };
}

const explanations = readExplanations(ROOT);
const isExplained = ({ flow, mutant }: Fate): boolean =>
  explanations.some((each) => each.flow === flow && each.change === mutant.change);

const tester = await createFlowTester(ROOT);
try {
  for (const flow of names) {
    const fates = await fatesOf(tester, flow);
    const tally = tallyOf(flow, fates);
    const [changes, ...by] = tally.counts;
    console.log(
      `${flow}: ${changes} changes, noticed by flow tests ${by[0]}, by its suite ${by[1]}, refused ${by[2]}, by nothing ${by[3]}`,
    );
    for (const fate of fates.filter(({ killedBy }) => killedBy === undefined)) {
      if (!isExplained(fate)) process.exitCode = 1;
      console.log(`${isExplained(fate) ? 'explained' : 'SURVIVED '} ${flow}:${fate.mutant.line} ${fate.mutant.change}`);
    }
    if (values.record) {
      const others = readTallies(ROOT).filter((each) => each.flow !== flow);
      writeFileSync(join(ROOT, PAGE), await composePage(ROOT, [...others, tally]));
    }
  }
} finally {
  await tester.close();
  rmSync(project, { recursive: true, force: true });
}
