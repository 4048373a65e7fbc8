import type {
  ConnectedMailbox,
  ConnectorStatus,
  Explanation,
  FoundReply,
  MailboxCheck,
  MailboxStatus,
  SyncResult,
} from '../../../connector/src/facade.ts';

/** Answers of a connector, as a test varies them. */
export function mailboxCheck(changed: Partial<MailboxCheck> = {}): MailboxCheck {
  return {
    provider: 'imap',
    address: 'ada@acme.example',
    owner: { id: '005000000000001AAA', name: 'Ada Lovelace' },
    since: '2026-11-10T00:00:00.000Z',
    folders: [
      { name: 'INBOX', kind: 'other', messages: 1204 },
      { name: 'Sent', kind: 'sent', messages: 310 },
      { name: 'Junk', kind: 'junk', messages: 12 },
    ],
    messages: 1526,
    scopes: null,
    headerRead: true,
    ...changed,
  };
}

export function connectedMailbox(changed: Partial<ConnectedMailbox> = {}): ConnectedMailbox {
  return { ...mailboxCheck(), replaced: false, movedFrom: null, beingRead: false, ...changed };
}

export function mailboxStatus(changed: Partial<MailboxStatus> = {}): MailboxStatus {
  return {
    provider: 'imap',
    address: 'ada@acme.example',
    ownerId: '005000000000001AAA',
    state: 'active',
    lastError: null,
    readSince: '2026-11-10T00:00:00.000Z',
    caughtUpAt: '2026-11-24T09:00:00.000Z',
    lagSeconds: 42,
    messagesRead: 1526,
    messagesExpected: 1526,
    lastReplyAt: '2026-11-24T08:12:00.000Z',
    toldUntil: null,
    pushError: null,
    credentialEndsAt: null,
    ...changed,
  };
}

export function connectorStatus(changed: Partial<ConnectorStatus> = {}): ConnectorStatus {
  return {
    version: '0.1.0',
    service: { pid: 4711, startedAt: '2026-11-24T06:00:00.000Z' },
    services: [],
    database: { engine: 'PGlite', place: '/var/lib/reply-tracking' },
    org: { id: '00D000000000001AAA', name: 'Acme' },
    mailboxes: [mailboxStatus()],
    messages: { seen: 15_260, matched: 214, notReply: 15_040, excluded: 2, waiting: 3, dead: 1 },
    outbox: { pending: 0, dead: 0, oldestPendingAt: null },
    salesforce: { apiUsage: { used: 1200, limit: 100_000 }, apiCalls: 96, clockAheadSeconds: 0 },
    writing: { callsInDay: 12, dailyCalls: 10_000, budget: 'ample', pausedUntil: null },
    unhalted: [],
    ...changed,
  };
}

export function foundReply(changed: Partial<FoundReply> = {}): FoundReply {
  return {
    replyKey: 'a'.repeat(64),
    kind: 'Human',
    from: 'Grace Hopper <grace@prospect.example>',
    subject: 'Re: Your fleet in 2027',
    receivedAt: '2026-11-24T08:12:00.000Z',
    matchedBy: 'In-Reply-To',
    replier: 'Recipient',
    messageKey: 'step-1.7@acme.example',
    personId: '003000000000001AAA',
    halts: true,
    ...changed,
  };
}

export function syncResult(changed: Partial<SyncResult> = {}): SyncResult {
  return {
    dryRun: false,
    pulled: { trackedMails: 12, enrolments: 7, failure: null },
    mailboxes: [{ provider: 'imap', address: 'ada@acme.example', messages: 1526, newReplies: 1, failure: null }],
    byKind: { Human: 1 },
    replies: [foundReply()],
    delivery: { delivered: 1, retried: 0, dead: 0, failure: null },
    ...changed,
  };
}

export function explanation(changed: Partial<Explanation> = {}): Explanation {
  const { messageKey } = foundReply();
  return {
    messageId: 'CAF3xk2@mail.prospect.example',
    source: 'mailbox',
    from: 'Grace Hopper <grace@prospect.example>',
    subject: 'Re: Your fleet in 2027',
    kind: 'Human',
    signal: 'No field says that a machine wrote it.',
    cites: [
      { id: messageKey, field: 'In-Reply-To', role: 'own', messageKey },
      { id: 'earlier.1@prospect.example', field: 'References', role: null, messageKey: null },
    ],
    answers: [
      {
        messageKey,
        subject: 'Your fleet in 2027',
        sentAt: '2026-11-20T10:00:00.000Z',
        ownerId: '005000000000001AAA',
        trackedEmailId: 'a01000000000001AAA',
        recipients: [{ address: 'grace@prospect.example', role: 'To', personId: '003000000000001AAA' }],
      },
    ],
    replies: [
      {
        ...foundReply(),
        campaignStatusId: 'a02000000000001AAA',
        task: { state: 'delivered', recordId: '00T000000000001AAA', reason: null },
      },
    ],
    tracked: null,
    matchedAt: '2026-11-24T08:12:03.000Z',
    waiting: false,
    verdict: 'A person answered a tracked mail; the sequence of 003000000000001AAA is halted.',
    ...changed,
  };
}
