/**
 * `npm run mutate:flows [-- FLOW ...] [--record]`: changes every filter, decision, assignment and formula of the flows,
 * one at a time, and looks whether a flow test, or else the suite test/metadata/flows/FLOW.test.ts, turns red. Prints the
 * survivors with their places; exits 1 when one is not explained in force-app/flow-mutants.json. With --record it writes
 * the figures of all flows to force-app/flow-mutants.md.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { flowMutants, type FlowMutant } from './flow-mutants/flow-mutants.ts';
import { createFlowTester, type FlowTester } from './flow-mutants/flow-tester.ts';

interface Fate {
  readonly flow: string;
  readonly mutant: FlowMutant;
  readonly killedBy: 'deploy' | 'flow test' | 'suite' | undefined;
}

interface Explained {
  readonly flow: string;
  readonly change: string;
  readonly why: string;
}

const ROOT = join(import.meta.dirname, '..');
const FLOWS = join(ROOT, 'force-app/main/sequence/flows');
const SUFFIX = '.flow-meta.xml';
/** The suites of the flows, each in the file that is named after its flow. */
const SUITES = 'test/metadata/flows';
/** A suite that holds what two flows do together. */
const TRANSITIONS = 'test/metadata/transitions.test.ts';
const TOGETHER = ['Task_AfterSave_ApplyReply', 'CampaignStatus_BeforeSave_StampHalt'];
/** Nothing but the platform shows screens. This one decides which to show; what it does stands in the flow it calls. */
const NOT_RUN = ['Task_Screen_NotAReply'];
const EXPLAINED = JSON.parse(readFileSync(join(ROOT, 'force-app/flow-mutants.json'), 'utf8')) as Explained[];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { record: { type: 'boolean' } } });
const names = readdirSync(FLOWS)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => basename(file, SUFFIX))
  .filter((name) => !NOT_RUN.includes(name) && (positionals.length === 0 || positionals.includes(name)));

/** A copy of the project whose flow files may be broken. */
function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'flow-mutants-'));
  for (const part of ['force-app', 'test', 'scripts', 'sfdx-project.json', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  symlinkSync(join(ROOT, 'connector'), join(copy, 'connector'));
  return copy;
}

/** Whether a suite of the flow turns red over the mutant. */
function suiteFails(project: string, name: string, xml: string): boolean {
  const suites = [...(TOGETHER.includes(name) ? [TRANSITIONS] : []), join(SUITES, `${name}.test.ts`)];
  const found = suites.filter((suite) => existsSync(join(project, suite)));
  if (found.length === 0) return false;
  const path = join(project, 'force-app/main/sequence/flows', `${name}${SUFFIX}`);
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, xml);
  try {
    const mocha = join(ROOT, 'node_modules/mocha/bin/mocha.js');
    const run = spawnSync(process.execPath, [mocha, '--no-config', '--bail', '--timeout', '60000', ...found], {
      cwd: project,
      stdio: 'ignore',
    });
    return run.status !== 0;
  } finally {
    writeFileSync(path, original);
  }
}

async function fateOf(tester: FlowTester, project: string, flow: string, mutant: FlowMutant): Promise<Fate> {
  const verdict = await tester.test(flow, mutant.xml);
  if (verdict !== 'passes') return { flow, mutant, killedBy: verdict === 'refused' ? 'deploy' : 'flow test' };
  return { flow, mutant, killedBy: suiteFails(project, flow, mutant.xml) ? 'suite' : undefined };
}

const isExplained = ({ flow, mutant }: Fate): boolean =>
  EXPLAINED.some((each) => each.flow === flow && each.change === mutant.change);

const project = copyProject();
const tester = await createFlowTester(ROOT);
const fates: Fate[] = [];
try {
  for (const name of names) {
    const mutants = flowMutants(readFileSync(join(FLOWS, `${name}${SUFFIX}`), 'utf8'));
    const of = (by: Fate['killedBy']): number =>
      fates.filter(({ flow, killedBy }) => flow === name && killedBy === by).length;
    for (const [index, mutant] of mutants.entries()) {
      fates.push(await fateOf(tester, project, name, mutant));
      if (process.stderr.isTTY) process.stderr.write(`\r${name} ${index + 1}/${mutants.length} `);
    }
    console.log(
      `${name}: ${mutants.length} mutants, ${of('flow test')} killed by flow tests, ${of('suite')} by its suite, ${of('deploy')} refused, ${of(undefined)} survived`,
    );
  }
} finally {
  await tester.close();
  rmSync(project, { recursive: true, force: true });
}

const survivors = fates.filter(({ killedBy }) => killedBy === undefined);
for (const fate of survivors) {
  console.log(
    `${isExplained(fate) ? 'explained' : 'SURVIVED '} ${fate.flow}:${fate.mutant.line} ${fate.mutant.change}`,
  );
}
if (survivors.some((fate) => !isExplained(fate))) process.exitCode = 1;
if (values.record) writeFileSync(join(ROOT, 'force-app/flow-mutants.md'), report());

function report(): string {
  const rows = names.map((name) => {
    const own = fates.filter(({ flow }) => flow === name);
    const by = (killer: Fate['killedBy']): number => own.filter(({ killedBy }) => killedBy === killer).length;
    return `| ${name} | ${own.length} | ${by('flow test')} | ${by('suite')} | ${by('deploy')} | ${by(undefined)} |`;
  });
  const explained = survivors.map((fate) => {
    const why = EXPLAINED.find(({ flow, change }) => flow === fate.flow && change === fate.mutant.change)?.why ?? '?';
    return `- ${fate.flow}, line ${fate.mutant.line}, \`${fate.mutant.change}\`: ${why}`;
  });
  return [
    '# Changed flows, and what notices',
    '',
    'Written by `npm run mutate:flows -- --record`: every filter, decision, assignment and formula of each flow is changed,',
    'one at a time. A flow test runs on the platform too; a suite runs in the local org, where related records exist.',
    'What is refused never gets as far as an org. `Task_Screen_NotAReply` is left out: nothing but the platform shows screens,',
    'and what it does stands in `Task_Sub_DismissReply`, which it calls.',
    '',
    '| flow | changes | noticed by a flow test | by its suite in test/metadata/flows | refused at the deploy | by nothing |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...(explained.length > 0 ? ['What nothing notices, and why that is so:', '', ...explained, ''] : []),
  ].join('\n');
}
