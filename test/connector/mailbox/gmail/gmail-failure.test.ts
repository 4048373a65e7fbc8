import { expect } from 'chai';

import { mailboxErrorOf, readFailure } from '../../../../connector/src/mailbox/gmail/gmail-failure.ts';
import type { MailboxErrorCode } from '../../../../connector/src/mailbox/mailbox-error.ts';

const NOW = new Date('2026-11-24T10:00:00Z');

describe('mailboxErrorOf', () => {
  const rows: readonly (readonly [status: number, reason: string, place: boolean, code: MailboxErrorCode])[] = [
    [401, 'authError', false, 'reconnect'],
    [401, 'authError', true, 'reconnect'],
    [403, 'rateLimitExceeded', false, 'retry'],
    [403, 'userRateLimitExceeded', true, 'retry'],
    [403, 'dailyLimitExceeded', false, 'retry'],
    [403, 'quotaExceeded', false, 'retry'],
    [403, 'RATE_LIMIT_EXCEEDED', false, 'retry'],
    [429, 'rateLimitExceeded', true, 'retry'],
    [429, '', false, 'retry'],
    [403, 'insufficientPermissions', false, 'reconnect'],
    [403, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', true, 'reconnect'],
    [403, 'forbidden', false, 'reconnect'],
    [403, 'domainPolicy', false, 'reconnect'],
    [403, 'accessNotConfigured', false, 'reconnect'],
    [403, '', false, 'retry'],
    [403, 'neverSeenBefore', true, 'retry'],
    [400, 'failedPrecondition', true, 'reconnect'],
    [400, 'invalidArgument', true, 'cursor_expired'],
    [400, 'invalidArgument', false, 'retry'],
    [404, 'notFound', true, 'cursor_expired'],
    [404, 'notFound', false, 'retry'],
    [404, '', true, 'retry'],
    [400, '', true, 'retry'],
    [500, 'backendError', true, 'retry'],
    [503, '', true, 'retry'],
    [418, 'teapot', false, 'retry'],
  ];
  for (const [status, reason, place, code] of rows) {
    it(`takes ${status} ${reason || 'without a reason'}${place ? ' for a place' : ''} as ${code}`, () => {
      const failure = { status, reasons: reason === '' ? [] : [reason], message: 'Said.', retryAfterMs: 5 };
      const error = mailboxErrorOf(failure, { address: 'rep@example.test', place });
      expect([error.code, error.retryAfterMs]).to.deep.equal([code, 5]);
      expect(error.message).to.match(/^rep@example\.test .*Gmail said: Said\.$/);
    });
  }
});

describe('readFailure', () => {
  const failureOf = (data: unknown, headers: Record<string, string> = {}): ReturnType<typeof readFailure> =>
    readFailure({ response: { status: 403, headers: new Headers(headers), data } }, NOW);

  it('reads reasons from both lists of the error', () => {
    const data = { error: { message: 'No.', errors: [{ reason: 'a' }], details: [{ reason: 'b' }] } };
    expect(failureOf(data)).to.deep.equal({
      status: 403,
      reasons: ['a', 'b'],
      message: 'No.',
      retryAfterMs: undefined,
    });
  });

  for (const [title, data] of [
    ['an HTML page', '<html>'],
    ['nothing', undefined],
    ['an error that is a word', { error: 'invalid_grant' }],
    ['lists that are none', { error: { errors: 'x', details: { reason: 'y' }, message: 7 } }],
  ] as const) {
    it(`finds neither reason nor sentence in ${title}`, () => {
      expect(failureOf(data)).to.deep.equal({ status: 403, reasons: [], message: '', retryAfterMs: undefined });
    });
  }

  it('keeps a short sentence without control characters', () => {
    const failure = failureOf({ error: { message: `a\r\nb\u001b[31m${'x'.repeat(1000)}` } });
    expect(failure?.message).to.have.length(200);
    expect(failure?.message).to.match(/^a {2}b \[31mx+$/);
  });

  it('prefers the Retry-After field to the time in the sentence', () => {
    const data = {
      error: { message: 'User-rate limit exceeded.  Retry after 2026-11-24T10:15:00.000Z (Mail sending)' },
    };
    expect(failureOf(data)?.retryAfterMs).to.equal(900_000);
    expect(failureOf(data, { 'retry-after': '3' })?.retryAfterMs).to.equal(3000);
    expect(failureOf({ error: { message: 'Retry after lunch' } })?.retryAfterMs).to.equal(undefined);
  });

  it('is undefined for an error without an answer', () => {
    expect(readFailure(new Error('x'), NOW)).to.equal(undefined);
    expect(readFailure({ response: { status: '403', headers: {} } }, NOW)).to.equal(undefined);
    expect(readFailure(undefined, NOW)).to.equal(undefined);
  });
});
