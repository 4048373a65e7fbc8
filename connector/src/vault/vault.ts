import { ActionableError } from '../errors.ts';
import type { KeyRing } from './key-ring.ts';
import { nameCredential, openText, sealText } from './seal.ts';
import type { SealedSecret, VaultRow } from './seal.ts';

/** The mailbox that a credential belongs to. */
export type CredentialRow = Omit<VaultRow, 'installationId'>;

/** Seals and opens the credentials of one installation. A secret is an object of JSON values. */
export interface Vault<Secret extends object> {
  /**
   * Seals a secret under the current master key and has it saved. No rotation of keys passes between the two: otherwise
   * it could drop the key while the credential is on its way into the store. Resolves with what `save` gives.
   */
  seal<T>(secret: Secret, row: CredentialRow, save: (sealed: SealedSecret) => Promise<T>): Promise<T>;
  /**
   * Opens a stored credential.
   *
   * @throws ActionableError that names the mailbox when the master key is not there, or when the value was altered or
   *   belongs to another row.
   */
  open(sealed: SealedSecret, row: CredentialRow): Promise<Secret>;
}

export interface VaultOptions {
  readonly ring: KeyRing;
  /** Names the installation among others: a credential does not open in the database of another one. */
  readonly installationId: string;
}

export function openVault<Secret extends object>({ ring, installationId }: VaultOptions): Vault<Secret> {
  return {
    seal: (secret, row, save) =>
      ring.withCurrentKey((key) => save(sealText(JSON.stringify(secret), { ...row, installationId }, key))),
    open: async (sealed, row) => {
      const key = await ring.find(sealed.keyId);
      if (key === undefined) throw sealedUnderUnknownKey(row, ring);
      // Authenticated: nobody but `seal` of this installation made it, so that it is what was put in.
      return JSON.parse(openText(sealed, { ...row, installationId }, key)) as Secret;
    },
  };
}

function sealedUnderUnknownKey(row: CredentialRow, { source }: KeyRing): ActionableError {
  return new ActionableError(
    `The ${nameCredential(row)} does not open: its master key is not in ${source.place}.`,
    [
      ...source.howToBringKey,
      'If the database was restored from a backup, bring the key of that time back as a previous one, ' +
        'behind the current key, and run: sf reply keys rotate',
      'Without the key nobody can open it: connect the mailbox again (sf reply mailbox connect).',
    ],
    { exitCode: 78 },
  );
}
