/**
 * `npm run kills [-- --kills N] [--replies N] [--database postgresql|pglite]`: kills the service again and again, each
 * time with replies in its hands at another place, while replies arrive and one call in twenty fails. A ledger in a
 * process of its own delivers the replies and judges what the org holds in the end. Exits 1 when a reply was lost or
 * doubled, or a mailbox's place was ahead of the work.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { liveOn, liveUntilKilled, type Life } from './kills/killed-service.ts';
import { startLedger } from './kills/ledger-client.ts';
import type { StoredState } from './kills/ledger-words.ts';
import { PLACES } from './kills/places.ts';

/** A life that has not come by its place by then is ended wherever it is. */
const LONGEST_LIFE_MS = 30_000;
/** The service has this long to come to an end of what is left. */
const DRAIN_MS = 300_000;
/** A reading of the mailboxes passes a place once for each; what is found is written together. */
const MOST_PASSES = { read: 6, commit: 6, write: 1, record: 1 };

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '120' },
    replies: { type: 'string', default: '12000' },
    database: { type: 'string', default: 'postgresql' },
  },
});
const wanted = { kills: Number(values.kills), replies: Number(values.replies) };
const { ask, untilWritten, variables, database, close } = await startLedger(values.database);

const counts = new Map(PLACES.map((place) => [place, 0]));
const recoveries: number[] = [];
let elsewhere = 0;
let ahead = 0;
let done = 0;
while (done < wanted.kills) {
  const place = PLACES.toSorted((a, b) => counts.get(a)! - counts.get(b)!)[0]!;
  await ask({ ask: 'deliver', count: Math.ceil(wanted.replies / wanted.kills) }, 'replies');
  const nth = 1 + Math.floor(Math.random() * MOST_PASSES[place.split(':')[0] as keyof typeof MOST_PASSES]);
  record(place, await liveUntilKilled(variables, { place, nth }, LONGEST_LIFE_MS));
  if (database.state !== undefined) ahead += await countAhead(await database.state());
  if (done % 20 === 0) process.stderr.write(`  ${done} kills, ${elsewhere} elsewhere, ${ahead} ahead\n`);
}

const service = liveOn(variables);
const replies = await ask({ ask: 'deliver', count: 1 }, 'replies');
await untilWritten(replies, DRAIN_MS);
const exitCode = await service.stop();
const verdict = await ask({ ask: 'judge' }, 'verdict');
await close();
report();

function record(place: string, { atPlace, workingAfterMs, ended }: Life): void {
  if (ended !== undefined) throw new Error(`The service has ended by itself:\n${ended}`);
  if (atPlace) counts.set(place, counts.get(place)! + 1);
  else elsewhere += 1;
  done += 1;
  if (workingAfterMs !== undefined) recoveries.push(workingAfterMs);
}

async function countAhead(state: StoredState): Promise<number> {
  const passed = await ask({ ask: 'ahead', state }, 'ahead');
  if (passed.length > 0) process.stderr.write(`ahead of the work: ${passed.slice(0, 5).join(', ')} ...\n`);
  return passed.length;
}

function report(): void {
  const sorted = recoveries.toSorted((a, b) => a - b);
  const seconds = (share: number): string =>
    `${((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1000).toFixed(1)} s`;
  for (const [place, count] of counts) console.log(`${place.padEnd(16)} ${count}`);
  console.log(`${'elsewhere'.padEnd(16)} ${elsewhere}`);
  const { lost, doubled, unknown, faults, tasks } = verdict;
  console.log(`working again after ${seconds(0.5)} (median), ${seconds(0.95)} (95 of 100), ${seconds(1)} (longest)`);
  console.log(
    `kills: ${done}, database ${values.database}, ${verdict.replies} replies, ${faults} faults, ${tasks} Tasks: ` +
      `${lost.length} lost, ${doubled.length} doubled, ${unknown.length} unknown, ${ahead} ahead of the work`,
  );
  for (const name of [...lost, ...doubled, ...unknown].slice(0, 20)) console.log(`  ${name}`);
  for (const words of verdict.notSimulated.slice(0, 5)) console.log(`  not simulated: ${words}`);
  const isRight = lost.length + doubled.length + unknown.length + ahead + verdict.notSimulated.length === 0;
  process.exitCode = isRight && exitCode === 0 ? 0 : 1;
}
