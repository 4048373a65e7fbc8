import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as prettier from 'prettier';
import type { Finding } from '../check-source.ts';
import { flowMutants } from './flow-mutants.ts';

/** The page that has the figures, and the list of what nothing can notice. */
export const PAGE = 'force-app/flow-mutants.md';
export const EXPLANATIONS = 'force-app/flow-mutants.json';

const FLOWS = 'force-app/main/sequence/flows';
const SUFFIX = '.flow-meta.xml';
/** Nothing but the platform shows screens. This one decides which to show; what it does stands in the flow it calls. */
const NOT_RUN = ['Task_Screen_NotAReply'];
const COUNTS = 5;

/** Why a change that nothing notices makes no difference. */
export interface Explanation {
  readonly flow: string;
  readonly change: string;
  readonly why: string;
}

/** What came of the changes of one flow. */
export interface Tally {
  readonly flow: string;
  /** Of the flow file that was changed; another file needs another run. */
  readonly digest: string;
  /** All changes, then those noticed by a flow test, by the suite, by the deploy, and by nothing. */
  readonly counts: readonly number[];
}

/** The names of the flows that are changed. */
export function flowNames(root: string): string[] {
  return readdirSync(join(root, FLOWS))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => basename(file, SUFFIX))
    .filter((name) => !NOT_RUN.includes(name));
}

/** The path of the file of a flow. */
export function flowPath(root: string, flow: string): string {
  return join(root, FLOWS, `${flow}${SUFFIX}`);
}

export function readFlowFile(root: string, flow: string): string {
  return readFileSync(flowPath(root, flow), 'utf8');
}

/** Stands for the content of a flow file. */
export function digestOf(xml: string): string {
  return createHash('sha256').update(xml).digest('hex').slice(0, 12);
}

export function readExplanations(root: string): Explanation[] {
  return JSON.parse(readFileSync(join(root, EXPLANATIONS), 'utf8')) as Explanation[];
}

/** The figures that the page has now. */
export function readTallies(root: string): Tally[] {
  const page = existsSync(join(root, PAGE)) ? readFileSync(join(root, PAGE), 'utf8') : '';
  return page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === COUNTS + 4 && /^\d+$/.test(cells[2]!))
    .map((cells) => ({
      flow: cells[1]!,
      counts: cells.slice(2, 2 + COUNTS).map(Number),
      digest: cells[2 + COUNTS]!.replaceAll('`', ''),
    }));
}

/** The page with these figures, formatted as every file of the project is. */
export async function composePage(root: string, tallies: readonly Tally[]): Promise<string> {
  const rows = tallies
    .toSorted((one, other) => one.flow.localeCompare(other.flow))
    .map(({ flow, counts, digest }) => `| ${flow} | ${counts.join(' | ')} | \`${digest}\` |`);
  const explained = readExplanations(root).map(({ flow, change, why }) => `- ${flow}, \`${change}\`: ${why}`);
  const text = [
    '# Changed flows, and what notices',
    '',
    'Written by `npm run mutate:flows -- --record`: every filter, decision, assignment and formula of each flow is changed,',
    'one at a time. A flow test runs on the platform too, but finds no other records without Apex, of which the package has',
    'none; so a suite of `test/metadata` goes on in the local org. What is refused never gets as far as an org.',
    '`Task_Screen_NotAReply` is left out: nothing but the platform shows screens, and what it does stands in',
    '`Task_Sub_DismissReply`, which it calls. `npm run check` fails when a flow is no longer the file that was changed here',
    '(the beginning of its SHA-256): then run the command again for that flow.',
    '',
    '| flow | changes | noticed by a flow test | by its suite | refused at the deploy | by nothing | file |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'What nothing notices, and why that is so:',
    '',
    ...explained,
    '',
  ].join('\n');
  const options = await prettier.resolveConfig(join(root, PAGE));
  return prettier.format(text, { ...options, parser: 'markdown' });
}

/** The page is of the flows as they are, nothing survives unexplained, and nothing is explained that is not there. */
export async function checkFlowMutants({ root }: { readonly root: string }): Promise<Finding[]> {
  const tallies = readTallies(root);
  const explanations = readExplanations(root);
  const problems = [
    ...flowNames(root).flatMap((flow) => problemsOf(root, flow, tallies, explanations)),
    ...explanations
      .filter((each) => !isThere(root, each))
      .map(({ flow, change }) => `${flow} has no change "${change}"`),
  ];
  const page = existsSync(join(root, PAGE)) ? readFileSync(join(root, PAGE), 'utf8') : '';
  if (problems.length === 0 && page !== (await composePage(root, tallies)))
    problems.push(`is not what ${EXPLANATIONS} says: run "npm run mutate:flows -- --record FLOW" for any flow`);
  return problems.map((problem) => ({ path: PAGE, line: 1, problem }));
}

function problemsOf(
  root: string,
  flow: string,
  tallies: readonly Tally[],
  explanations: readonly Explanation[],
): string[] {
  const tally = tallies.find((each) => each.flow === flow);
  const xml = readFlowFile(root, flow);
  const again = `run "npm run mutate:flows -- ${flow} --record"`;
  if (tally?.digest !== digestOf(xml)) return [`${flow} has changed since its figures: ${again}`];
  const mutants = flowMutants(xml);
  if (mutants.length !== tally.counts[0]) return [`other changes are made of ${flow} than were counted: ${again}`];
  const own = explanations.filter((each) => each.flow === flow);
  const explained = mutants.filter(({ change }) => own.some((each) => each.change === change));
  const survived = tally.counts.at(-1)!;
  return survived <= explained.length
    ? []
    : [`nothing notices ${survived} changes of ${flow}: say why in ${EXPLANATIONS}`];
}

function isThere(root: string, { flow, change }: Explanation): boolean {
  if (!flowNames(root).includes(flow)) return false;
  return flowMutants(readFlowFile(root, flow)).some((mutant) => mutant.change === change);
}
