import { expect } from 'chai';

import { messageKey } from '../../../connector/src/mail/message-id.ts';
import { apiNames } from '../../../connector/src/salesforce/api-names.ts';
import { collectionsFor, type Collection } from '../../../connector/src/salesforce/collection.ts';
import { callsFor, compositeBody, readComposite } from '../../../connector/src/salesforce/composite.ts';
import type { SalesforceWrite } from '../../../connector/src/salesforce/salesforce.ts';
import { NOW, sampleMail, sampleReply } from '../../contract/store-samples.ts';

const task = (answer: string, answered = 'sent@seller.example'): SalesforceWrite => {
  const reply = sampleReply(answer, answered);
  return { key: reply.replyKey, type: 'Task', reply };
};
const mail = (messageId: string, recipients = 1): SalesforceWrite => ({
  key: messageKey(messageId),
  type: 'TrackedEmail',
  mail: sampleMail(messageId, {
    recipients: Array.from({ length: recipients }, (_, index) => ({ address: `p${index}@buyer.example`, role: 'To' })),
  }),
});
const many = <Row>(count: number, make: (index: number) => Row): Row[] =>
  Array.from({ length: count }, (_, index) => make(index));
const callsOf = (rows: readonly SalesforceWrite[]): Collection[][] =>
  callsFor(collectionsFor(rows, 'Done', apiNames()));
const shape = (calls: readonly Collection[][]): string[][] =>
  calls.map((call) => call.map(({ method, object, records }) => `${method} ${records.length} ${object}`));

describe('a write packed into calls', () => {
  it('is one call for a thousand Tasks', () => {
    expect(shape(callsOf(many(1000, (index) => task(`answer-${index}@buyer.example`))))).to.deep.equal([
      many(5, () => 'POST 200 Task'),
    ]);
  });

  it('puts tracked mails before recipients and both before Tasks', () => {
    const rows = [task('answer@buyer.example'), mail('sent@seller.example', 3)];
    expect(shape(callsOf(rows))).to.deep.equal([
      ['PATCH 1 TrackedEmail__c', 'POST 3 TrackedRecipient__c', 'POST 1 Task'],
    ]);
  });

  it('puts what reports need behind everything else', () => {
    const tally = { replyCount: 1, firstReplyAt: NOW, lastReplyAt: NOW, lastReplyKind: 'human' as const };
    const rows: SalesforceWrite[] = [
      { key: 'a01000000000001AAA', type: 'ReplyTally', tally },
      task('answer@buyer.example'),
      mail('sent@seller.example'),
    ];
    expect(shape(callsOf(rows))).to.deep.equal([
      ['PATCH 1 TrackedEmail__c', 'POST 1 TrackedRecipient__c', 'POST 1 Task', 'PATCH 1 TrackedEmail__c'],
    ]);
  });

  it('takes a second call for more than five collections', () => {
    const rows = [...many(400, (index) => mail(`sent-${index}@seller.example`, 2)), task('answer@buyer.example')];
    expect(shape(callsOf(rows))).to.deep.equal([
      ['PATCH 200 TrackedEmail__c', 'PATCH 200 TrackedEmail__c', ...many(3, () => 'POST 200 TrackedRecipient__c')],
      ['POST 200 TrackedRecipient__c', 'POST 1 Task'],
    ]);
  });

  it('writes rows with the same key once', () => {
    const rows = [task('answer@buyer.example'), task('answer@buyer.example')];
    expect(shape(callsOf(rows))).to.deep.equal([['POST 1 Task']]);
  });

  it('lets a key travel alone that a Composite would read as a reference', () => {
    const rows = [mail('ordinary@seller.example'), mail('odd@{collection0[0].id}'), task('answer@buyer.example')];
    const calls = callsOf(rows);
    expect(shape(calls)).to.deep.equal([
      ['PATCH 1 TrackedEmail__c'],
      ['PATCH 1 TrackedEmail__c'],
      ['POST 1 TrackedRecipient__c'],
      ['POST 1 TrackedRecipient__c'],
      ['POST 1 Task'],
    ]);
    const composites = calls.filter(([first]) => first?.alone === false);
    expect(JSON.stringify(composites.map((call) => compositeBody(call, '67.0')))).not.to.include('@{');
  });
});

describe('the answer to a Composite', () => {
  const collections = callsOf([mail('sent@seller.example', 0), task('a@b'), task('c@d')])[0] ?? [];
  const answered = (taskBody: unknown, httpStatusCode = 200): unknown => ({
    compositeResponse: [
      { referenceId: 'collection1', httpStatusCode, body: taskBody },
      {
        referenceId: 'collection0',
        httpStatusCode: 200,
        body: [{ id: 'a01000000000001AAA', success: true, errors: [] }],
      },
    ],
  });
  const written = { id: '00T000000000001AAA', success: true, errors: [] };
  const refused = { success: false, errors: [{ statusCode: 'STRING_TOO_LONG', message: 'too long', fields: [] }] };

  it('tells for each key what became of it, by reference and not by place', () => {
    const answers = readComposite(collections, answered([written, refused])) ?? [];
    expect(answers.map(({ recordId, refusal }) => recordId ?? refusal?.errorCode)).to.deep.equal([
      'a01000000000001AAA',
      '00T000000000001AAA',
      'STRING_TOO_LONG',
    ]);
  });

  it('refuses every row of a collection that was refused as a whole', () => {
    const error = [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred' }];
    const answers = readComposite(collections, answered(error, 500)) ?? [];
    expect(answers.map(({ refusal }) => refusal?.errorCode)).to.deep.equal([
      undefined,
      'UNKNOWN_EXCEPTION',
      'UNKNOWN_EXCEPTION',
    ]);
  });

  const UNREADABLE: Record<string, unknown> = {
    'nothing at all': undefined,
    'a list': [],
    'fewer collections than were sent': { compositeResponse: [] },
    'fewer rows than were sent': answered([written]),
    'a row that is neither written nor refused': answered([written, {}]),
    'rows that are no objects': answered([written, null]),
    'a collection without a status': { compositeResponse: [{ referenceId: 'collection0' }, null] },
  };
  for (const [what, answer] of Object.entries(UNREADABLE)) {
    it(`takes nothing as written from ${what}`, () => {
      expect(readComposite(collections, answer)).to.equal(undefined);
    });
  }
});
