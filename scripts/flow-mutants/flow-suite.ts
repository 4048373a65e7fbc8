import Mocha from 'mocha';

/** How long one test may take; under load an org needs its time, and a test that is cut off says nothing. */
const DEADLINE_MS = 120_000;

/** Codes of errors that come of the machine and not of the flow. */
const INCONCLUSIVE = /^(?:ERR_MOCHA_TIMEOUT|E[A-Z]+|UND_ERR_\w+)$/;

/** A suite that is loaded once and can be run again and again, in this process. */
export interface FlowSuite {
  /** What the first test that fails says; undefined when none does. */
  firstFailure(): Promise<string | undefined>;
}

/** Loads a suite of mocha. A file can be loaded once in a process. */
export async function loadFlowSuite(file: string): Promise<FlowSuite> {
  const mocha = new Mocha({ ui: 'bdd', bail: true, timeout: DEADLINE_MS, reporter: Mocha.reporters.Base });
  mocha.addFile(file);
  await mocha.loadFilesAsync();
  mocha.cleanReferencesAfterRun(false);
  if (mocha.suite.total() === 0) throw new Error(`${file} has no tests`);
  return {
    async firstFailure() {
      const error = await run(mocha);
      if (error === undefined || !isInconclusive(error)) return error?.message;
      // A connection that closed or a test that was cut off says nothing of the flow: once more, and then it has to.
      const again = await run(mocha);
      if (again !== undefined && isInconclusive(again)) throw again;
      return again?.message;
    },
  };
}

function isInconclusive(error: Error): boolean {
  return (
    INCONCLUSIVE.test(String((error as NodeJS.ErrnoException).code)) ||
    /fetch failed|socket hang up/.test(error.message)
  );
}

function run(mocha: Mocha): Promise<Error | undefined> {
  return new Promise((resolve) => {
    let failure: Error | undefined;
    const runner = mocha.run(() => resolve(failure));
    runner.on('fail', (_test, error: Error) => (failure ??= error));
  });
}
