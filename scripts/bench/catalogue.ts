import type { Benchmark } from './benchmark.ts';

/** All benchmarks. Each is loaded when it is run, so that none works beside the modules of another. */
export const BENCHMARKS: readonly Benchmark[] = [
  {
    name: 'header-path',
    title: 'CPU of the pure header path / CPU of postal-mime',
    direction: 'at most',
    goal: 1 / 15,
    run: async (surroundings) => (await import('./header-path.ts')).measureHeaderPath(surroundings),
  },
  {
    name: 'durable-postgresql',
    title: 'rate of the durable path on PostgreSQL / rate of the pure header path',
    direction: 'at least',
    goal: 0.33,
    run: async (surroundings) => (await import('./durable-path.ts')).measureOnPostgresql(surroundings),
  },
  {
    name: 'durable-pglite',
    title: 'rate of the durable path on PGlite / rate of the pure header path',
    direction: 'at least',
    goal: 0.2,
    run: async (surroundings) => (await import('./durable-path.ts')).measureOnPglite(surroundings),
  },
  {
    name: 'imap-first-read',
    title: 'rate of a first read, matching and commit included / rate of a bare imapflow fetch of the same fields',
    direction: 'at least',
    goal: 0.5,
    run: async (surroundings) => (await import('./first-read.ts')).measureFirstRead(surroundings),
  },
  {
    name: 'salesforce-calls',
    title: 'Salesforce calls for 10,000 waiting replies from a cold start / calls of a control with one Task a call',
    direction: 'at most',
    goal: 12 / 10_000,
    run: async (surroundings) => (await import('./salesforce-calls.ts')).countCalls(surroundings),
  },
  {
    name: 'reply-stream',
    title: 'Salesforce calls for two replies a second over ten minutes / calls of one Task a call',
    direction: 'at most',
    goal: 1 / 20,
    run: async (surroundings) => (await import('./reply-stream.ts')).countStreamCalls(surroundings),
  },
  {
    name: 'hot-person',
    title:
      'lock errors for 1,000 replies of one person by 8 workers / those of a control of 8 that write Tasks naively',
    direction: 'at most',
    goal: 0,
    run: async (surroundings) => (await import('./hot-person.ts')).countLockErrors(surroundings),
  },
  {
    name: 'outage-queue',
    title: 'most memory while 100,000 replies drain after an outage / memory before it',
    direction: 'at most',
    goal: 1.5,
    run: async (surroundings) => (await import('./outage-queue.ts')).measureOutageQueue(surroundings),
  },
  {
    name: 'first-load',
    title: 'memory at the end of a first load of tracked mails / memory after a tenth of it',
    direction: 'at most',
    goal: 1.2,
    run: async (surroundings) => (await import('./first-load.ts')).measureFirstLoad(surroundings),
  },
  {
    name: 'submit-to-task',
    title: 'p95 from SMTP submission to the Task, with IDLE / p95 of a poller that looks every 10 minutes',
    direction: 'at most',
    goal: 1 / 200,
    run: async (surroundings) => (await import('./submit-to-task.ts')).measureDelays(surroundings),
  },
  {
    name: 'exchange-push',
    title: 'p95 from the arrival on the Exchange stand-in to the Task / p95 of a poller that looks every 10 minutes',
    direction: 'at most',
    goal: 1 / 600,
    run: async (surroundings) => (await import('./exchange-push.ts')).measureExchangePush(surroundings),
  },
  {
    name: 'reply-timeline',
    title: 'time to the first painted rows of the reply timeline with 500 replies / with 5',
    direction: 'at most',
    goal: 3,
    run: async (surroundings) => (await import('./reply-timeline.ts')).measureFirstRows(surroundings),
  },
  {
    name: 'workers',
    title:
      'the least that 2, 4 or 8 workers read of as many times what one reads, with 50 ms to each call of a provider',
    direction: 'at least',
    goal: 0.9,
    run: async (surroundings) => (await import('./workers.ts')).measureWorkers(surroundings),
  },
  {
    name: 'quiet-mailbox',
    title: 'p99 of a quiet mailbox beside one that reads 100,000 messages / its p99 alone, on PostgreSQL',
    direction: 'at most',
    goal: 2,
    run: async (surroundings) => (await import('./quiet-mailbox.ts')).measureQuietMailbox(surroundings),
  },
  {
    name: 'id-lookup',
    title: 'p50 of a look-up of 500 ids among 10,000,000 tracked ids / among 200,000, on PostgreSQL',
    direction: 'at most',
    goal: 2,
    onlyWhenNamed: true,
    run: async (surroundings) => (await import('./id-lookup.ts')).measureLookup(surroundings),
  },
];
