import { createInterface } from 'node:readline';
import { nameOf, PROSPECTS, type Prospect } from './cast.ts';
import type { Narrator } from './narrator.ts';

/** What a person at the terminal can do once the story has been told. */
export interface Continuation {
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
  /** URL of the local org, and a token of its administrator. */
  readonly org: { readonly url: string; readonly accessToken: string };
  readonly letAnswer: (prospect: Prospect) => Promise<void>;
  /** Prints the tables as they are now. */
  readonly printOutcome: () => Promise<void>;
}

const QUERY = 'SELECT Subject, ReplyKind__c FROM Task';

/** People whose sequence has not been ended by an answer; the order is the number that is typed. */
const SILENT: readonly Prospect[] = Object.values(PROSPECTS).filter(({ ends }) => ends !== 'Replied');

/** Says what can be tried and does what is typed, until the signal aborts. */
export async function keepRunning(continuation: Continuation): Promise<void> {
  const { narrator, signal } = continuation;
  narrator.lines(thingsToTry(continuation));
  // No raw mode: Ctrl-C stays the signal it is, and input that ends (a service, a pipe) ends nothing.
  const typed = createInterface({ input: process.stdin, terminal: false });
  const stopped = aborted(signal);
  try {
    await Promise.race([stopped, obey(typed, continuation).then(() => stopped)]);
  } finally {
    typed.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function obey(typed: AsyncIterable<string>, { narrator, letAnswer, printOutcome }: Continuation): Promise<void> {
  for await (const line of typed) {
    const word = line.trim().toLowerCase();
    const prospect = SILENT[Number(word) - 1];
    if (prospect !== undefined) await letAnswer(prospect);
    else if (word === 't') await printOutcome();
    else if (word !== '') narrator.tell(`Type a number from 1 to ${SILENT.length}, or t.`);
  }
}

function thingsToTry({ narrator: { style }, org }: Continuation): string[] {
  const people = SILENT.map((prospect, index) => `  ${index + 1}  ${nameOf(prospect)} answers after all`);
  return [
    '',
    style('bold', 'All of it keeps running. Type and press Enter:'),
    ...people,
    '  t  the tables as they are now',
    '',
    style('bold', 'Ask the org from another terminal, as its administrator:'),
    `  export ORG='${org.url}'`,
    `  export SF_ACCESS_TOKEN='${org.accessToken}'`,
    '  curl -sH "Authorization: Bearer $SF_ACCESS_TOKEN" \\',
    `    "$ORG/services/data/v67.0/query?q=${QUERY.replaceAll(' ', '+')}"`,
    style('dim', '  # with the Salesforce CLI; npm test installs one, as node_modules/.bin/sf'),
    '  sf org login access-token --no-prompt --alias reply-demo --instance-url "$ORG"',
    `  sf data query --target-org reply-demo --query '${QUERY}'`,
    '',
    'Ctrl-C ends all of it and leaves nothing behind.',
  ];
}
