import { record, value, type GraphqlRecord, type Scene } from '../scene.ts';

const JANE = {
  Id: '003000000000001AAA',
  ApiName: 'Contact',
  Name: value('Jane Roe'),
  Email: value('jane.roe@northwind.example'),
};

const mail = (subject: string, id = 'a01000000000001AAA'): object => ({
  TrackedEmail__c: value(id),
  TrackedEmail__r: { Id: id, Subject__c: value(subject) },
});

/** A Task that is a reply of Jane Roe. */
function reply(id: number, fields: Parameters<typeof record>[1]): GraphqlRecord {
  return record(`00T${String(id).padStart(12, '0')}AAA`, {
    ReplyKind__c: 'Human',
    ReplyFrom__c: 'jane.roe@northwind.example',
    Replier__c: 'Recipient',
    ReplyReceivedAt__c: '2026-11-24T09:12:00.000Z',
    MatchedBy__c: 'In-Reply-To',
    MatchConfidence__c: 'High',
    ReplyDismissedAt__c: null,
    ReplyDismissedReason__c: null,
    ...mail('A short question about your warehouse'),
    Who: JANE,
    ...fields,
  });
}

const SAMPLE = [
  reply(1, { ReplyFrom__c: 'jane@roe-family.example', MatchedBy__c: 'References' }),
  reply(2, {
    ReplyKind__c: 'Forward',
    ReplyFrom__c: 'tom.lee@northwind.example',
    Replier__c: 'Same Domain',
    ReplyReceivedAt__c: '2026-11-23T16:40:00.000Z',
  }),
  reply(3, {
    ReplyKind__c: 'Auto-Reply',
    MatchedBy__c: 'Exchange Parent',
    MatchConfidence__c: 'Medium',
    ReplyReceivedAt__c: '2026-11-20T07:02:00.000Z',
  }),
  reply(4, {
    ReplyFrom__c: 'sam.field@contoso.example',
    Replier__c: 'Someone Else',
    MatchedBy__c: 'Thread-Index',
    MatchConfidence__c: 'Low',
    ReplyReceivedAt__c: '2026-11-18T11:30:00.000Z',
    ReplyDismissedAt__c: '2026-11-18T12:00:00.000Z',
    ReplyDismissedReason__c: 'Sam asked about another offer in the same thread',
  }),
  reply(5, {
    ReplyKind__c: 'Bounce',
    ReplyFrom__c: 'mailer-daemon@mx.northwind.example',
    Replier__c: 'Same Domain',
    MatchedBy__c: 'Delivery Report',
    ReplyReceivedAt__c: '2026-11-12T08:15:00.000Z',
    TrackedEmail__c: value('a01000000000009AAA'),
    TrackedEmail__r: null,
  }),
];

const onContact = { recordId: JANE.Id, objectApiName: 'Contact' };
const scene = (name: string, answer: Scene['answers']['operations'][string], more: Partial<Scene> = {}): Scene => ({
  name: `reply-timeline-${name}`,
  component: 'replyTimeline',
  properties: onContact,
  answers: { operations: { replies: answer } },
  ...more,
});

const HIDDEN = {
  message: "Validation error (WrongType@[uiapi/query/Task]) : argument 'where' has no field 'ReplyKind__c'",
  extensions: { ErrorType: 'ValidationError' },
};

/** As many replies as the page is to be filled with, each another. */
export function manyReplies(count: number): GraphqlRecord[] {
  return Array.from({ length: count }, (_none, index) => ({
    ...SAMPLE[index % SAMPLE.length],
    Id: `00T${String(index).padStart(12, '0')}AAA`,
  }));
}

/** The timeline with this many replies. */
export const withReplies = (count: number): Scene => scene(`of-${count}`, { records: { Task: manyReplies(count) } });

export const REPLY_SCENES: readonly Scene[] = [
  scene('wide', { records: { Task: SAMPLE } }),
  scene(
    'on-account',
    { records: { Task: SAMPLE.slice(0, 2) } },
    { properties: { recordId: '001000000000001AAA', objectApiName: 'Account' } },
  ),
  scene('narrow', { records: { Task: SAMPLE } }, { width: 400 }),
  scene(
    'many',
    { records: { Task: manyReplies(60) } },
    { width: 400, properties: { ...onContact, pageSize: 5, cardTitle: 'Replies' } },
  ),
  scene('empty', { records: { Task: [] } }),
  scene('loading', { pending: true }),
  scene('error', { errors: [{ message: 'The request limit of the org is reached.' }] }),
  scene('no-access', { errors: [HIDDEN] }),
];
