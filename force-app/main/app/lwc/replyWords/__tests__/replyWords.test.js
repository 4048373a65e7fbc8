import { readFileSync } from 'node:fs';
import { MACHINE_KINDS, PEOPLE_KINDS, evidenceWords, kindOf, replierWords } from 'c/replyWords';

const FIELDS = `${process.cwd()}/force-app/main/tracking/objects/Activity/fields`;

/** The values of a picklist, as the field is deployed. */
const valuesOf = (field) =>
  [...readFileSync(`${FIELDS}/${field}.field-meta.xml`, 'utf8').matchAll(/<fullName>([^<]+)<\/fullName>/g)]
    .map(([, name]) => name)
    .filter((name) => name !== field);

describe('replyWords', () => {
  it('knows every kind of reply that the field can hold', () => {
    expect([...PEOPLE_KINDS, ...MACHINE_KINDS].sort()).toEqual(valuesOf('ReplyKind__c').sort());
  });

  it('lets a person stand behind a reply and a forward alone', () => {
    expect(PEOPLE_KINDS).toEqual(['Human', 'Forward']);
  });

  it.each(['A Later Kind', undefined])('takes %s for an other answer of a machine', (kind) => {
    expect(kindOf(kind)).toEqual(kindOf('Other'));
    expect(kindOf(kind).isPerson).toBe(false);
  });

  it('has words for every replier and every evidence that the fields can hold', () => {
    for (const replier of valuesOf('Replier__c')) expect(replierWords(replier)).toEqual(expect.any(String));
    for (const matchedBy of valuesOf('MatchedBy__c')) expect(evidenceWords(matchedBy)).toEqual(expect.any(String));
  });

  it('tells a recipient who answered from another address', () => {
    expect(replierWords('Recipient', 'JANE@x.example', 'jane@x.example')).toBe('The recipient');
    expect(replierWords('Recipient', 'other@x.example', 'jane@x.example')).toBe('Another address');
    expect(replierWords('Someone Else', 'other@x.example', 'jane@x.example')).toBe('Someone else');
  });

  it('says nothing about an evidence that it does not know', () => {
    expect(evidenceWords(undefined, undefined)).toBeUndefined();
    expect(evidenceWords(undefined, 'Low')).toBe('low confidence');
  });
});
