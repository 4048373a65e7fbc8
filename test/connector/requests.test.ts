import { expect } from 'chai';

import { ActionableError } from '../../connector/src/errors.ts';
import type { Verb } from '../../connector/src/facade.ts';
import { isVerb, parseRequest } from '../../connector/src/requests.ts';

const SECRET = 'hunter2-is-the-password';

const imap = (changes: object = {}) => ({
  settings: {
    ...{ provider: 'imap', address: 'rep@seller.example', host: 'imap.seller.example', port: 993, secure: true },
    ...changes,
  },
  credential: { kind: 'password', password: SECRET },
});

function refusal(verb: Verb, value: unknown): ActionableError {
  try {
    parseRequest(verb, value);
  } catch (error) {
    if (error instanceof ActionableError) return error;
    throw error;
  }
  throw new Error('the request was taken');
}

describe('parseRequest', () => {
  for (const [verb, request] of [
    ['connectMailbox', imap()],
    ['checkMailbox', { ...imap(), ownerId: '005000000000001AAA', since: '2026-03-01T00:00:00Z', replace: true }],
    ['disconnectMailbox', { address: 'rep@seller.example' }],
    ['mailboxes', {}],
    ['sync', { mailbox: 'rep@seller.example', since: '2026-03-01T00:00:00+02:00', dryRun: true }],
    ['status', {}],
    ['explain', { headers: 'Subject: x' }],
    ['explain', { messageId: '<a@b>' }],
    ['replay', { message: 'Subject: x', commit: true }],
    ['deadLetters', {}],
    ['deadLetters', { code: 'REQUIRED_FIELD_MISSING' }],
    ['deadLetter', { id: '7' }],
    ['retryDeadLetters', { ids: ['7', '8'] }],
    ['retryDeadLetters', { code: 'REQUIRED_FIELD_MISSING' }],
    ['dropDeadLetters', { all: true, because: 'written by hand' }],
    ['rebindOrg', {}],
    ['exportPerson', { person: 'mary@buyer.example' }],
    ['erasePerson', { person: '003000000000001AAA' }],
    ['rotateKeys', {}],
    ['examine', {}],
  ] as const) {
    it(`takes a request to ${verb} as it is: ${Object.keys(request).join(', ') || 'nothing'}`, () => {
      expect(parseRequest(verb, request)).to.deep.equal(request);
    });
  }

  for (const [name, verb, request, problem] of [
    ['an unknown provider', 'connectMailbox', imap({ provider: 'pop3' }), 'settings.provider'],
    ['no address', 'connectMailbox', imap({ address: SECRET }), 'settings.address is no e-mail address'],
    ['no host', 'connectMailbox', imap({ host: undefined }), 'settings.host is missing'],
    ['a port out of range', 'connectMailbox', imap({ port: 70_000 }), 'settings.port'],
    ['a key that is not known', 'connectMailbox', imap({ password: SECRET }), 'password'],
    ['no credential', 'connectMailbox', { settings: imap().settings }, 'credential is missing'],
    ['an empty password', 'connectMailbox', { ...imap(), credential: { kind: 'password', password: '' } }, 'is empty'],
    [
      'a credential of another provider',
      'connectMailbox',
      { settings: { provider: 'gmail', address: 'rep@seller.example' }, credential: imap().credential },
      'does not open a mailbox of this provider',
    ],
    ['an owner who is a contact', 'checkMailbox', { ...imap(), ownerId: '003000000000001AAA' }, 'ownerId is no Id'],
    ['a day that is no instant', 'sync', { since: 'yesterday' }, 'since is no instant'],
    ['a truth that is none', 'sync', { dryRun: 'yes' }, 'dryRun'],
    ['both ways to name a message', 'explain', { headers: 'x', messageId: 'y' }, ''],
    ['no way to name a message', 'explain', {}, ''],
    ['a message without end', 'replay', { message: 'x'.repeat(1024 * 1024 + 1) }, 'message'],
    ['something where nothing belongs', 'status', { verbose: true }, 'verbose'],
    ['an id of a dead letter that is none', 'deadLetter', { id: SECRET }, 'id is no id of a dead letter'],
    ['a code that Salesforce would not give', 'deadLetters', { code: "' or 1=1" }, 'code is no error code'],
    ['two ways to choose dead letters', 'retryDeadLetters', { all: true, code: 'A' }, ''],
    ['no choice of dead letters', 'retryDeadLetters', {}, ''],
    ['dead letters dropped without a reason', 'dropDeadLetters', { all: true, because: ' ' }, ''],
    ['no object', 'sync', SECRET, ''],
  ] as const) {
    it(`refuses ${name}, names the key and shows no value`, () => {
      const error = refusal(verb, request);
      expect(error.exitCode).to.equal(64);
      expect(error.message).to.contain(problem).and.not.to.contain('hunter2');
      expect(error.actions).not.to.be.empty;
    });
  }

  it('knows a verb from another word, and from what every object has', () => {
    expect(['sync', 'explain'].every(isVerb)).to.equal(true);
    expect(['close', 'constructor', '__proto__', ''].some(isVerb)).to.equal(false);
  });
});
