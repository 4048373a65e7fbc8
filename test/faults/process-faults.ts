import { bugOf } from '../simulation/bugs.ts';
import type { FaultRow } from './fault-row.ts';

const WITH_THE_SENDER = 'Comes with the sender: the connector does not send yet.';

const TURN = 'connector/deliver/deliver-in-turn.test.ts';
const WORKERS = 'faults/several-workers.test.ts';
/** Whoever moves the cursor has to have read from where it stands. */
const FENCE = {
  file: 'connector/src/store/mailboxes.ts',
  find: 'and cursor_version = $2',
  replace: 'and $2::integer is not null',
};
/** A connection that breaks says so in an event. */
const LISTENER = "pool.on('connect', (client) => client.on('error', () => undefined));";

/** What happens to the process, its database and its clock. */
export const PROCESS_FAULTS: readonly FaultRow[] = [
  {
    id: 'F65',
    expected:
      'Wherever the work ends, it is done again or has been done: the place of a mailbox moves with what its page led to. `npm run kills` does the same to the real process.',
    test: [
      'simulation/simulation.test.ts',
      'the simulation finds every promise held, whatever crashes, pauses and faults the seeds draw',
    ],
    containment: bugOf('cursor-before-page'),
  },
  {
    id: 'F66',
    expected: 'The service ends in order after the batch that is under way; the rest is written after its next start.',
    test: [
      'faults/stopped-while-writing.test.ts',
      'a service that is told to stop while it writes ends in order after the batch that is under way, and writes the rest once after its next start',
    ],
    containment: {
      file: 'connector/src/serve.ts',
      find: 'deliver(AbortSignal.any([lost, stopping]))',
      replace: 'deliver(new AbortController().signal)',
    },
  },
  {
    id: 'F67',
    of: 'kill',
    expected: 'The service is not ready and takes nothing for read while the database is away; it works on by itself.',
    test: [
      'faults/database-restarts.test.ts',
      'a service whose PostgreSQL is killed (kill -9) and started again is not ready and takes nothing for read meanwhile, and works on by itself afterwards',
    ],
    containment: {
      file: 'connector/src/store/postgres-database.ts',
      find: "pool.on('error', () => undefined);",
      replace: '',
    },
  },
  {
    id: 'F67',
    expected: 'Nothing of a transaction is stored whose connection ends, and the process lives on to try it again.',
    test: [
      'connector/store/postgres-database.test.ts',
      'a database on a PostgreSQL server commits nothing of a transaction whose connection the server ends',
    ],
    containment: {
      file: 'connector/src/store/postgres-database.ts',
      find: LISTENER,
      replace: '',
    },
  },
  {
    id: 'F67',
    of: 'farewell',
    expected: 'A server that ends as it lets a connection in fails that statement, and the process lives on.',
    test: [
      'connector/store/postgres-database.test.ts',
      'a database on a PostgreSQL server outlives a server that says in one packet that it is ready and that it ends',
    ],
    containment: {
      file: 'connector/src/store/postgres-database.ts',
      find: LISTENER,
      replace: '',
    },
  },
  {
    id: 'F67',
    of: 'standby',
    expected:
      'A server that takes no writes is an outage: everything waits, the service is not ready, and connections are made anew until one leads to a server that takes them.',
    test: [
      'connector/store/postgres-database.test.ts',
      'a database on a PostgreSQL server waits while the server takes no writes, as a standby, and goes on by itself once it does',
    ],
    containment: {
      file: 'connector/src/store/postgres-database.ts',
      find: 'client.release(broken || isReadOnly(error));',
      replace: 'client.release(broken);',
    },
  },
  {
    id: 'F68',
    expected:
      'Everything waits, the service is not ready and says which disk is full; once there is room it reads on by itself within seconds, and each reply is written once.',
    test: [
      'faults/full-disk.test.ts',
      'a service whose disk is full and holds the embedded database is not ready, says what is full, and reads on by itself once there is room',
    ],
    containment: {
      file: 'connector/src/store/outage-gate.ts',
      find: '!(await succeeds(recover))) continue;',
      replace: 'true) continue;',
    },
  },
  {
    id: 'F68',
    of: 'log',
    expected:
      'Where the log of the embedded database finds no room Postgres ends; it is opened anew in the same process, with all that was acknowledged.',
    test: [
      'connector/store/full-disk.test.ts',
      'the embedded database on a disk that is full refuses everything at once when its log finds no room, and goes on by itself with all that it acknowledged',
    ],
    containment: {
      file: 'connector/src/store/pglite-database.ts',
      find: '      engine = await openPgliteEngine(files);',
      replace: '',
    },
  },
  {
    id: 'F68',
    of: 'growth',
    expected: 'The log of the embedded database does not fill the disk: a checkpoint follows what was written.',
    test: [
      'connector/store/pglite-database.test.ts',
      'the embedded database keeps its log short while it is open, by a checkpoint that follows what was written',
    ],
    containment: {
      file: 'connector/src/store/pglite-database.ts',
      find: 'if (isTurnToLook())',
      replace: 'if (false)',
    },
  },
  {
    id: 'F68',
    of: 'PostgreSQL',
    expected:
      'A write that is refused for want of room (53100) is rolled back and counts for nothing; all waits, the service is not ready, and it reads on by itself once there is room.',
    test: [
      'faults/full-disk.test.ts',
      'a service whose disk is full and holds a PostgreSQL server is not ready, says what is full, and reads on by itself once there is room',
    ],
    containment: {
      file: 'connector/src/store/postgres-database.ts',
      find: 'if (!isDiskFull(error)) return undefined;',
      replace: 'if (String(error) !== "") return undefined;',
    },
  },
  {
    id: 'F69',
    expected: 'Both may read a mailbox; the page is stored once, by compare-and-set of the cursor.',
    test: [WORKERS, 'several workers on one PostgreSQL server store a page once that two of them have read at once'],
    containment: FENCE,
  },
  {
    id: 'F69',
    of: 'leases',
    expected: 'Each mailbox is watched by one process, and by another within seconds when that one has died.',
    test: [
      'connector/watch/watch-mailboxes.test.ts',
      'the watching of mailboxes by several processes is taken over within seconds from a process that has died',
    ],
    containment: {
      file: 'connector/src/watch/decide-share.ts',
      find: '(sightings.get(id)?.since ?? now) > lapseMs',
      replace: '(sightings.get(id)?.since ?? now) > Infinity',
    },
  },
  {
    id: 'F70',
    expected: 'What the worker stores when it wakes is refused, and the mailbox stays where the other has read to.',
    test: [
      WORKERS,
      'several workers on one PostgreSQL server refuse what one of them stores that was stopped (SIGSTOP), overtaken, and woken again',
    ],
    containment: FENCE,
  },
  {
    id: 'F70',
    of: 'writing',
    expected:
      'What it was about to write into Salesforce is looked up anew: another has written it, and a user may have deleted it.',
    test: [
      'connector/deliver/deliver-in-turn.test.ts',
      'a delivery in its turn reads the outbox anew when it was paused between that and the call, for a Task may have been deleted since',
    ],
    containment: {
      file: 'connector/src/deliver/deliver.ts',
      find: 'if (isOvertaken()) continue;',
      replace: '',
    },
  },
  {
    id: 'F71',
    expected:
      'What was read since the backup is read again, and the Task that Salesforce has of it counts as delivered.',
    test: [
      'faults/restored-backup.test.ts',
      'a PostgreSQL database that is restored from an older backup reads on from the older place: what is in Salesforce since then stays single, and later replies are found',
    ],
    containment: {
      file: 'connector/src/match/reply-key.ts',
      find: '`${messageHash}:${personOrRoot}`',
      replace: '`${messageHash}:${personOrRoot}:${Math.random()}`',
    },
  },
  {
    id: 'F72',
    expected:
      'The message is held at once, without three tries: it waits for what it cites, the log names it and the fault, ' +
      'and the mailbox goes on with the next one.',
    test: [
      'connector/sync/decide-page.test.ts',
      'decidePage holds a message whose decision fails, and goes on with the next one',
    ],
    containment: {
      file: 'connector/src/sync/decide-page.ts',
      find: '  } catch (fault) {\n    return held(read, fault, facts);',
      replace: '  } catch (fault) {\n    throw fault;',
    },
  },
  {
    id: 'F73',
    expected: 'Batches of 1,000 are read at a time; after the outage they are written oldest first.',
    test: [
      TURN,
      `a delivery in its turn leaves an org alone that is away, ever longer, tries it with one row, and then drains oldest first`,
    ],
    containment: {
      file: 'connector/src/deliver/outcome.ts',
      find: 'reason, notBefore: context.at, isTry: false',
      replace: 'reason, notBefore: new Date(context.at.getTime() + 36e5), isTry: false',
    },
  },
  {
    id: 'F73',
    of: 'order',
    expected: 'The outbox gives the oldest first, by number and not by its digits.',
    test: [
      'connector/store/pglite-store.test.ts',
      'the store on PGlite the outbox gives the oldest first, however many there are',
    ],
    containment: {
      file: 'connector/src/store/outbox.ts',
      find: 'order by outbox.id limit',
      replace: 'order by id limit',
    },
  },
  {
    id: 'F77',
    of: 'pace',
    expected: 'A clock that is set back makes no reply wait for the time that it had been before.',
    test: [
      'connector/deliver/pace.test.ts',
      'the pace of writes does not wait for a time that the clock had before it was set back',
    ],
    containment: {
      file: 'connector/src/deliver/pace.ts',
      find: 'return usedUntil === undefined || ahead > Math.max(LONGEST_MS, AT_ONCE * SHORTEST_MS) ? 0',
      replace: 'return usedUntil === undefined || ahead > Infinity ? 0',
    },
  },
  {
    id: 'F77',
    of: 'turns',
    expected: 'A turn to write that a clock gave out which has been set back since is free.',
    test: [
      'connector/store/pglite-store.test.ts',
      'the store on PGlite the turn to write into the org is free when a clock that has been set back gave it out',
    ],
    containment: {
      file: 'connector/src/store/delivery-turn.ts',
      find: "or t.held_until > $3::timestamptz + interval '1 hour'",
      replace: 'or $3::timestamptz is null',
    },
  },
  {
    id: 'F77',
    of: 'retries',
    expected:
      'However the clock jumps, each reply is one Task, and a retry does not wait for the time of another clock.',
    test: [
      'faults/clock-jumps.test.ts',
      'reading and writing under a clock that jumps by an hour and by three days, back and forth, write each reply once and hold none for longer than two hours',
    ],
    containment: {
      file: 'connector/src/store/outbox.ts',
      find: ' or not_before > $1::timestamptz + ${LONGEST_WAIT})',
      replace: ')',
    },
  },
  { id: 'F77', of: 'steps', reason: 'Comes with the sender: steps and their time zones are not scheduled here yet.' },
  {
    id: 'F78',
    expected: 'The service does not start: it names the variable, shows no value and exits 78.',
    test: [
      'connector/config.test.ts',
      'readConfig names the variable at fault, with exit code 78 and no value: an unknown variable',
    ],
    containment: {
      file: 'connector/src/config.ts',
      find: 'if (unknown.length > 0) {',
      replace: 'if (false) {',
    },
  },
  { id: 'F74', reason: WITH_THE_SENDER },
  { id: 'F75', reason: WITH_THE_SENDER },
  { id: 'F76', reason: WITH_THE_SENDER },
];
