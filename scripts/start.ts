/** `npm start`: plays the whole path on this machine, from a reply in a mailbox to a halted sequence in Salesforce. */
import './demo/only-this-machine.ts';
import { parseArgs } from 'node:util';
import { nameOf, PROSPECTS } from './demo/cast.ts';
import { keepRunning } from './demo/keep-running.ts';
import { createNarrator, type Narrator } from './demo/narrator.ts';
import { outcomeJson, outcomeTables, type Outcome } from './demo/print-outcome.ts';
import { countApiCalls, readStatuses, readTasks, type StatusRow } from './demo/read-outcome.ts';
import { setStage, type Stage } from './demo/set-stage.ts';
import { createStory, type Story } from './demo/story.ts';

const USAGE = `usage: npm start [-- --once] [--json]

Starts a local Salesforce org, a Gmail simulator and the connector on this machine, plays a story of
sent mails and their answers, and shows the Tasks and sequences that it leads to. Nothing leaves this
machine; nothing stays on it.

  --once   end after the story; else everything keeps running until Ctrl-C
  --json   print the outcome as one JSON object on standard output, and the story on standard error
  --help   print this
`;

/** Exit codes of sysexits(3) and, for an end by Ctrl-C in the middle, of the shell. */
const EX_USAGE = 64;
const INTERRUPTED = 130;

interface Flags {
  readonly once: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

function parseFlags(args: string[]): Flags {
  const options = {
    once: { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { once = false, json = false, help = false } = parseArgs({ args, options }).values;
  return { once, json, help };
}

async function readOutcome({ org }: Stage, before: readonly StatusRow[]): Promise<Outcome> {
  return {
    before,
    tasks: await readTasks(org.admin),
    after: await readStatuses(org.admin),
    salesforceApiCalls: countApiCalls(org.local, org.connectorToken),
  };
}

/** The story shows what the product does; an outcome that differs is a failure, however well it was told. */
function checkOutcome({ after }: Outcome): void {
  for (const prospect of Object.values(PROSPECTS)) {
    const status = after.find(({ person }) => person === nameOf(prospect))?.status;
    if (status !== prospect.ends) throw new Error(`${nameOf(prospect)} ends ${status} instead of ${prospect.ends}.`);
  }
}

/** Both stand-ins write down what the real service would not have answered, or should not have been asked. */
function checkManners({ org, gmail }: Stage): void {
  const complaints = [...org.local.notSimulated, ...gmail.violations];
  if (complaints.length > 0) throw new Error(['The stand-ins were asked for too much:', ...complaints].join('\n  '));
}

/** The story on its stage, and who is told of it. */
interface Telling {
  readonly stage: Stage;
  readonly story: Story;
  readonly before: readonly StatusRow[];
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

async function tell({ stage, story, before, narrator }: Telling, { json }: Flags): Promise<void> {
  await story.play();
  const outcome = await readOutcome(stage, before);
  checkOutcome(outcome);
  checkManners(stage);
  narrator.lines(outcomeTables(outcome, narrator.style));
  if (json) process.stdout.write(`${outcomeJson(outcome)}\n`);
}

async function goOn({ stage, story, before, narrator, signal }: Telling): Promise<void> {
  const printOutcome = async (): Promise<void> =>
    narrator.lines(outcomeTables(await readOutcome(stage, before), narrator.style));
  await keepRunning({ narrator, signal, org: stage.org.local, letAnswer: story.letAnswer, printOutcome });
  narrator.lines(['', 'Stopping the connector, the mailboxes and the org ...']);
}

/** Plays the story and returns the exit code. Everything it starts has ended when it returns. */
async function start(flags: Flags): Promise<number> {
  const narrator = createNarrator(flags.json ? process.stderr : process.stdout);
  const { signal } = interruption();
  const connectorLog: string[] = [];
  let told = false;
  try {
    await using belongings = new AsyncDisposableStack();
    const stage = await setStage(belongings, narrator, signal, connectorLog);
    const { org, gmail, connector } = stage;
    const story = createStory({ org, gmail, narrator, signal });
    const telling = { stage, story, before: await readStatuses(org.admin), narrator, signal };
    await Promise.race([connector.failure, tell(telling, flags)]);
    told = true;
    if (!flags.once) await Promise.race([connector.failure, goOn(telling)]);
  } catch (error) {
    if (!signal.aborted) throw withLog(error, connectorLog);
  }
  return told ? 0 : INTERRUPTED;
}

function withLog(cause: unknown, log: readonly string[]): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const lastWords = log.length === 0 ? [] : ["The connector's last words:", ...log];
  return new Error([message, ...lastWords].join('\n  '), { cause });
}

/** Aborts when a person or a system ends the program, or nobody reads on. */
function interruption(): AbortController {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  // They stay until the end: npm and the terminal may each send the signal of one Ctrl-C.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);
  return controller;
}

async function main(args: string[]): Promise<number> {
  let flags: Flags;
  try {
    flags = parseFlags(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return EX_USAGE;
  }
  if (flags.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    return await start(flags);
  } catch (error) {
    process.stderr.write(`\nThe story could not be told to its end. ${(error as Error).message}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
