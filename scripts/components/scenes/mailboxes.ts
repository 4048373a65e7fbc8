import { record, type GraphqlRecord, type Scene } from '../scene.ts';

/** A mailbox that is read as it should be, unless a field says otherwise. */
function mailbox(id: number, name: string, fields: Parameters<typeof record>[1] = {}): GraphqlRecord {
  return record(`a04${String(id).padStart(12, '0')}AAA`, {
    Address__c: `${name}@acme.example`,
    Provider__c: 'Microsoft 365',
    State__c: 'Active',
    LagMinutes__c: 0,
    LastReadAt__c: '2026-11-24T09:59:40.000Z',
    DetectionP50__c: 3.2,
    DetectionP95__c: 18,
    ReportedAt__c: '2026-11-24T09:45:00.000Z',
    InTrouble__c: false,
    CreatedDate: '2026-10-01T08:00:00.000Z',
    ...fields,
  });
}

const WELL = [
  mailbox(1, 'ada'),
  mailbox(2, 'grace', { Provider__c: 'Gmail', DetectionP50__c: 1.4, DetectionP95__c: 6 }),
];
const IN_TROUBLE = [
  mailbox(3, 'alan', {
    Provider__c: 'IMAP',
    LagMinutes__c: 95,
    LastReadAt__c: '2026-11-24T09:59:00.000Z',
    InTrouble__c: true,
    LastError__c: 'The server closes the connection after 200 messages (BYE Too many commands).',
  }),
  mailbox(4, 'edsger', {
    Provider__c: 'Gmail',
    State__c: 'Reconnect',
    LastReadAt__c: '2026-11-23T21:14:00.000Z',
    InTrouble__c: true,
    LastError__c: 'Google refuses the stored login (invalid_grant).',
  }),
  mailbox(5, 'barbara', {
    Provider__c: 'Exchange Server',
    ReportedAt__c: '2026-11-24T06:10:00.000Z',
    LastReadAt__c: '2026-11-24T06:09:00.000Z',
    InTrouble__c: true,
  }),
  mailbox(6, 'donald', {
    State__c: 'Disconnected',
    InTrouble__c: true,
    DetectionP50__c: null,
    DetectionP95__c: null,
    LastReadAt__c: '2026-11-02T06:09:00.000Z',
  }),
];

const scene = (name: string, answer: Scene['answers']['operations'][string], more: Partial<Scene> = {}): Scene => ({
  name: `mailbox-health-${name}`,
  component: 'mailboxHealth',
  properties: {},
  answers: { operations: { mailboxes: answer } },
  ...more,
});

const of = (...mailboxes: readonly GraphqlRecord[]): Scene['answers']['operations'][string] => ({
  records: { ConnectedMailbox__c: mailboxes },
});

export const MAILBOX_SCENES: readonly Scene[] = [
  scene('wide', of(...WELL, ...IN_TROUBLE)),
  scene('narrow', of(...WELL, ...IN_TROUBLE), { width: 400, properties: { troubleOnly: true } }),
  scene('well', of(...WELL)),
  scene('empty', of()),
  scene('loading', { pending: true }),
  scene('error', { errors: [{ message: 'The request limit of the org is reached.' }] }),
  scene('no-access', { errors: [{ message: "Field 'ConnectedMailbox__c' in type 'RecordQuery' is undefined" }] }),
];
