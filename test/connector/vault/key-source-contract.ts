import { expect } from 'chai';
import { lstat } from 'node:fs/promises';
import type { KeySource } from '../../../connector/src/vault/key-source.ts';
import { masterKeyText, newMasterKey } from '../../../connector/src/vault/master-key.ts';
import type { MasterKeys } from '../../../connector/src/vault/master-key.ts';
import { refusalOf } from './refusal.ts';

/** One place for keys, empty at first, as a person and another process reach it. */
export interface KeyPlace {
  /** A source on this place, as another process would open it. */
  open(): KeySource;
  /** Puts these texts in the place of keys, current first, as a person would. */
  put(texts: readonly string[]): Promise<void>;
}

const ids = (keys: MasterKeys): string[] => keys.map(({ id }) => id);

/** What every source of master keys keeps, whatever its place. */
export function describeKeySource(name: string, newPlace: () => Promise<KeyPlace>): void {
  describe(`${name} as a source of master keys`, () => {
    let place: KeyPlace;
    beforeEach(async () => {
      place = await newPlace();
    });

    it('has no key where there is none, and makes none by being asked', async () => {
      expect(await place.open().read()).to.deep.equal([]);
      expect(await place.open().read()).to.deep.equal([]);
    });

    it('gives the keys that are there, the current one first', async () => {
      const keys = [newMasterKey(), newMasterKey()];
      await place.put(keys.map(masterKeyText));
      expect(ids(await place.open().read())).to.deep.equal(ids(keys));
    });

    it('names the place, and a step that a person can take there', () => {
      const { place: where, howToBringKey } = place.open();
      expect(where).to.match(/^the \w+/);
      expect(howToBringKey).to.not.be.empty;
    });

    it('refuses what is no key, and shows nothing of it', async () => {
      const short = masterKeyText(newMasterKey()).slice(0, 40);
      for (const texts of [['correct horse battery staple'], [short], [masterKeyText(newMasterKey()), short]]) {
        await place.put(texts);
        const error = await refusalOf(() => place.open().read(), texts);
        expect(error.exitCode).to.equal(78);
        expect(error.actions.join(' ')).to.include('openssl rand -base64 32');
      }
    });

    it('refuses one key that is there twice', async () => {
      const text = masterKeyText(newMasterKey());
      await place.put([text, text]);
      expect((await refusalOf(() => place.open().read(), [text])).message).to.include('more than once');
    });

    it('keeps what is written, for every process, in the place of what was there', async () => {
      const source = place.open();
      const { change } = source;
      if (!('write' in change)) {
        expect(change.steps.join(' ')).to.include('sf reply keys rotate');
        return;
      }
      const [first, second] = [newMasterKey(), newMasterKey()];
      for (const keys of [[first], [second, first], [second]]) {
        await source.exclusively(() => change.write(keys));
        expect(ids(await source.read())).to.deep.equal(ids(keys));
        expect(ids(await place.open().read())).to.deep.equal(ids(keys));
      }
    });

    it('lets only one change the keys at a time where it writes them, and goes on after one that fails', async () => {
      let inside = 0;
      const together: number[] = [];
      const work = async (): Promise<void> => {
        inside += 1;
        await lstat('.');
        together.push(inside);
        inside -= 1;
        if (together.length === 1) throw new Error('the first one fails');
      };
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => place.open().exclusively(work)));
      expect(outcomes.filter(({ status }) => status === 'rejected')).to.have.lengthOf(1);
      if ('write' in place.open().change) expect(together).to.deep.equal([1, 1, 1]);
      else expect(together).to.have.lengthOf(3);
    });
  });
}
