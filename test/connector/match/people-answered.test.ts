import { expect } from 'chai';

import { KINDS, type Kind } from '../../../connector/src/mail/kind.ts';
import { peopleAnswered } from '../../../connector/src/match/people-answered.ts';
import type { TrackedRecipient } from '../../../connector/src/match/tracked-mail.ts';
import { trackedMail } from './sample-mail.ts';

const lena: TrackedRecipient = { address: 'lena@lead.example.org', role: 'To', personId: 'lena' };
const omar: TrackedRecipient = { address: 'omar@lead.example.org', role: 'To', personId: 'omar' };
const carl: TrackedRecipient = { address: 'carl@partner.example.net', role: 'Cc', personId: 'carl' };
const unknown: TrackedRecipient = { address: 'info@lead.example.org', role: 'To' };

function people(address: string, kind: Kind, ...recipients: TrackedRecipient[]): string[] {
  return peopleAnswered(address, kind, trackedMail({ recipients })).map(({ personId }) => personId);
}

describe('the people a message counts for', () => {
  const machines = KINDS.filter((kind) => kind !== 'human' && kind !== 'forward');

  for (const kind of KINDS) {
    it(`are the recipient who answered, for ${kind}`, () => {
      expect(people('omar@lead.example.org', kind, lena, omar, carl)).to.deep.equal(['omar']);
    });

    it(`are the copied recipient who answered, for ${kind}`, () => {
      expect(people('carl@partner.example.net', kind, lena, carl)).to.deep.equal(['carl']);
    });

    it(`are nobody when nobody is known, for ${kind}`, () => {
      expect(people('lena@lead.example.org', kind, unknown)).to.deep.equal([]);
    });
  }

  for (const kind of ['human', 'forward'] as const) {
    it(`are everybody in To when another person answers, for ${kind}`, () => {
      expect(people('boss@lead.example.org', kind, lena, omar, carl)).to.deep.equal(['lena', 'omar']);
    });

    it(`are everybody in To when a recipient answers who is not known, for ${kind}`, () => {
      expect(people('info@lead.example.org', kind, lena, unknown)).to.deep.equal(['lena']);
    });
  }

  for (const kind of machines) {
    it(`are the only recipient when another address answers, for ${kind}`, () => {
      expect(people('noreply@lead.example.org', kind, lena)).to.deep.equal(['lena']);
    });

    it(`are nobody when another address answers and there are several recipients, for ${kind}`, () => {
      expect(people('noreply@lead.example.org', kind, lena, carl)).to.deep.equal([]);
    });

    it(`are nobody when a recipient answers who is not known, for ${kind}`, () => {
      expect(people('info@lead.example.org', kind, lena, unknown)).to.deep.equal([]);
    });
  }

  it('are one person once, the address that was written first', () => {
    const second = { ...lena, address: 'lena.private@home.example' };
    const found = peopleAnswered('boss@lead.example.org', 'human', trackedMail({ recipients: [lena, second] }));
    expect(found).to.deep.equal([lena]);
  });

  it('are found whatever the case of the address', () => {
    expect(people('LENA@Lead.Example.org', 'bounce', lena, omar)).to.deep.equal(['lena']);
  });
});
