import { spawn } from 'node:child_process';

/** A person may have to unlock the keychain first. */
const PATIENCE_MS = 120_000;
const MAX_CHARACTERS = 65_536;

export interface ProgramRun {
  /** Arguments are visible to every process of the machine; a secret goes through `input`. */
  readonly arguments: readonly string[];
  readonly input: string;
  /** Where the program is looked up, and what it needs to reach the session of the user. */
  readonly environment: NodeJS.ProcessEnv;
}

/** How a program ended; `code` is undefined when it was stopped because it did not end in time or by a signal. */
export interface ProgramEnd {
  readonly code: number | undefined;
  readonly output: string;
  readonly complaint: string;
}

/** Runs a program to its end, without a shell. Rejects with the system's error when it cannot be started. */
export function runProgram(program: string, run: ProgramRun, patienceMs = PATIENCE_MS): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, run.arguments, { env: run.environment, timeout: patienceMs, killSignal: 'SIGKILL' });
    const written = { output: '', complaint: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (written.output = append(written.output, text)));
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (written.complaint = append(written.complaint, text)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? undefined, ...written }));
    // A program that ends before it has read everything closes the pipe; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(run.input);
  });
}

function append(text: string, more: string): string {
  return (text + more).slice(0, MAX_CHARACTERS);
}
