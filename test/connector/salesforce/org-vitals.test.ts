import { expect } from 'chai';

import { clockSkewWords } from '../../../connector/src/salesforce/clock-skew.ts';
import { createOrgVitals, readApiUsage } from '../../../connector/src/salesforce/org-vitals.ts';

const NOW = new Date('2026-11-24T10:00:00.400Z');
const DATE = 'Tue, 24 Nov 2026 10:00:00 GMT';

describe('what an answer of the org tells beside its body', () => {
  const READABLE: Record<string, readonly [number, number]> = {
    'api-usage=18/5000': [18, 5000],
    'api-usage=25/5000; per-app-api-usage=17/250(appName=sample-connected-app)': [25, 5000],
    'api-usage=10018/100000; api-bursts=1/750': [10018, 100_000],
    'per-app-api-usage=17/250(appName=x);api-usage=0/15000': [0, 15_000],
    'api-usage=16000/15000': [16_000, 15_000],
  };
  for (const [field, [used, limit]] of Object.entries(READABLE)) {
    it(`reads ${used} of ${limit} from "${field}"`, () => {
      expect(readApiUsage(field, NOW)).to.deep.equal({ used, limit, at: NOW });
    });
  }

  for (const field of [
    '',
    'api-usage',
    'api-usage=/5000',
    'api-usage=5/0',
    'api-usage=-1/5000',
    'api-usage=1.5/5000',
    'api-usage=12/50e3',
    'per-app-api-usage=17/250(appName=x)',
    `api-usage=${'9'.repeat(400)}/5000`,
  ]) {
    it(`reads nothing from "${field.slice(0, 40)}"`, () => {
      expect(readApiUsage(field, NOW)).to.equal(undefined);
    });
  }

  it('keeps the last value while a later answer tells none', () => {
    const vitals = createOrgVitals(() => NOW);
    expect([vitals.apiUsage, vitals.clockSkewMs]).to.deep.equal([undefined, undefined]);
    vitals.note(new Headers({ date: DATE, 'sforce-limit-info': 'api-usage=18/5000' }));
    vitals.note(new Headers({ date: 'yesterday', 'sforce-limit-info': 'nonsense' }));
    vitals.note(new Headers());
    expect(vitals.apiUsage).to.deep.equal({ used: 18, limit: 5000, at: NOW });
    expect(vitals.clockSkewMs).to.equal(400);
  });

  it('says a skew in words', () => {
    expect([7_200_000, -7_380_000, 61_000, -45_000].map(clockSkewWords)).to.deep.equal([
      '2 h 0 min ahead of',
      '2 h 3 min behind',
      '1 min ahead of',
      '1 min behind',
    ]);
  });
});
