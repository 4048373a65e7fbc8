import type { Keychain, KeychainEntry } from './keychain.ts';
import { keychainFailure, keychainProgramFailure } from './keychain.ts';
import { runProgram } from './run-program.ts';
import type { ProgramEnd } from './run-program.ts';

const PROGRAM = 'secret-tool';

/**
 * The Secret Service of a Linux desktop (GNOME Keyring, KWallet) through secret-tool(1) of libsecret. `store` takes the
 * secret from standard input as it is; `lookup` ends with 1 and says nothing when there is no such entry, and ends with
 * 1 and says why when the service cannot be asked.
 */
export function secretToolKeychain({ service, account, environment }: KeychainEntry): Keychain {
  const name = `the keychain entry "${service} ${account}" (${PROGRAM})`;
  const attributes = ['service', service, 'account', account];
  const run = (words: readonly string[], input: string): Promise<ProgramEnd> =>
    runProgram(PROGRAM, { arguments: [...words, ...attributes], input, environment }).catch(() => {
      throw keychainProgramFailure(PROGRAM, 'Install it: the package is libsecret-tools, or libsecret.');
    });
  return {
    name,
    read: async () => {
      const { code, output, complaint } = await run(['lookup'], '');
      if (code === 0) return output;
      if (code === 1 && complaint === '') return undefined;
      throw keychainFailure(name, 'read from', complaint);
    },
    write: async (text) => {
      const { code } = await run(['store', `--label=${service} ${account}`], text);
      if (code !== 0) throw keychainFailure(name, 'written to');
    },
  };
}
