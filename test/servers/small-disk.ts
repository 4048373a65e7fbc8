import { execFile } from 'node:child_process';
import { mkdtemp, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stopAfterTests } from './server-process.ts';

const run = promisify(execFile);

/** A disk that can be filled to its end: a tmpfs, whose writes then fail with the kernel's own ENOSPC. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all that is free but for so many bytes. */
  fill(leftBytes?: number): Promise<void>;
  /** Gives that back. */
  free(): Promise<void>;
  remove(): Promise<void>;
}

/** Mounts a disk of so many MiB; call `requireServer(this, 'small disk')` first. */
export async function startSmallDisk(mebibytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'small-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0755`, 'tmpfs', folder]);
  const filling = join(folder, 'filling');
  let isMounted = true;
  const remove = async (): Promise<void> => {
    if (!isMounted) return;
    isMounted = false;
    // Lazily: a process that is being killed may have files open.
    await run('umount', ['--lazy', folder]);
    await rmdir(folder);
  };
  stopAfterTests(remove);
  return {
    folder,
    fill: async (leftBytes = 0) => {
      const { bavail, bsize } = await statfs(folder);
      // Others write meanwhile, so that it may be full before all of that is written.
      await writeFile(filling, Buffer.alloc(Math.max(bavail * bsize - leftBytes, 0), 1)).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      });
    },
    free: () => rm(filling),
    remove,
  };
}
