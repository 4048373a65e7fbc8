/**
 * `npm run soak [-- --minutes N] [--replies-a-second N]`: lets the service work on a stream of replies, one call in
 * twenty failing, and says how fast its memory, its open files and its tables grow once it has warmed up: the slope of a
 * line through the samples. Reads /proc, so it needs Linux. Exits 1 when a reply was lost or doubled.
 */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { liveOn } from './kills/killed-service.ts';
import { startLedger } from './kills/ledger-client.ts';

const SAMPLE_MS = 5_000;
/** Samples of this first share of the time are left out: caches fill and code is compiled then. */
const WARM_UP = 0.25;
const DRAIN_MS = 120_000;
const HOUR_MS = 3_600_000;
const MB = 1024 * 1024;

/** What is there at one instant, by name: bytes, or a number of files. */
interface Sample {
  readonly atMs: number;
  readonly values: Readonly<Record<string, number>>;
}

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, 'replies-a-second': { type: 'string', default: '5' } },
});
const minutes = Number(values.minutes);
const perSample = Math.round((Number(values['replies-a-second']) * SAMPLE_MS) / 1000);

const { ask, untilWritten, variables, database, close } = await startLedger('postgresql');
const service = liveOn(variables);
const samples: Sample[] = [];
const begun = Date.now();
let replies = 0;
while (Date.now() - begun < minutes * 60_000) {
  replies = await ask({ ask: 'deliver', count: perSample }, 'replies');
  await sleep(SAMPLE_MS);
  samples.push(await take());
  if (samples.length % 12 === 0)
    process.stderr.write(`  ${Math.round((Date.now() - begun) / 60_000)} min, ${replies} replies\n`);
}
await untilWritten(replies, DRAIN_MS);
await service.stop();
const verdict = await ask({ ask: 'judge' }, 'verdict');
await close();
report();

async function take(): Promise<Sample> {
  const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
  const memory = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  const files = readdirSync(`/proc/${service.pid}/fd`).length;
  const tables = (await database.tableSizes?.()) ?? {};
  return { atMs: Date.now() - begun, values: { 'resident memory': memory, 'open files': files, ...tables } };
}

/** The slope of the least-squares line through the samples of one value, per hour. */
function slopeAnHour(name: string): number {
  const kept = samples.filter(({ atMs }) => atMs >= WARM_UP * minutes * 60_000);
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const [times, amounts] = [kept.map(({ atMs }) => atMs), kept.map((sample) => sample.values[name] ?? 0)];
  const [time, amount] = [mean(times), mean(amounts)];
  const above = times.reduce((sum, each, place) => sum + (each - time) * (amounts[place]! - amount), 0);
  const below = times.reduce((sum, each) => sum + (each - time) ** 2, 0);
  return below === 0 ? 0 : (above / below) * HOUR_MS;
}

function report(): void {
  const last = samples.at(-1)?.values ?? {};
  for (const name of Object.keys(last).toSorted((a, b) => Math.abs(slopeAnHour(b)) - Math.abs(slopeAnHour(a)))) {
    const isCount = name === 'open files';
    const [now, slope] = [last[name]!, slopeAnHour(name)];
    if (isCount) console.log(`${name.padEnd(34)} ${now}, ${slope.toFixed(1)} more an hour`);
    else if (Math.abs(slope) >= 0.05 * MB) {
      console.log(`${name.padEnd(34)} ${(now / MB).toFixed(1)} MB, ${(slope / MB).toFixed(1)} MB more an hour`);
    }
  }
  const { lost, doubled } = verdict;
  console.log(
    `soak: ${minutes} min, ${verdict.replies} replies, ${verdict.faults} faults: ${lost.length} lost, ${doubled.length} doubled`,
  );
  process.exitCode = lost.length + doubled.length === 0 ? 0 : 1;
}
