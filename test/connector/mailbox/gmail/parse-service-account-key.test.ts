import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';

import { parseServiceAccountKey } from '../../../../connector/src/mailbox/gmail/parse-service-account-key.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import { keyFile, SERVICE_ACCOUNT } from './service-account-fixture.ts';

const CANARY = 'canary-3f1b';

describe('parseServiceAccountKey', () => {
  function errorOf(file: string): MailboxError {
    try {
      parseServiceAccountKey(file);
    } catch (error) {
      expect(error).to.be.instanceOf(MailboxError);
      return error as MailboxError;
    }
    throw new Error('The file was accepted.');
  }

  it('reads the file as Google writes it', () => {
    expect(parseServiceAccountKey(keyFile())).to.deep.equal(SERVICE_ACCOUNT);
  });

  it('reads a file that an editor saved with a byte order mark', () => {
    expect(parseServiceAccountKey(`\uFEFF${keyFile()}`)).to.deep.equal(SERVICE_ACCOUNT);
  });

  it('does without the ids', () => {
    const { kind, clientEmail, privateKey } = SERVICE_ACCOUNT;
    const file = keyFile({ private_key_id: undefined, client_id: undefined, universe_domain: undefined });
    expect(parseServiceAccountKey(file)).to.deep.equal({ kind, clientEmail, privateKey });
  });

  for (const tokenUri of ['https://accounts.google.com/o/oauth2/token', 'https://www.googleapis.com/oauth2/v4/token']) {
    it(`takes ${tokenUri} for an endpoint of Google`, () => {
      expect(parseServiceAccountKey(keyFile({ token_uri: tokenUri }))).to.deep.equal(SERVICE_ACCOUNT);
    });
  }

  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const cut = SERVICE_ACCOUNT.privateKey.slice(0, 400);
  const folded = SERVICE_ACCOUNT.privateKey.replaceAll('\n', '');
  for (const [title, file, words] of [
    ['is no JSON', `${CANARY} {`, 'not JSON'],
    ['is a PEM file', SERVICE_ACCOUNT.privateKey, 'not JSON'],
    ['is a list', `["${CANARY}"]`, 'not a JSON object'],
    ['is empty', '', 'not JSON'],
    ['is endless', `{"type":"${CANARY.repeat(10_000)}"}`, 'longer than any key file'],
    ['has no type', keyFile({ type: undefined }), 'field "type" is missing'],
    ['has another type', keyFile({ type: CANARY }), 'field "type" has to be'],
    ['has a type that is no text', keyFile({ type: { toString: CANARY } }), 'field "type" has to be'],
    ['is of a user', keyFile({ type: 'authorized_user', refresh_token: CANARY }), 'credential of a user'],
    ['is of a workload', keyFile({ type: 'external_account' }), 'workload identity'],
    ['is of a web client', JSON.stringify({ web: { client_secret: CANARY } }), 'OAuth client ("web")'],
    ['is of a desktop client', JSON.stringify({ installed: { client_secret: CANARY } }), 'OAuth client ("installed")'],
    ['is of another universe', keyFile({ universe_domain: `${CANARY}.test` }), 'universe_domain'],
    ['sends tokens elsewhere', keyFile({ token_uri: `https://${CANARY}.test/token` }), 'token_uri'],
    ['hides another host', keyFile({ token_uri: `https://oauth2.googleapis.com@${CANARY}.test/token` }), 'token_uri'],
    ['has no address', keyFile({ client_email: undefined }), '"client_email" is missing'],
    ['has an address that is none', keyFile({ client_email: CANARY }), '"client_email" is not'],
    ['has no key', keyFile({ private_key: undefined }), '"private_key" is missing'],
    ['has a key that is none', keyFile({ private_key: CANARY }), '"private_key" is not'],
    ['has half a key', keyFile({ private_key: cut }), '"private_key" holds no RSA key'],
    ['has a key without its line breaks', keyFile({ private_key: folded }), '"private_key" holds no RSA key'],
    [
      'has an elliptic key',
      keyFile({ private_key: elliptic.export({ type: 'pkcs8', format: 'pem' }) }),
      '"private_key" holds no RSA key',
    ],
    ['has a key id that is none', keyFile({ private_key_id: `${CANARY}\n` }), '"private_key_id" is not'],
  ] as const) {
    it(`refuses a file that ${title}, with the fix and without quoting it`, () => {
      const error = errorOf(file);
      expect(error.code).to.equal('reconnect');
      expect(error.message).to.contain(words).and.to.contain('create a key of the type JSON');
      const shown = `${error.message}${error.stack}${JSON.stringify(error)}${String(error.cause)}`;
      expect(shown).not.to.contain(CANARY);
      expect(shown).not.to.contain(SERVICE_ACCOUNT.privateKey.slice(60, 90));
    });
  }

  it('leaves a token endpoint alone that the operator has replaced', () => {
    const file = keyFile({ token_uri: 'http://127.0.0.1:9/token' });
    expect(parseServiceAccountKey(file, { tokenUrl: 'http://127.0.0.1:9/token' })).to.deep.equal(SERVICE_ACCOUNT);
  });
});
