import { expect } from 'chai';
import { checkDatabase, checkSchema } from '../../../connector/src/doctor/check-database.ts';
import { checkHalts } from '../../../connector/src/doctor/check-halts.ts';
import { checkJobs } from '../../../connector/src/doctor/check-jobs.ts';
import { checkMailbox, type MailboxFacts } from '../../../connector/src/doctor/check-mailbox.ts';
import { checkMasterKey } from '../../../connector/src/doctor/check-master-key.ts';
import { checkMessages, checkOutbox } from '../../../connector/src/doctor/check-messages.ts';
import { checkApiBudget, checkClock, checkOrg } from '../../../connector/src/doctor/check-org.ts';
import { checkService } from '../../../connector/src/doctor/check-service.ts';
import { ActionableError } from '../../../connector/src/errors.ts';
import type { CheckName, CheckResult, MailboxStatus, WritingStatus } from '../../../connector/src/facade.ts';
import { MailboxError } from '../../../connector/src/mailbox/mailbox-error.ts';
import { mailboxStatus } from '../commands/answers.ts';

const NOW = new Date('2026-11-24T10:00:00.000Z');
const hoursLater = (hours: number): string => new Date(NOW.getTime() + hours * 3_600_000).toISOString();

const COUNTS = {
  ...{ seen: 15, matched: 4, notReply: 5, excluded: 3, waiting: 2, dead: 1 },
  ...{ outboxPending: 0, outboxDead: 0, outboxPendingSince: undefined },
};
const WRITING: WritingStatus = { callsInDay: 12, dailyCalls: 1000, budget: 'ample', pausedUntil: null };
const SERVICE = { pid: 7, startedAt: '2026-11-24T06:00:00.000Z' };
const KEY = { place: 'the file /keys/master.key', unusable: undefined };
const ORG = { id: '00D000000000001AAA', instanceUrl: 'https://acme.my.salesforce.com' };
const GIVEN_UP = { reason: 'no such row', at: new Date(hoursLater(-1)) };
const lost = new ActionableError('The master key is gone.', ['Put it back.']);

const CASES: readonly (readonly [what: string, result: CheckResult, state: CheckResult['state'], words: string])[] = [
  ['the database', checkDatabase({ engine: 'pglite', place: '/data' }), 'ok', 'pglite, /data'],
  ['the right schema', checkSchema(7, 7), 'ok', '7'],
  ['a newer schema', checkSchema(8, 7), 'failure', 'version 8'],
  ['an older schema', checkSchema(6, 7), 'failure', 'version 6'],
  ['a key without credentials', checkMasterKey({ ...KEY, credentials: [] }), 'ok', 'No credential'],
  [
    'a key that opens all',
    checkMasterKey({ ...KEY, credentials: [{ address: 'a@b.c', error: undefined }] }),
    'ok',
    '1 of 1',
  ],
  [
    'a key that opens none',
    checkMasterKey({ ...KEY, credentials: [{ address: 'a@b.c', error: lost }] }),
    'failure',
    'gone',
  ],
  ['a key that is open', checkMasterKey({ ...KEY, unusable: lost, credentials: [] }), 'failure', 'gone'],
  ['messages that add up', checkMessages(COUNTS), 'ok', 'All 15'],
  ['lost messages', checkMessages({ ...COUNTS, seen: 17 }), 'failure', '2 messages were lost'],
  ['messages that count twice', checkMessages({ ...COUNTS, seen: 12 }), 'failure', '3 were counted twice'],
  ['an empty outbox', checkOutbox(COUNTS, NOW), 'ok', 'none was refused'],
  ['dead letters', checkOutbox({ ...COUNTS, outboxDead: 3 }, NOW), 'warning', 'refused 3'],
  [
    'a young outbox',
    checkOutbox({ ...COUNTS, outboxPending: 1, outboxPendingSince: new Date(hoursLater(-0.5)) }, NOW),
    'ok',
    '1 records',
  ],
  [
    'an old outbox',
    checkOutbox({ ...COUNTS, outboxPending: 9, outboxPendingSince: new Date(hoursLater(-2)) }, NOW),
    'warning',
    '9 records',
  ],
  ['sequences that were halted', checkHalts({ unhalted: [] }), 'ok', 'No sequence'],
  ['a sequence that goes on', checkHalts({ unhalted: ['a02000000000001AAA'] }), 'failure', 'a02000000000001AAA'],
  ['work that goes on', checkJobs([], []), 'ok', 'No work'],
  [
    'work on a mailbox that was given up',
    checkJobs([{ ...GIVEN_UP, queue: 'sync', key: '7' }], [{ id: '7', address: 'a@b.c' }]),
    'warning',
    `sync of a@b.c. The latest, at ${hoursLater(-1)}: no such row`,
  ],
  [
    'several kinds of work that were given up',
    checkJobs(
      ['all', 'all', 'gone'].map((key) => ({ ...GIVEN_UP, queue: key === 'all' ? 'track' : 'sync', key })),
      [],
    ),
    'warning',
    'track, sync.',
  ],
  ['a service', checkService({ service: SERVICE, services: [] }, 2), 'ok', 'A service is alive'],
  ['no service', checkService({ service: null, services: [] }, 2), 'warning', 'no mailbox is read'],
  ['no service and no mailbox', checkService({ service: null, services: [] }, 0), 'ok', 'no mailbox is connected'],
  ['an org', checkOrg(ORG), 'ok', ORG.instanceUrl],
  ['no org', checkOrg(undefined), 'skipped', 'No Salesforce org'],
  ['an org that is away', checkOrg(new ActionableError('It is away.', ['Wait.'])), 'failure', 'It is away.'],
  ['a right clock', checkClock(-90_000), 'ok', '90 seconds'],
  ['a clock that is ahead', checkClock(180_000), 'failure', '180 seconds ahead of'],
  ['a clock that is behind', checkClock(-180_000), 'failure', '180 seconds behind'],
  ['an unknown clock', checkClock(undefined), 'skipped', 'not answered'],
  ['an ample budget', checkApiBudget({ used: 79, limit: 100 }, WRITING), 'ok', '79 of its 100'],
  ['a scarce budget', checkApiBudget({ used: 80, limit: 100 }, WRITING), 'warning', '80 of its 100'],
  ['no budget', checkApiBudget({ used: 100, limit: 100 }, WRITING), 'failure', '100 of its 100'],
  ['much writing', checkApiBudget({ used: 1, limit: 100 }, { ...WRITING, budget: 'scarce' }), 'warning', '12 of 1000'],
  ['an unknown budget', checkApiBudget(null, WRITING), 'skipped', 'not told'],
];

const mailbox = (check: CheckName, status: Partial<MailboxStatus>, facts: Partial<MailboxFacts> = {}): CheckResult =>
  checkMailbox(
    { status: mailboxStatus(status), isServed: true, error: undefined, scopes: undefined, ...facts },
    NOW,
  ).find((result) => result.check === check)!;

const MAILBOX_CASES: typeof CASES = [
  ['a mailbox that is read', mailbox('mailbox', {}), 'ok', '42 seconds'],
  ['a first read', mailbox('mailbox', { state: 'reading' }), 'ok', 'first read'],
  ['a mailbox to be connected again', mailbox('mailbox', { state: 'reconnect', lastError: 'No.' }), 'failure', 'No.'],
  ['a mailbox that fails', mailbox('mailbox', { state: 'failing', lastError: 'Away.' }), 'warning', 'Away.'],
  ['a mailbox that lags', mailbox('mailbox', { lagSeconds: 7200 }), 'warning', '120 minutes'],
  ['a lag while nobody serves', mailbox('mailbox', { lagSeconds: 7200 }, { isServed: false }), 'ok', '7200'],
  ['a grant', mailbox('grant', {}), 'ok', 'opens'],
  ['a dead grant', mailbox('grant', {}, { error: new MailboxError('reconnect', 'Revoked.') }), 'failure', 'Revoked.'],
  ['a host that is away', mailbox('grant', {}, { error: new MailboxError('retry', 'Away.') }), 'warning', 'Away.'],
  ['a sealed credential', mailbox('grant', {}, { error: lost }), 'failure', 'gone'],
  ['narrow scopes', mailbox('scopes', {}, { scopes: { granted: ['read'], wider: [] } }), 'ok', 'read'],
  ['wide scopes', mailbox('scopes', {}, { scopes: { granted: ['all'], wider: ['all'] } }), 'warning', 'all'],
  [
    'a topic that Gmail may not publish into',
    mailbox('push', { provider: 'gmail', pushError: 'Grant it.' }),
    'warning',
    'Grant it.',
  ],
  ['a promise of Graph', mailbox('push', { provider: 'graph', toldUntil: hoursLater(25) }), 'ok', hoursLater(25)],
  [
    'a promise of Graph that ends',
    mailbox('push', { provider: 'graph', toldUntil: hoursLater(23) }),
    'warning',
    'not renewed',
  ],
  [
    'a promise of Gmail that ends',
    mailbox('push', { provider: 'gmail', toldUntil: hoursLater(47) }),
    'warning',
    'not renewed',
  ],
  ['a certificate', mailbox('certificate', { credentialEndsAt: hoursLater(24 * 31) }), 'ok', 'ends at'],
  ['a certificate that ends', mailbox('certificate', { credentialEndsAt: hoursLater(24 * 29) }), 'warning', 'ends at'],
  ['a certificate that ended', mailbox('certificate', { credentialEndsAt: hoursLater(-1) }), 'failure', 'ended at'],
];

describe('the checks of the doctor', () => {
  for (const [what, result, state, words] of [...CASES, ...MAILBOX_CASES]) {
    it(`judges ${what}: ${state}`, () => {
      expect(result).to.include({ state });
      expect(result.found).to.contain(words);
      if (state === 'warning' || state === 'failure') expect(result.actions).not.to.be.empty;
      if (state === 'ok') expect(result.actions).to.be.empty;
    });
  }

  it('says nothing of scopes, notifications and certificates where there are none', () => {
    const facts = { status: mailboxStatus(), isServed: true, error: undefined, scopes: undefined };
    expect(checkMailbox(facts, NOW).map(({ check }) => check)).to.deep.equal(['mailbox', 'grant']);
  });
});
