/**
 * `npm run kills [-- --kills N] [--replies N] [--workers N] [--pauses N] [--database-kills N]
 * [--database postgresql|pglite]`: kills services again and again, each time with replies in its hands at another place,
 * while replies arrive and one call in twenty fails. Beside the kills, services are paused until others take them for
 * dead, and the server of the database is killed under all of them. A ledger in a process of its own delivers the replies
 * and judges what the org holds in the end. Exits 1 when a reply was lost or doubled, or a mailbox's place was ahead of
 * the work.
 */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { liveOn, liveUntilKilled, type Kill, type Life } from './kills/killed-service.ts';
import { startLedger } from './kills/ledger-client.ts';
import { PLACES } from './kills/places.ts';

/** A life that has not come by its place by then is ended wherever it is. */
const LONGEST_LIFE_MS = 30_000;
/** The service has this long to come to an end of what is left. */
const DRAIN_MS = 300_000;
/** A reading of the mailboxes passes a place once for each; what is found is written together. */
const MOST_PASSES = { read: 6, commit: 6, write: 1, record: 1 };
/** The words with which a service ends whose database is away as it begins, before or while the job engine starts. */
const WITHOUT_DATABASE = /cannot be used|cannot start on this database/;
/** A killed database is looked into again when it is back. */
const LOOKS = 120;
const LOOK_MS = 500;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '120' },
    replies: { type: 'string', default: '12000' },
    workers: { type: 'string', default: '1' },
    pauses: { type: 'string', default: '0' },
    'database-kills': { type: 'string', default: '0' },
    database: { type: 'string', default: 'postgresql' },
  },
});
const kills = Number(values.kills);
const [workers, pauses, databaseKills] = [
  Number(values.workers),
  Number(values.pauses),
  Number(values['database-kills']),
];
const lives = kills + pauses;
const { ask, untilWritten, variables, database, close } = await startLedger(values.database);
if (database.killAndRestart === undefined && workers + pauses + databaseKills > 1) {
  throw new Error(
    'The embedded database has one process and no server: leave out --workers, --pauses, --database-kills.',
  );
}

const counts = { SIGKILL: new Map<string, number>(), SIGSTOP: new Map<string, number>() };
const recoveries: number[] = [];
const total = { begun: 0, ended: 0, elsewhere: 0, ahead: 0, databaseKills: 0 };
/** Databases that are on their way back. */
let returning = 0;

await Promise.all(Array.from({ length: workers }, work));
const service = liveOn(variables);
const replies = await ask({ ask: 'deliver', count: 1 }, 'replies');
await untilWritten(replies, DRAIN_MS);
const exitCode = await service.stop();
const verdict = await ask({ ask: 'judge' }, 'verdict');
await close();
report();

/** One worker: as it dies it is started again. */
async function work(): Promise<void> {
  while (total.begun < lives) {
    const kill = nextKill((total.begun += 1));
    await ask({ ask: 'deliver', count: Math.ceil(Number(values.replies) / lives) }, 'replies');
    const before = total.databaseKills - returning;
    const [life] = await Promise.all([liveUntilKilled(variables, kill, LONGEST_LIFE_MS), killDatabaseInTurn()]);
    record(kill, life, total.databaseKills > before);
    total.ahead += await countAhead();
    if ((total.ended += 1) % 20 === 0) progress();
  }
}

/** The place at which fewest services were killed, or paused; these take turns so that both end together. */
function nextKill(number: number): Kill {
  const signal = isTurn(number, pauses, lives) ? 'SIGSTOP' : 'SIGKILL';
  const place = PLACES.toSorted((a, b) => (counts[signal].get(a) ?? 0) - (counts[signal].get(b) ?? 0))[0]!;
  // Until it is known whether the service comes by there the next goes to another place.
  counts[signal].set(place, (counts[signal].get(place) ?? 0) + 1);
  const passes = MOST_PASSES[place.split(':')[0] as keyof typeof MOST_PASSES];
  return { place, signal, nth: 1 + Math.floor((Math.random() * passes) / workers) };
}

/** True as often in `all` numbers as `share` says, evenly spread. */
function isTurn(number: number, share: number, all: number): boolean {
  return Math.floor((number * share) / all) > Math.floor(((number - 1) * share) / all);
}

async function killDatabaseInTurn(): Promise<void> {
  if (!isTurn(total.begun, databaseKills, lives)) return;
  await sleep(1_000 + Math.random() * 3_000);
  total.databaseKills += 1;
  returning += 1;
  await database.killAndRestart?.();
  returning -= 1;
}

/** A service that finds no database as it begins may end, so that it is started again; no other may. */
function record({ place, signal }: Kill, { atPlace, workingAfterMs, ended }: Life, hadNoDatabase: boolean): void {
  if (ended !== undefined && !(hadNoDatabase && WITHOUT_DATABASE.test(ended))) {
    throw new Error(`The service has ended by itself:\n${ended}`);
  }
  if (!atPlace) {
    counts[signal].set(place, counts[signal].get(place)! - 1);
    total.elsewhere += 1;
  }
  if (workingAfterMs !== undefined) recoveries.push(workingAfterMs);
}

async function countAhead(): Promise<number> {
  for (let look = 1; ; look += 1) {
    const state = await database.state().catch((error: unknown) => {
      if (look === LOOKS) throw error;
    });
    if (state === undefined) {
      await sleep(LOOK_MS);
      continue;
    }
    const passed = await ask({ ask: 'ahead', state }, 'ahead');
    if (passed.length > 0) process.stderr.write(`ahead of the work: ${passed.slice(0, 5).join(', ')} ...\n`);
    return passed.length;
  }
}

function progress(): void {
  const { ended, elsewhere, ahead, databaseKills: killed } = total;
  process.stderr.write(
    `  ${ended} of ${lives} lives, ${elsewhere} ended elsewhere, ${killed} of the database, ${ahead} ahead\n`,
  );
}

function report(): void {
  const sorted = recoveries.toSorted((a, b) => a - b);
  const seconds = (share: number): string =>
    `${((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1000).toFixed(1)} s`;
  for (const place of PLACES) {
    const paused = pauses === 0 ? '' : `, ${counts.SIGSTOP.get(place) ?? 0} paused`;
    console.log(`${place.padEnd(16)} ${counts.SIGKILL.get(place) ?? 0} killed${paused}`);
  }
  console.log(`${'elsewhere'.padEnd(16)} ${total.elsewhere}`);
  const { lost, doubled, unknown, faults, tasks } = verdict;
  if (workers === 1) {
    console.log(`working again after ${seconds(0.5)} (median), ${seconds(0.95)} (95 of 100), ${seconds(1)} (longest)`);
  }
  console.log(
    `${kills} kills and ${pauses} pauses of ${workers} at a time, ${total.databaseKills} kills of the database ` +
      `(${values.database}), ${verdict.replies} replies, ${faults} faults, ${tasks} Tasks: ${lost.length} lost, ` +
      `${doubled.length} doubled, ${unknown.length} unknown, ${total.ahead} ahead of the work`,
  );
  for (const name of [...lost, ...doubled, ...unknown].slice(0, 20)) console.log(`  ${name}`);
  for (const words of verdict.notSimulated.slice(0, 5)) console.log(`  not simulated: ${words}`);
  const isRight = lost.length + doubled.length + unknown.length + total.ahead + verdict.notSimulated.length === 0;
  process.exitCode = isRight && exitCode === 0 ? 0 : 1;
}
