import type { ConnectorStatus, Facade, MailboxStatus } from '../../../connector/src/facade.ts';

/** A facade of the verbs that a test gives; any other fails the test that asks it. */
export function facadeOf(verbs: Partial<Facade>): Facade {
  const unexpected = (verb: keyof Facade) => (): Promise<never> => Promise.reject(new Error(`${verb} was asked.`));
  return {
    checkMailbox: unexpected('checkMailbox'),
    connectMailbox: unexpected('connectMailbox'),
    disconnectMailbox: unexpected('disconnectMailbox'),
    mailboxes: unexpected('mailboxes'),
    sync: unexpected('sync'),
    status: unexpected('status'),
    examine: unexpected('examine'),
    explain: unexpected('explain'),
    replay: unexpected('replay'),
    deadLetters: unexpected('deadLetters'),
    deadLetter: unexpected('deadLetter'),
    retryDeadLetters: unexpected('retryDeadLetters'),
    dropDeadLetters: unexpected('dropDeadLetters'),
    rebindOrg: unexpected('rebindOrg'),
    exportPerson: unexpected('exportPerson'),
    erasePerson: unexpected('erasePerson'),
    rotateKeys: unexpected('rotateKeys'),
    ...verbs,
  };
}

/** A connector that has just been started and has nothing to do. */
export function sampleStatus(changes: Partial<ConnectorStatus> = {}): ConnectorStatus {
  return {
    version: '1.2.3',
    service: { pid: 4711, startedAt: '2026-11-24T08:00:00.000Z' },
    services: [],
    database: { engine: 'PGlite', place: '/var/lib/reply-tracking' },
    org: { id: '00D5g000004ZZZZEA4', name: 'Acme' },
    mailboxes: [],
    messages: { seen: 0, matched: 0, notReply: 0, excluded: 0, waiting: 0, dead: 0 },
    outbox: { pending: 0, dead: 0, oldestPendingAt: null },
    salesforce: { apiUsage: null, apiCalls: 0, clockAheadSeconds: null },
    writing: { callsInDay: 12, dailyCalls: 10_000, budget: 'ample', pausedUntil: null },
    unhalted: [],
    ...changes,
  };
}

/** A mailbox that was read to its end twelve seconds ago. */
export function sampleMailbox(changes: Partial<MailboxStatus> = {}): MailboxStatus {
  return {
    provider: 'imap',
    address: 'rep@seller.example',
    ownerId: '0055g000004ZZZZAA4',
    state: 'active',
    lastError: null,
    readSince: '2026-11-10T08:00:00.000Z',
    caughtUpAt: '2026-11-24T09:59:48.000Z',
    lagSeconds: 12,
    messagesRead: 1200,
    messagesExpected: null,
    lastReplyAt: '2026-11-24T07:30:00.000Z',
    toldUntil: null,
    pushError: null,
    credentialEndsAt: null,
    ...changes,
  };
}
