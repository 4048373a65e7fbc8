import { expect } from 'chai';
import fc from 'fast-check';
import { newMasterKey, parseMasterKey } from '../../../connector/src/vault/master-key.ts';
import { openText, resealText, sealText } from '../../../connector/src/vault/seal.ts';
import type { SealedSecret, VaultRow } from '../../../connector/src/vault/seal.ts';
import { refusalOf } from './refusal.ts';

const row: VaultRow = { installationId: 'installation-1', provider: 'imap', address: 'rep@example.com' };
const secret = '{"kind":"password","password":"correct horse battery staple"}';
const key = newMasterKey();
const other = newMasterKey();

/** Base64url, so that the neighbour of a character is what spare bits could turn it into. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const NO_BASE64URL = ['.', '=', '+', ' ', '\n', '\u0000'];

const neighboursOf = (character: string): string[] =>
  [1, 63].map((step) => ALPHABET[(ALPHABET.indexOf(character) + step) % 64]!);

const exchangedAt = (text: string, index: number, character: string): string =>
  text.slice(0, index) + character + text.slice(index + 1);

const withPart = (sealed: string, index: number, part: string): string => sealed.split('.').with(index, part).join('.');

describe('a sealed secret', () => {
  const sealed = sealText(secret, row, key);
  const refusal = (value: SealedSecret, forRow = row) =>
    refusalOf(
      () => openText(value, forRow, key),
      ['correct horse', value.sealed, value.sealed.split('.')[3] ?? secret],
    );

  /** True when it opens; otherwise it is refused by the name of its row. */
  const opens = (text: string): boolean => {
    try {
      return openText({ ...sealed, sealed: text }, row, key) !== '';
    } catch (error) {
      expect(String(error)).to.include('credential of rep@example.com');
      return false;
    }
  };

  it('opens for its row and names its key', () => {
    expect(openText(sealed, row, key)).to.equal(secret);
    expect(sealed.keyId).to.equal(key.id);
  });

  it('opens for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\u0000', 'é', '語', '😀') }), (text) => {
        expect(openText(sealText(text, row, key), row, key)).to.equal(text);
      }),
    );
  });

  it('opens when the address is written in other letters', () => {
    expect(openText(sealed, { ...row, address: 'Rep@EXAMPLE.com' }, key)).to.equal(secret);
  });

  it('opens when an earlier version of the program sealed it', () => {
    const earlier = parseMasterKey('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=')!;
    const value = {
      keyId: '9f1632c85c68b76d',
      sealed:
        'v1.9f1632c85c68b76d.bcU-0Emunr2gcy7IcO-tXgNGAXpeQp7DzodXQX9NDHpsjv7Haxr0DnZJX1NCbBtuevfTly7sGZ1ozMET.nyFuoJ9_sxDXjfRHsFR3uCGrwIQ7us0jxv-bYSZz5UK93ak1rsSzXwoBmgqPlfMsIIOWt--hp2NApmXSUKBpGntvbCbtzgMd1onCpNL15q0',
    };
    expect(openText(value, row, earlier)).to.equal('{"kind":"password","password":"sealed by version 1"}');
  });

  it('shows nothing of the secret and shares nothing with another sealing of it', () => {
    const again = sealText(secret, row, key);
    const [format, keyId, wrapped, text] = sealed.sealed.split('.');
    const [, , wrappedAgain, textAgain] = again.sealed.split('.');
    expect([format, keyId]).to.deep.equal(['v1', key.id]);
    expect(Buffer.from(text!, 'base64url').includes('horse')).to.equal(false);
    expect(wrappedAgain!.slice(0, 16)).to.not.equal(wrapped!.slice(0, 16));
    expect(textAgain!.slice(0, 16)).to.not.equal(text!.slice(0, 16));
  });

  const elsewhere: [string, Partial<VaultRow>][] = [
    ['another address', { address: 'boss@example.com' }],
    ['another provider', { provider: 'gmail' }],
    ['another installation', { installationId: 'installation-2' }],
  ];
  for (const [where, change] of elsewhere) {
    it(`does not open for ${where}`, async () => {
      const error = await refusal(sealed, { ...row, ...change });
      expect(error.message).to.include(change.address ?? row.address);
    });
  }

  it('does not open for any row whose parts only look alike when they are joined', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '"', ',', '\\', '[', '\n', '\u0000'), maxLength: 4 });
    const anyRow = fc.record({ installationId: part, provider: part, address: part });
    fc.assert(
      fc.property(anyRow, anyRow, (one, two) => {
        fc.pre(JSON.stringify(Object.values(one)) !== JSON.stringify(Object.values(two)));
        const value = sealText(secret, one, key);
        expect(() => openText(value, two, key)).to.throw('does not open');
      }),
    );
  });

  it('does not open when any one character is another', () => {
    const changed = Array.from(sealed.sealed, (character, index) =>
      [...neighboursOf(character), ...NO_BASE64URL]
        .filter((exchanged) => exchanged !== character)
        .map((exchanged) => exchangedAt(sealed.sealed, index, exchanged)),
    ).flat();
    expect(changed.filter(opens)).to.deep.equal([]);
  });

  it('does not open when it is cut anywhere or has something behind it', () => {
    const cuts = Array.from(sealed.sealed, (_, length) => sealed.sealed.slice(0, length));
    const longer = ['A', 'AAAA', '=', '.', '.AAAA', '\n'].map((more) => sealed.sealed + more);
    expect([...cuts, ...longer].filter(opens)).to.deep.equal([]);
  });

  it('does not open with a part of another sealing of the same secret', async () => {
    const parts = sealText(secret, row, key).sealed.split('.');
    for (const index of [2, 3]) {
      const mixed = { ...sealed, sealed: withPart(sealed.sealed, index, parts[index]!) };
      expect((await refusal(mixed)).message).to.include('imap');
    }
  });

  it('does not open under another key, nor when it is said to be under another key', async () => {
    await refusalOf(() => openText(sealed, row, other), [secret]);
    await refusal({ ...sealed, keyId: other.id });
    await refusal({ keyId: other.id, sealed: withPart(sealed.sealed, 1, other.id) });
  });

  it('is said to be of an unknown format when a newer version sealed it', async () => {
    const error = await refusal({ ...sealed, sealed: withPart(sealed.sealed, 0, 'v2') });
    expect(error.message).to.include('a format that this version does not know');
    expect(error.actions[0]).to.include('Update');
  });

  it('opens under a new key alone once it is sealed anew, and has a new data key then', () => {
    const resealed = resealText(sealed, row, key, other);
    expect(openText(resealed, row, other)).to.equal(secret);
    expect(() => openText(resealed, row, key)).to.throw('does not open');
    expect(resealed.sealed.split('.')[3]).to.not.equal(sealed.sealed.split('.')[3]);
  });
});
