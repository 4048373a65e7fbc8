import type { Keychain, KeychainEntry } from './keychain.ts';
import { keychainFailure, keychainProgramFailure } from './keychain.ts';
import { runProgram } from './run-program.ts';
import type { ProgramEnd } from './run-program.ts';

const PROGRAM = '/usr/bin/security';
/** errSecItemNotFound (-25300), as far as it fits into an exit code. */
const NOT_FOUND = 44;

/**
 * The login keychain of macOS through security(1). The secret is written by a command on the standard input of
 * `security -i`: as an argument of `add-generic-password` every process could read it. A line there ends at 4 KiB; ours
 * is far shorter. Whatever runs as this user can ask `security` for the entry, as it could read a file of this user.
 *
 * @param program where security(1) is
 */
export function macosKeychain({ service, account, environment }: KeychainEntry, program = PROGRAM): Keychain {
  const name = `the keychain entry "${service} ${account}" (security)`;
  const entry = ['-s', service, '-a', account];
  const run = (words: readonly string[], input: string): Promise<ProgramEnd> =>
    runProgram(program, { arguments: words, input, environment }).catch(() => {
      throw keychainProgramFailure(program, 'It belongs to macOS; check that this user may run it.');
    });
  return {
    name,
    read: async () => {
      const { code, output, complaint } = await run(['find-generic-password', ...entry, '-w'], '');
      if (code === 0) return output.trimEnd();
      if (code === NOT_FOUND) return undefined;
      throw keychainFailure(name, 'read from', complaint);
    },
    write: async (text) => {
      const { code } = await run(
        ['-i'],
        `${['add-generic-password', '-U', ...entry.map(quoted), '-w', text].join(' ')}\n`,
      );
      if (code !== 0) throw keychainFailure(name, 'written to');
    },
  };
}

/** One word of a line that `security -i` reads: it knows double quotes, and a backslash before what would end them. */
function quoted(word: string): string {
  return `"${word.replace(/["\\]/g, '\\$&')}"`;
}
