import { expect } from 'chai';
import { environmentKeySource } from '../../../connector/src/vault/environment-key-source.ts';
import { masterKeyText, newMasterKey } from '../../../connector/src/vault/master-key.ts';
import { refusalOf } from './refusal.ts';

const text = masterKeyText(newMasterKey());

describe('the master key in the environment', () => {
  it('may have white space around it', async () => {
    const keys = await environmentKeySource({ REPLY_TRACKING_MASTER_KEY: ` ${text}\n` }).read();
    expect(keys.map(masterKeyText)).to.deep.equal([text]);
  });

  it('counts as absent when the variable is set to nothing', async () => {
    const variables = { REPLY_TRACKING_MASTER_KEY: '', REPLY_TRACKING_MASTER_KEY_PREVIOUS: ' ' };
    expect(await environmentKeySource(variables).read()).to.deep.equal([]);
  });

  it('is named by its variable when it is no key', async () => {
    const variables = { REPLY_TRACKING_MASTER_KEY: text, REPLY_TRACKING_MASTER_KEY_PREVIOUS: text.slice(4) };
    const error = await refusalOf(() => environmentKeySource(variables).read(), [text.slice(4)]);
    expect(error.message).to.equal('REPLY_TRACKING_MASTER_KEY_PREVIOUS does not hold a master key.');
  });

  it('is missed when there is only a previous one', async () => {
    const error = await refusalOf(
      () => environmentKeySource({ REPLY_TRACKING_MASTER_KEY_PREVIOUS: text }).read(),
      [text],
    );
    expect(error.message).to.include('REPLY_TRACKING_MASTER_KEY is not');
    expect(error.actions.join('\n')).to.include('sf reply keys rotate');
  });
});
