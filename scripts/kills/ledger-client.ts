import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectMailbox } from '../../test/journeys/connector-process.ts';
import { stopServers } from '../../test/servers/server-process.ts';
import { embeddedDatabase, postgresqlToKill, type ServiceDatabase } from './databases.ts';
import type { LedgerAnswer, LedgerRequest } from './ledger-words.ts';

const LOOK_MS = 500;

type Answered<Member extends keyof LedgerAnswer> = NonNullable<LedgerAnswer[Member]>;

/** The ledger, and all that a service has to be told to work for its mailboxes and its org. */
export interface Ledger {
  /** Environment of the service; its mailboxes are connected. */
  readonly variables: Readonly<Record<string, string>>;
  readonly database: ServiceDatabase;
  /** Rejects with the ledger's words when it cannot answer. */
  readonly ask: <Member extends keyof LedgerAnswer>(
    request: LedgerRequest,
    member: Member,
  ) => Promise<Answered<Member>>;
  /** Waits until the org holds so many replies, or the time is over. */
  readonly untilWritten: (replies: number, longestMs: number) => Promise<void>;
  /** Ends the ledger and its database server, without which the program would not end. */
  readonly close: () => Promise<void>;
}

/** Starts the ledger as a process of its own, and connects its mailboxes. The program ends when the ledger does. */
export async function startLedger(engine: string): Promise<Ledger> {
  const child = fork(join(import.meta.dirname, 'ledger.ts'), { execPath: process.execPath });
  process.once('exit', () => child.kill());
  child.once('exit', (code) => {
    process.stderr.write(`The ledger has ended with code ${code}; nothing can be judged.\n`);
    process.exit(1);
  });
  await once(child, 'message');
  let last: Promise<unknown> = Promise.resolve();
  // One question at a time: an answer does not name what it answers.
  const answerTo = (request: LedgerRequest): Promise<LedgerAnswer> => {
    const answered = last.then(async () => {
      child.send(request);
      const [answer] = (await once(child, 'message')) as [LedgerAnswer];
      return answer;
    });
    last = answered;
    return answered;
  };
  const { variables: own, mailboxes = [], ownerId = '' } = await answerTo({ ask: 'begin' });
  const database: ServiceDatabase =
    engine === 'pglite' ? embeddedDatabase(own?.['REPLY_TRACKING_DATA'] ?? '') : await postgresqlToKill();
  const variables = { ...own, ...database.variables };
  for (const { address, token, rootUrl } of mailboxes) {
    await connectMailbox(variables, {
      settings: { provider: 'gmail', address, rootUrl, pollSeconds: 0.2 },
      credential: { kind: 'accessToken', accessToken: token },
      ownerId,
    });
  }
  const ask: Ledger['ask'] = async (request, member) => {
    const answer = await answerTo(request);
    const value = answer[member];
    if (value === undefined) throw new Error(`The ledger says: ${answer.failed ?? JSON.stringify(answer)}`);
    return value;
  };
  return {
    variables,
    database,
    ask,
    untilWritten: async (replies, longestMs) => {
      const deadline = Date.now() + longestMs;
      while ((await ask({ ask: 'tasks' }, 'tasks')) < replies && Date.now() < deadline) await sleep(LOOK_MS);
    },
    close: async () => {
      child.removeAllListeners('exit').disconnect();
      await stopServers();
    },
  };
}
