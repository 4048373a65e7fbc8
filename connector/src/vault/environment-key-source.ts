import { KEY_FORM, keySourceError, refuseRepeatedKey } from './key-source.ts';
import type { KeySource } from './key-source.ts';
import { parseMasterKey } from './master-key.ts';
import type { MasterKey, MasterKeys } from './master-key.ts';

const CURRENT = 'REPLY_TRACKING_MASTER_KEY';
const PREVIOUS = 'REPLY_TRACKING_MASTER_KEY_PREVIOUS';

const STEPS = [
  `Make a new key: openssl rand -base64 32`,
  `Set ${CURRENT} to the new key and ${PREVIOUS} to the one that was there before, and start the service again.`,
  `Run: sf reply keys rotate`,
  `Then remove ${PREVIOUS} and start the service again.`,
];

/**
 * Takes the master key from environment variables: REPLY_TRACKING_MASTER_KEY, and during a rotation the one before it
 * from REPLY_TRACKING_MASTER_KEY_PREVIOUS. One that is set to nothing counts as absent. Only a person can change them.
 */
export function environmentKeySource(variables: Readonly<Record<string, string | undefined>>): KeySource {
  return {
    place: `the environment variable ${CURRENT}`,
    howToBringKey: [`Set ${CURRENT} to the key. Make one only for a new installation: openssl rand -base64 32`],
    read: () => new Promise((resolve) => resolve(readKeys(variables))),
    change: { steps: STEPS },
    exclusively: (work) => work(),
  };
}

function readKeys(variables: Readonly<Record<string, string | undefined>>): MasterKeys {
  const [current, previous] = [CURRENT, PREVIOUS].map((name) => readKey(name, variables[name]?.trim()));
  if (current === undefined && previous !== undefined) {
    throw keySourceError(`${PREVIOUS} is set, but ${CURRENT} is not.`, STEPS);
  }
  const keys = [current, previous].filter((key) => key !== undefined);
  refuseRepeatedKey(keys, `${CURRENT} and ${PREVIOUS}`, STEPS);
  return keys;
}

function readKey(name: string, text: string | undefined): MasterKey | undefined {
  if (text === undefined || text === '') return undefined;
  const key = parseMasterKey(text);
  if (key === undefined) throw keySourceError(`${name} does not hold a master key.`, [KEY_FORM]);
  return key;
}
