/** `npm run org`: sets up an org to try the package in. */
import { createNarrator, type Narrator } from './demo/narrator.ts';
import { deploy } from './org/deploy.ts';
import { checkOrgIsForTrying, findOrg, type TargetOrg } from './org/find-org.ts';
import { readOptions, USAGE, type Options } from './org/options.ts';
import { assignOwn } from './org/permission-sets.ts';
import { importSampleData } from './org/sample-data.ts';
import { runSf, SfError } from './org/sf.ts';

const EX_USAGE = 64;
const PACKAGE = 'force-app/main';
const START_PAGE = 'lightning/app/c__ReplyTracking';

/** A step that did not work, and what to do about it. */
class StepError extends Error {
  override readonly name = 'StepError';
  readonly advice: string;

  constructor(advice: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.advice = advice;
  }
}

/** Does a step; `advice` is for the person before whom it fails. */
async function step<T>(narrator: Narrator, title: string, advice: string, work: () => Promise<T>): Promise<T> {
  narrator.step(title);
  try {
    return await work();
  } catch (error) {
    throw new StepError(advice, error);
  }
}

async function setUp(options: Options, narrator: Narrator): Promise<void> {
  const org = await chooseOrg(options, narrator);
  await step(
    narrator,
    'Deploy the package',
    'Correct what the lines above name and run the same command again; force-app/INSTALL.md says what an org may refuse.',
    async () => narrator.effect(`${await deploy(org, '--source-dir', PACKAGE)} components of ${PACKAGE}`),
  );
  await step(
    narrator,
    'Give you the permission sets',
    'Assign them under Setup > Permission Sets, and run the same command again.',
    async () => narrator.effect((await assignOwn(org)).join(', ')),
  );
  await step(
    narrator,
    'Import sample data',
    'Nothing but sample records has been written. Run the same command again: it deletes what is half there and begins anew.',
    async () => narrator.effect(`the sample data is ${await importSampleData(org, (text) => narrator.tell(text))}`),
  );
  await openOrg(options, org, narrator);
}

function chooseOrg(options: Options, narrator: Narrator): Promise<TargetOrg> {
  const { targetOrg } = options;
  const advice =
    targetOrg === undefined
      ? 'A Dev Hub makes scratch orgs: npx sf org login web --set-default-dev-hub. Or name an org: npm run org -- --target-org ALIAS.'
      : 'Name a scratch org, a sandbox or a Developer Edition. To log in to one: npx sf org login web --alias ALIAS.';
  return step(narrator, targetOrg === undefined ? 'Make a scratch org' : 'Find the org', advice, async () => {
    const org = await findOrg(options, (text) => narrator.tell(text));
    await checkOrgIsForTrying(org);
    narrator.effect(`${org.alias}, as ${org.username}${org.made ? ', for seven days' : ''}`);
    return org;
  });
}

async function openOrg({ open }: Options, { alias }: TargetOrg, narrator: Narrator): Promise<void> {
  const command = `npx sf org open --target-org ${alias} --path ${START_PAGE}`;
  if (!open) {
    narrator.lines(['', `To open it: ${command}`]);
    return;
  }
  await step(narrator, 'Open it', `Everything is set up. Open it yourself: ${command}`, async () => {
    await runSf('org', 'open', '--target-org', alias, '--path', START_PAGE);
    narrator.effect('the application Reply Tracking, in your browser');
  });
}

function explain(error: StepError): string {
  const actions = error.cause instanceof SfError ? error.cause.actions : [];
  return ['', error.message, ...actions, '', `What to do next: ${error.advice}`, ''].join('\n');
}

function optionsOf(args: readonly string[]): Options | undefined {
  try {
    return readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return undefined;
  }
}

async function main(options: Options): Promise<number> {
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    await setUp(options, createNarrator(process.stdout));
    return 0;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    process.stderr.write(explain(error));
    return 1;
  }
}

const options = optionsOf(process.argv.slice(2));
process.exitCode = options === undefined ? EX_USAGE : await main(options);
