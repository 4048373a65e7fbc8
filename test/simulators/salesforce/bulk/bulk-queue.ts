import type { JobState } from './bulk-job.ts';

interface Startable {
  state: JobState;
}

/** Runs jobs after the request that started them. */
export interface BulkQueue {
  /** Lets a job run soon; nothing runs any more when the job has been aborted until then. */
  start(job: Startable, work: () => void): void;
  /** Keeps jobs in progress until the returned function is called. */
  hold(): () => void;
}

/** Holds no job back at first. */
export function createBulkQueue(): BulkQueue {
  const waiting: (() => void)[] = [];
  let held = false;
  const run = (work: () => void): void => {
    if (held) waiting.push(work);
    else work();
  };
  return {
    start(job, work) {
      setImmediate(() => {
        if (job.state !== 'UploadComplete') return;
        job.state = 'InProgress';
        run(() => {
          if (job.state === 'InProgress') work();
        });
      });
    },
    hold() {
      held = true;
      return () => {
        held = false;
        for (const work of waiting.splice(0)) work();
      };
    },
  };
}
