import { ActionableError } from '../errors.ts';
import type { KeyRotation, MailboxCredential, Told } from '../facade.ts';
import type { MailboxRow, SealedCredential, Store } from '../store/store.ts';
import { openKeyRing, type KeyRing } from '../vault/key-ring.ts';
import type { KeySource } from '../vault/key-source.ts';
import { rotateKeys } from '../vault/rotate-keys.ts';
import { openVault, type CredentialRow, type Vault } from '../vault/vault.ts';

/** The credentials of the mailboxes: sealed in the database, under keys that are kept elsewhere. */
export interface StoredCredentials {
  /** Opens the keys at the first use: what needs no credential works without them. */
  keys(): Promise<KeyRing>;
  open(row: MailboxRow): Promise<MailboxCredential>;
  /** Seals a credential and has it saved before the key that it is sealed under can change. */
  seal<T>(
    credential: MailboxCredential,
    row: CredentialRow,
    save: (sealed: SealedCredential) => Promise<T>,
  ): Promise<T>;
  /** Puts another credential in the place of the one that a mailbox has. */
  replace(row: MailboxRow, credential: MailboxCredential): Promise<void>;
  /** Puts every credential under a new master key. */
  rotate(told: Told): Promise<KeyRotation>;
  /** Looks at the place of the keys anew: it may have changed since this process began. */
  examine(): Promise<KeyFacts>;
}

/** What was found in the place of the master keys, and which stored credentials it opens. */
export interface KeyFacts {
  /** In a sentence, for example `the file /home/rep/.config/reply-tracking/master.key`. */
  readonly place: string;
  /** Why the place cannot be used: it is open to other users, for example. Undefined when it can. */
  readonly unusable: unknown;
  /** One for each mailbox; undefined where its credential opens. */
  readonly credentials: readonly { readonly address: string; readonly error: unknown }[];
}

type CredentialStore = Pick<
  Store,
  'installationId' | 'mailboxes' | 'mailbox' | 'credential' | 'replaceCredential' | 'mailboxesSealedOtherwise'
>;

/** @param selectKeySource the place of the keys, as it is at the time of the call */
export function openStoredCredentials(store: CredentialStore, selectKeySource: () => KeySource): StoredCredentials {
  let ring: Promise<KeyRing> | undefined;
  const { installationId } = store;

  function keys(): Promise<KeyRing> {
    ring ??= openKeyRing({
      source: selectKeySource(),
      isAnythingSealed: async () => (await store.mailboxesSealedOtherwise('')).length > 0,
    }).catch((error: unknown) => {
      ring = undefined;
      throw error;
    });
    return ring;
  }

  async function vault(): Promise<Vault<MailboxCredential>> {
    return openVault({ ring: await keys(), installationId });
  }

  /** The ring is open before the row is read, and a row that does not open is read anew: a rotation may end in between. */
  async function open(row: MailboxRow): Promise<MailboxCredential> {
    const opened = await vault();
    const attempt = async (): Promise<MailboxCredential> => opened.open(await sealedCredential(row, store), row);
    return attempt().catch(attempt);
  }

  return {
    ...{ keys, open },
    seal: async (credential, row, save) => (await vault()).seal(credential, row, save),
    replace: async (row, credential) => {
      const before = await sealedCredential(row, store);
      await (await vault()).seal(credential, row, (after) => store.replaceCredential(row.id, before, after));
    },
    rotate: async (told) => rotate(await keys(), store, told),
    examine: async () => {
      const anew = openStoredCredentials(store, selectKeySource);
      const unusable = await failureOf(anew.keys());
      const credentials = [];
      for (const row of unusable === undefined ? await store.mailboxes() : []) {
        credentials.push({ address: row.address, error: await failureOf(anew.open(row)) });
      }
      return { place: selectKeySource().place, unusable, credentials };
    },
  };
}

async function sealedCredential(row: MailboxRow, store: Pick<Store, 'credential'>): Promise<SealedCredential> {
  const sealed = await store.credential(row.id);
  if (sealed !== undefined) return sealed;
  throw new ActionableError(`No credential of ${row.address} is stored.`, [
    'Connect the mailbox again: sf reply mailbox connect --replace.',
  ]);
}

function rotate(ring: KeyRing, store: CredentialStore, told: Told): Promise<KeyRotation> {
  return rotateKeys({
    ...{ ring, installationId: store.installationId },
    credentials: {
      sealedOtherwise: (keyId) => store.mailboxesSealedOtherwise(keyId),
      read: async (id) => {
        const [row, sealed] = [await store.mailbox(id), await store.credential(id)];
        return row && sealed && { provider: row.provider, address: row.address, sealed };
      },
      replace: (id, before, after) => store.replaceCredential(id, before, after),
    },
    told: (done, total) => told({ type: 'count', done, total }),
  });
}

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
