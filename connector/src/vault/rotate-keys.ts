import { ActionableError } from '../errors.ts';
import { lostKey } from './key-ring.ts';
import type { KeyRing } from './key-ring.ts';
import type { KeySource } from './key-source.ts';
import { newMasterKey } from './master-key.ts';
import type { MasterKey, MasterKeys } from './master-key.ts';
import { nameCredential, resealText } from './seal.ts';
import type { SealedSecret } from './seal.ts';
import type { CredentialRow } from './vault.ts';

/** Credentials between two breaths: meanwhile nobody can connect a mailbox. */
const TURN = 25;
/** How often one credential may change under our hands before a person is asked to look. */
const MAX_TRIES = 10;
const MAX_NAMED = 10;

/** The stored credentials, as a rotation needs them. */
export interface StoredCredentials {
  /** Ids of the credentials that are sealed under another key than this one. */
  sealedOtherwise(keyId: string): Promise<readonly string[]>;
  read(id: string): Promise<StoredCredential | undefined>;
  /** Puts a credential in the place of another, unless that has been replaced meanwhile; tells whether it did. */
  replace(id: string, before: SealedSecret, after: SealedSecret): Promise<boolean>;
}

export interface StoredCredential extends CredentialRow {
  readonly sealed: SealedSecret;
}

export interface RotationOptions {
  readonly ring: KeyRing;
  readonly installationId: string;
  readonly credentials: StoredCredentials;
  /** Told how many credentials are under the new key, of how many. */
  readonly told: (done: number, total: number) => void;
}

export interface RotatedKeys {
  /** The current key from now on. */
  readonly keyId: string;
  /** The keys that nothing is sealed under any more. */
  readonly previousKeyIds: readonly string[];
  /** How many credentials this run put under the current key. */
  readonly credentials: number;
  /** True when it went on with a rotation that had been interrupted. */
  readonly resumed: boolean;
  /** What is left to do for a person. */
  readonly nextSteps: readonly string[];
}

/**
 * Puts every credential under a new master key: (1) a new key becomes the current one and the old one stays; (2) each
 * credential is sealed anew and replaced by compare-and-set; (3) once nothing is left under another key, the old one is
 * dropped. More than one key is a rotation that goes on, so that after a kill at any moment it is begun anew and ends
 * with one key; several processes may work at it at once.
 *
 * @throws ActionableError when there is no key, when a person has to bring the new one, or when credentials do not open:
 *   then all others are under the new key, and the old one stays until those are connected again or disconnected.
 */
export async function rotateKeys(options: RotationOptions): Promise<RotatedKeys> {
  const { source } = options.ring;
  const begun = await source.exclusively(() => begin(source, options.credentials));
  const work: Work = { ...options, done: 0, tries: new Map(), stuck: new Map() };
  let keys: MasterKeys | undefined;
  do keys = await source.exclusively(() => takeTurn(work));
  while (keys === undefined);
  return {
    keyId: keys[0]!.id,
    previousKeyIds: begun.keys.filter(({ id }) => id !== keys[0]!.id).map(({ id }) => id),
    credentials: work.done,
    resumed: begun.resumed,
    nextSteps: 'write' in source.change ? [] : source.change.steps.slice(-1),
  };
}

interface Work extends RotationOptions {
  done: number;
  readonly tries: Map<string, number>;
  /** Credentials that cannot be put under the new key, by id: whose they are and why. */
  readonly stuck: Map<string, string>;
}

async function begin(
  source: KeySource,
  credentials: StoredCredentials,
): Promise<{ keys: MasterKeys; resumed: boolean }> {
  const keys = await source.read();
  if (keys.length === 0) throw (await isAnythingSealed(credentials)) ? lostKey(source) : nothingToRotate(source);
  if (!('write' in source.change)) {
    if (keys.length === 1) throw newKeyIsMissing(source.place, source.change.steps);
    return { keys, resumed: false };
  }
  if (keys.length > 1) return { keys, resumed: true };
  await source.change.write([newMasterKey(), ...keys]);
  return { keys, resumed: false };
}

const isAnythingSealed = async (credentials: StoredCredentials): Promise<boolean> =>
  (await credentials.sealedOtherwise('')).length > 0;

/** One turn with the keys as they are now; gives them once there is nothing left to do. */
async function takeTurn(work: Work): Promise<MasterKeys | undefined> {
  const { source } = work.ring;
  const keys = await source.read();
  const current = keys[0];
  if (current === undefined) throw lostKey(source);
  const left = (await work.credentials.sealedOtherwise(current.id)).filter((id) => !work.stuck.has(id));
  if (left.length > 0) {
    await resealSome(work, keys, current, left);
    return undefined;
  }
  if (work.stuck.size > 0) throw leftUnderOldKey(work.stuck);
  if ('write' in source.change && keys.length > 1) await source.change.write([current]);
  return keys;
}

async function resealSome(work: Work, keys: MasterKeys, current: MasterKey, left: readonly string[]): Promise<void> {
  const total = work.done + left.length;
  for (const id of left.slice(0, TURN)) {
    if (await resealOne(work, keys, current, id)) {
      work.done += 1;
      work.told(work.done, total);
    }
  }
}

/** Tells whether it put the credential under the current key; otherwise it is looked at again in the next turn. */
async function resealOne(work: Work, keys: MasterKeys, current: MasterKey, id: string): Promise<boolean> {
  const stored = await work.credentials.read(id);
  const resealed = stored && resealIfItOpens(work, keys, current, id, stored);
  if (stored && resealed && (await work.credentials.replace(id, stored.sealed, resealed))) return true;
  const tries = (work.tries.get(id) ?? 0) + 1;
  work.tries.set(id, tries);
  if (tries >= MAX_TRIES) work.stuck.set(id, `${stored ? nameCredential(stored) : id}: it keeps changing`);
  return false;
}

function resealIfItOpens(
  { installationId, stuck }: Work,
  keys: MasterKeys,
  current: MasterKey,
  id: string,
  stored: StoredCredential,
): SealedSecret | undefined {
  const from = keys.find((key) => key.id === stored.sealed.keyId);
  try {
    if (from) return resealText(stored.sealed, { ...stored, installationId }, from, current);
    stuck.set(id, `${nameCredential(stored)}: its master key is not there`);
  } catch (error) {
    if (!(error instanceof ActionableError)) throw error;
    stuck.set(id, `${nameCredential(stored)}: it does not open`);
  }
  return undefined;
}

function nothingToRotate({ place }: KeySource): ActionableError {
  return new ActionableError(`There is no master key in ${place} yet, and no credential is stored.`, [
    'Connect a mailbox first: sf reply mailbox connect',
  ]);
}

function newKeyIsMissing(place: string, steps: readonly string[]): ActionableError {
  return new ActionableError(
    `There is one master key in ${place}; a rotation needs a new one and the previous one.`,
    steps,
  );
}

function leftUnderOldKey(stuck: ReadonlyMap<string, string>): ActionableError {
  const named = [...stuck.values()].slice(0, MAX_NAMED).join('; ');
  const more = stuck.size > MAX_NAMED ? `; and ${stuck.size - MAX_NAMED} more` : '';
  return new ActionableError(`Not everything could be put under the new master key. ${named}${more}.`, [
    'Connect these mailboxes again or disconnect them (sf reply mailbox connect, sf reply mailbox disconnect).',
    'Then run sf reply keys rotate again. The previous master key stays until then.',
  ]);
}
