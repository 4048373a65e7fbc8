/**
 * A process of its own that rotates the keys of the installation in a folder. At the step of the given number it writes
 * `standing` to standard output and goes no further; it writes `rotated` when it gets to the end before that.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { openInstallation, rotate } from './rotation-world.ts';

const HOURS = 3_600_000;
const [folder, lastStep] = process.argv.slice(2);
let steps = 0;

await rotate(await openInstallation(folder!), {
  step: async () => {
    steps += 1;
    if (steps !== Number(lastStep)) return;
    process.stdout.write('standing\n');
    await wait(HOURS);
  },
});
process.stdout.write('rotated\n');
