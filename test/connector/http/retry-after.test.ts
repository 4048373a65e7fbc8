import { expect } from 'chai';

import { retryAfterMs } from '../../../connector/src/http/retry-after.ts';

const NOW = new Date('2026-11-24T10:00:00Z');
const DAY_MS = 86_400_000;

describe('retryAfterMs', () => {
  const cases: readonly (readonly [field: string | undefined, ms: number | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['999999999999', DAY_MS],
    ['9'.repeat(400), undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['2027', 2_027_000],
    ['Tue, 24 Nov 2026 10:01:00 GMT', 60_000],
    ['Tuesday, 24-Nov-26 10:01:00 GMT', 60_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['Tue, 24 Nov 2099 10:00:00 GMT', DAY_MS],
    ['soon', undefined],
    [`Tue${' '.repeat(10_000)}`, undefined],
  ];
  for (const [index, [field, ms]] of cases.entries()) {
    it(`reads ${field?.slice(0, 40) ?? 'a missing field'} as ${ms ?? 'no wait'} (row ${index + 1})`, () => {
      expect(retryAfterMs(new Headers(field === undefined ? {} : { 'Retry-After': field }), NOW)).to.equal(ms);
    });
  }
});
