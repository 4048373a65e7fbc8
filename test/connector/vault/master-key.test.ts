import { expect } from 'chai';
import { inspect } from 'node:util';
import { masterKeyText, newMasterKey, parseMasterKey } from '../../../connector/src/vault/master-key.ts';

const TEXT = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

describe('a master key', () => {
  it('is 256 bits, and each is another', () => {
    const keys = [newMasterKey(), newMasterKey()];
    expect(keys.map(({ key }) => key.symmetricKeySize)).to.deep.equal([32, 32]);
    expect(keys[0]!.id).to.not.equal(keys[1]!.id);
  });

  it('has the same id wherever its text is read, and its text reads back', () => {
    const key = newMasterKey();
    expect(parseMasterKey(masterKeyText(key))?.id).to.equal(key.id);
    expect(parseMasterKey(TEXT)?.id).to.equal('9f1632c85c68b76d');
  });

  it('is not shown by printing or JSON', () => {
    const key = parseMasterKey(TEXT)!;
    const printed = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key);
    expect(printed).to.not.include(TEXT.slice(0, 12));
    expect(printed).to.not.include('0001020304');
  });

  const others: [string, string][] = [
    ['nothing', ''],
    ['a key that is too short', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg=='],
    ['a key that is too long', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g'],
    ['a key without its padding', TEXT.slice(0, -1)],
    ['a key whose spare bits are set', TEXT.replace('8=', '9=')],
    ['a key with a space in it', `${TEXT.slice(0, 20)} ${TEXT.slice(20)}`],
    ['hexadecimal digits', '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'],
    ['base64url', '__________________________________________8='],
    ['a passphrase', 'correct horse battery staple'],
  ];
  for (const [what, text] of others) {
    it(`is not read from ${what}`, () => {
      expect(parseMasterKey(text)).to.equal(undefined);
    });
  }
});
