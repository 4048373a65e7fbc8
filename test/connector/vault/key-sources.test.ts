import { writeFile } from 'node:fs/promises';
import { environmentKeySource } from '../../../connector/src/vault/environment-key-source.ts';
import { fileKeySource } from '../../../connector/src/vault/file-key-source.ts';
import { keychainKeySource } from '../../../connector/src/vault/keychain-key-source.ts';
import { macosKeychain } from '../../../connector/src/vault/macos-keychain.ts';
import { secretToolKeychain } from '../../../connector/src/vault/secret-tool-keychain.ts';
import { describeKeySource } from './key-source-contract.ts';
import { installKeychain } from './stand-ins/install.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('key sources', () => {
  const folder = temporaryFolder();
  let places = 0;
  const newName = (): string => folder.file(`place-${(places += 1)}`);

  describeKeySource('a file', () => {
    const path = `${newName()}/master.key`;
    return Promise.resolve({
      open: () => fileKeySource(path),
      put: async (texts: readonly string[]) => {
        await fileKeySource(path).exclusively(() => writeFile(path, texts.join('\n'), { mode: 0o600 }));
      },
    });
  });

  describeKeySource('the environment', () => {
    const variables: Record<string, string> = {};
    return Promise.resolve({
      open: () => environmentKeySource(variables),
      put: (texts: readonly string[]) => {
        variables['REPLY_TRACKING_MASTER_KEY'] = texts[0]!;
        variables['REPLY_TRACKING_MASTER_KEY_PREVIOUS'] = texts[1] ?? '';
        return Promise.resolve();
      },
    });
  });

  describeKeySource('secret-tool (a stand-in)', async () => {
    const { entry, put } = await installKeychain('secret-tool', newName());
    const lock = newName();
    return {
      open: () => keychainKeySource(secretToolKeychain(entry), lock),
      put: (texts) => put(texts.join(',')),
    };
  });

  describeKeySource('security of macOS (a stand-in)', async () => {
    const { program, entry, put } = await installKeychain('security', newName());
    const lock = newName();
    return {
      open: () => keychainKeySource(macosKeychain(entry, program), lock),
      put: (texts) => put(texts.join(',')),
    };
  });
});
