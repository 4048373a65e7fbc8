import { expect } from 'chai';
import fc from 'fast-check';

import type { CitedId } from '../../../connector/src/match/cited-ids.ts';
import { matchReply, type KnownMail } from '../../../connector/src/match/match-reply.ts';
import { trackedMail } from './sample-mail.ts';

const first = trackedMail({ messageId: 'first@x', sentAt: new Date('2026-03-02T09:00:00Z') });
const second = trackedMail({ messageId: 'second@x', sentAt: new Date('2026-03-05T09:00:00Z') });

const byReferences = (...ids: string[]): CitedId[] => ids.map((id) => ({ id, field: 'References' }));

function knownAs(entries: Record<string, KnownMail[]>): (id: string) => readonly KnownMail[] {
  const known = new Map(Object.entries(entries));
  return (id) => known.get(id) ?? [];
}

describe('the tracked mails that a message answers', () => {
  it('are none when no id leads to any', () => {
    expect(matchReply(byReferences('a@x', 'b@x'), knownAs({}))).to.equal(undefined);
    expect(matchReply([], knownAs({}))).to.equal(undefined);
  });

  it('come with the id, the field and what the id is of the mail', () => {
    const cited: CitedId[] = [{ id: 'first@x', field: 'In-Reply-To' }];
    expect(matchReply(cited, knownAs({ 'first@x': [{ role: 'own', mail: first }] }))).to.deep.equal({
      nearest: { mail: first, citedId: 'first@x', field: 'In-Reply-To', role: 'own', confidence: 'high' },
      others: [],
    });
  });

  it('are named nearest first and once each', () => {
    const known = knownAs({
      'first@x': [{ role: 'own', mail: first }],
      'second@x': [{ role: 'own', mail: second }],
      'again@x': [{ role: 'rewritten', mail: second }],
    });
    const match = matchReply(byReferences('unknown@x', 'second@x', 'again@x', 'first@x'), known);
    expect(match?.nearest).to.include({ mail: second, citedId: 'second@x' });
    expect(match?.others.map(({ mail }) => mail)).to.deep.equal([first]);
  });

  it('are reached through an id that a provider wrote in place of their own', () => {
    const match = matchReply(byReferences('new@ses'), knownAs({ 'new@ses': [{ role: 'rewritten', mail: first }] }));
    expect(match?.nearest).to.include({ mail: first, role: 'rewritten' });
  });

  it('are reached through an answer to them', () => {
    const alias: KnownMail[] = [
      { role: 'alias', mail: first },
      { role: 'alias', mail: second },
    ];
    const match = matchReply(byReferences('answer@y'), knownAs({ 'answer@y': alias }));
    expect(match?.nearest.mail).to.equal(second);
    expect(match?.others.map(({ mail }) => mail)).to.deep.equal([first]);
  });

  it('are the mail itself before the mails it answered', () => {
    const known = knownAs({
      'first@x': [
        { role: 'alias', mail: second },
        { role: 'own', mail: first },
      ],
    });
    expect(matchReply(byReferences('first@x'), known)?.nearest.mail).to.equal(first);
  });

  it('are the mail itself before a later one it answered, in whatever order they are known', () => {
    const mails: KnownMail[] = [
      { role: 'own', mail: first },
      { role: 'alias', mail: second },
    ];
    for (const known of [mails, mails.toReversed()]) {
      expect(matchReply(byReferences('first@x'), () => known)?.nearest.mail).to.equal(first);
    }
  });

  it('never include the message itself', () => {
    const known = knownAs({ 'answer@y': [{ role: 'alias', mail: first }] });
    expect(matchReply(byReferences('answer@y'), known, () => ['first@x'])).to.equal(undefined);
  });

  it('are exactly those that the ids lead to', () => {
    const mails = [first, second, trackedMail({ messageId: 'third@x' })];
    const role = fc.constantFrom<KnownMail['role']>('own', 'rewritten', 'planted', 'alias');
    const entry = fc.array(fc.record({ role, mail: fc.constantFrom(...mails) }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
        const match = matchReply(
          byReferences(...entries.map((_, index) => String(index))),
          (id) => entries[Number(id)]!,
        );
        const found = match === undefined ? [] : [match.nearest, ...match.others].map(({ mail }) => mail);
        expect(found).to.have.members([...new Set(entries.flat().map(({ mail }) => mail))]);
      }),
    );
  });
});
