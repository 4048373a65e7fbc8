import { expect } from 'chai';
import fc from 'fast-check';
import { KINDS } from '../../../connector/src/mail/kind.ts';
import type { CitedId } from '../../../connector/src/match/cited-ids.ts';
import { matchFailedRecipient } from '../../../connector/src/match/match-failed-recipient.ts';
import { matchReply, type KnownMail } from '../../../connector/src/match/match-reply.ts';
import { peopleAnswered } from '../../../connector/src/match/people-answered.ts';
import { identifyReplier } from '../../../connector/src/match/replier.ts';
import { replyKey } from '../../../connector/src/match/reply-key.ts';
import { waitingCites } from '../../../connector/src/match/waiting-cites.ts';
import { headers, trackedMail } from './sample-mail.ts';

const RUNS = { numRuns: 60 };

const address = fc
  .tuple(fc.constantFrom('lena', 'omar', 'ida'), fc.constantFrom('lead.example.org', 'rep.example.com', 'gmail.com'))
  .map(([local, domain]) => `${local}@${domain}`);
const recipient = fc.record({
  address,
  role: fc.constantFrom('To' as const, 'Cc' as const),
  personId: fc.constantFrom('person-1', 'person-2', 'person-3'),
});
const mail = fc
  .uniqueArray(recipient, { selector: (each) => each.address, maxLength: 4 })
  .map((recipients) => trackedMail({ recipients }));
const ownSide = { addresses: new Set(['ida@rep.example.com']), domains: new Set(['rep.example.com', 'gmail.com']) };

describe('whoever answers', () => {
  it('is the same in capitals', () => {
    const property = fc.property(address, mail, (from, tracked) => {
      expect(identifyReplier(from.toUpperCase(), tracked, ownSide)).to.equal(identifyReplier(from, tracked, ownSide));
    });
    fc.assert(property, RUNS);
  });

  it('is no recipient of a mail that went to nobody', () => {
    const property = fc.property(address, (from) => {
      expect(identifyReplier(from, trackedMail({ recipients: [] }), ownSide)).to.be.oneOf(['Internal', 'Someone Else']);
    });
    fc.assert(property, RUNS);
  });

  it('counts for people the mail went to, each once', () => {
    const property = fc.property(address, fc.constantFrom(...KINDS), mail, (from, kind, tracked) => {
      const people = peopleAnswered(from, kind, tracked).map(({ personId }) => personId);
      expect(tracked.recipients.map(({ personId }) => personId)).to.include.members(people);
      expect(new Set(people).size).to.equal(people.length);
    });
    fc.assert(property, RUNS);
  });

  it('counts for at most one person when a machine has written', () => {
    const property = fc.property(address, mail, (from, tracked) => {
      expect(peopleAnswered(from, 'auto_reply', tracked)).to.have.lengthOf.at.most(1);
    });
    fc.assert(property, RUNS);
  });
});

describe('whatever is matched', () => {
  const known = fc.record({
    role: fc.constantFrom<KnownMail['role']>('own', 'rewritten', 'planted', 'alias'),
    mail: fc.constantFrom(...['a', 'b', 'c', 'd'].map((id) => trackedMail({ messageId: id, subject: `Offer ${id}` }))),
  });
  const entries = fc.array(fc.array(known, { maxLength: 3 }), { maxLength: 5 });
  const cite = (lists: readonly unknown[]): CitedId[] =>
    lists.map((_, index) => ({ id: `${index}`, field: 'References' }));

  it('is the same mails with any subject, only less sure', () => {
    const property = fc.property(entries, fc.string(), (lists, subject) => {
      const find = (id: string): KnownMail[] => lists[Number(id)]!;
      const untitled = matchReply(cite(lists), find);
      const titled = matchReply(cite(lists), find, undefined, { block: [['Subject', subject]] });
      expect(titled?.nearest.mail).to.equal(untitled?.nearest.mail);
      expect(titled?.others.map((each) => each.mail)).to.deep.equal(untitled?.others.map((each) => each.mail));
    });
    fc.assert(property, RUNS);
  });

  it('is the same mails with any Thread-Index, perhaps in another order', () => {
    const property = fc.property(entries, fc.base64String({ minLength: 28, maxLength: 40 }), (lists, index) => {
      const mails = (text: string) => {
        const match = matchReply(cite(lists), (id) => lists[Number(id)]!, undefined, { block: headers(text) });
        return match === undefined ? [] : [match.nearest, ...match.others].map((each) => each.mail.messageId);
      };
      expect(mails(`Thread-Index: ${index}`)).to.have.members(mails(''));
    });
    fc.assert(property, RUNS);
  });

  it('never includes the message itself', () => {
    const property = fc.property(entries, fc.constantFrom('a', 'b', 'c', 'd'), (lists, own) => {
      const match = matchReply(
        cite(lists),
        (id) => lists[Number(id)]!,
        () => [own],
      );
      expect([match?.nearest, ...(match?.others ?? [])].map((each) => each?.mail.messageId)).not.to.include(own);
    });
    fc.assert(property, RUNS);
  });

  it('by a failed recipient went to that address in the days before', () => {
    const receivedAt = new Date('2026-03-10T00:00:00Z');
    const sentAt = fc.date({ min: new Date('2026-02-01'), max: new Date('2026-04-01'), noInvalidDate: true });
    const mails = fc.array(
      fc.tuple(mail, sentAt).map(([each, at]) => ({ ...each, sentAt: at })),
      { maxLength: 6 },
    );
    const property = fc.property(address, mails, (failed, candidates) => {
      const match = matchFailedRecipient({ address: failed, receivedAt }, candidates);
      if (match === undefined) return;
      expect(match.nearest.mail.recipients.map((each) => each.address)).to.include(failed);
      expect(receivedAt.getTime() - match.nearest.mail.sentAt.getTime()).to.be.within(-300_000, 6 * 86_400_000);
    });
    fc.assert(property, RUNS);
  });

  it('later waits under at most four of the ids that it cites', () => {
    const field = fc.constantFrom<CitedId['field']>('In-Reply-To', 'References', 'Exchange Parent', 'Delivery Report');
    const property = fc.property(fc.uniqueArray(fc.nat(200), { maxLength: 100 }), field, (numbers, by) => {
      const cited = numbers.map((number): CitedId => ({ id: `${number}@x`, field: by }));
      const waiting = waitingCites(cited);
      expect(cited.map(({ id }) => id)).to.include.members(waiting);
      expect(waiting).to.have.lengthOf(Math.min(new Set(waiting).size, 4));
    });
    fc.assert(property, RUNS);
  });

  it('has a key that tells message and person apart', () => {
    const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
    const property = fc.property(hash, hash, fc.string(), fc.string(), (first, second, person, other) => {
      expect(replyKey(first, person) === replyKey(second, other)).to.equal(first === second && person === other);
    });
    fc.assert(property, RUNS);
  });
});
