import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { CANARIES, leaksIn, leaksInFolder } from './canaries.ts';
import { temporaryFolder } from './temporary-folder.ts';

const asBase64 = (before: number, encoding: 'base64' | 'base64url') => (secret: string) =>
  Buffer.from(`${'x'.repeat(before)}${secret}xyz`).toString(encoding);
const asciiJson = (secret: string): string =>
  JSON.stringify(secret).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** What programs do to a text before it turns up somewhere, and the form that it has there. */
const forms: [string, string, (secret: string) => string | Uint8Array][] = [
  ['as it is', 'plain', (secret) => `user=rep password=${secret} host=x`],
  ['in JSON', 'plain', (secret) => JSON.stringify({ level: 30, password: secret })],
  ['in JSON of letters of ASCII', 'plain', asciiJson],
  ['in JSON within JSON', 'plain', (secret) => JSON.stringify({ text: JSON.stringify({ password: secret }) })],
  ['as Node prints it', 'plain', (secret) => inspect({ password: secret }, { maxStringLength: null })],
  ['in a URL', 'plain', (secret) => `https://rep:${encodeURIComponent(secret)}@example.com/`],
  ['in a form', 'plain', (secret) => new URLSearchParams({ password: secret }).toString()],
  ['in SQL', 'plain', (secret) => `insert into x values ('${secret.replaceAll("'", "''")}')`],
  ['in base64', 'base64', asBase64(0, 'base64')],
  ['in base64 behind one byte', 'base64', asBase64(1, 'base64')],
  ['in base64 behind two bytes', 'base64', asBase64(2, 'base64')],
  ['in base64url', 'base64url', asBase64(0, 'base64url')],
  ['in base64url behind five bytes', 'base64url', asBase64(5, 'base64url')],
  ['in hexadecimal', 'hexadecimal', (secret) => Buffer.from(`ab${secret}`).toString('hex')],
  ['in capital hexadecimal', 'hexadecimal', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
  ['in UTF-16', 'UTF-16', (secret) => Buffer.from(`x${secret}`, 'utf16le')],
  ['between bytes of a binary file', 'plain', (secret) => Buffer.concat([randomBytes(99), Buffer.from(secret)])],
];

describe('the canaries', () => {
  const folder = temporaryFolder();

  it('are twenty secrets of different shapes, and none is part of another', () => {
    expect(new Set(CANARIES.map(({ name }) => name)).size).to.equal(20);
    expect(new Set(CANARIES.map(({ secret }) => secret)).size).to.equal(20);
    for (const { name, secret, words } of CANARIES) {
      expect(words.every((word) => word.length >= 16 && /^[A-Za-z0-9]+$/.test(word) && secret.includes(word))).to.equal(
        true,
      );
      expect(leaksIn(secret)).to.deep.equal([{ canary: name, form: 'plain' }]);
    }
  });

  for (const [how, form, write] of forms) {
    it(`are found ${how}`, () => {
      const found = CANARIES.map(({ secret }) => leaksIn(write(secret)));
      expect(found.map((leaks) => leaks.some((leak) => leak.form === form))).to.not.include(false);
      expect(found.map((leaks) => leaks.map(({ canary }) => canary).at(0))).to.deep.equal(
        CANARIES.map(({ name }) => name),
      );
    });
  }

  it('are found when only a part of them leaks', () => {
    for (const { name, secret, words } of CANARIES) {
      const cut = secret.slice(0, secret.indexOf(words[0]!) + words[0]!.length);
      expect(leaksIn(`${cut}...`).map(({ canary }) => canary)).to.include(name);
    }
  });

  it('are all found in one text', () => {
    const text = CANARIES.map(({ secret }) => JSON.stringify(secret)).join();
    expect(leaksIn(text)).to.deep.equal(CANARIES.map(({ name }) => ({ canary: name, form: 'plain' })));
  });

  it('are not found where they are not', async () => {
    expect(leaksIn('')).to.deep.equal([]);
    expect(leaksIn(await readFile(import.meta.filename))).to.deep.equal([]);
    expect(leaksIn(await readFile(`${import.meta.dirname}/canaries.ts`))).to.deep.equal([]);
    expect(leaksIn(randomBytes(1_000_000))).to.deep.equal([]);
    const nearly = CANARIES.map(({ words }) => words[0]!.slice(0, 12)).join(' ');
    expect(leaksIn(nearly)).to.deep.equal([]);
  });

  it('are found in every file below a folder, by its name, and in the names of files', async () => {
    const [one, two] = CANARIES;
    await mkdir(folder.file('deep/er'), { recursive: true });
    await writeFile(folder.file('clean.log'), 'nothing to see');
    await writeFile(folder.file('deep/er/base.bin'), Buffer.concat([randomBytes(5000), Buffer.from(one!.secret)]));
    await writeFile(folder.file(`deep/${two!.words[0]}.txt`), '');
    expect(leaksInFolder(folder.path)).to.have.deep.members([
      { canary: one!.name, form: 'plain', file: folder.file('deep/er/base.bin') },
      { canary: two!.name, form: 'plain', file: folder.file(`deep/${two!.words[0]}.txt`) },
    ]);
  });
});
