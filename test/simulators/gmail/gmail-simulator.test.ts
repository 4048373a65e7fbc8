import { expect } from 'chai';
import { gmail, type gmail_v1 } from '@googleapis/gmail';

import { startGmailSimulator, type GmailSimulator } from './gmail-simulator.ts';
import { quotaExceeded, userRateLimited } from './google-error.ts';
import { formatRawMessage } from '../raw-message.ts';

const REP = 'rep@example.test';
const LEAD = 'lead@example.org';
const METADATA = ['https://www.googleapis.com/auth/gmail.metadata'];
const FULL = ['https://mail.google.com/'];

/** What the official client throws for an answer that is not 2xx. */
interface ApiError {
  readonly status: number;
  readonly message: string;
  readonly response?: {
    readonly data: { readonly error: { readonly errors: readonly { readonly reason: string }[] } };
  };
}

describe('the Gmail simulator, asked by the official client', () => {
  let simulator: GmailSimulator;
  let clock: Date;

  beforeEach(async () => {
    clock = new Date('2026-11-24T10:00:00Z');
    simulator = await startGmailSimulator({ now: () => clock });
    simulator.mailbox(REP, { token: 'rep-token', scopes: FULL });
    simulator.mailbox(LEAD, { token: 'lead-token', scopes: METADATA });
  });

  afterEach(() => simulator.close());

  const users = (token: string): gmail_v1.Resource$Users =>
    gmail({
      version: 'v1',
      rootUrl: simulator.rootUrl,
      headers: { authorization: `Bearer ${token}` },
      retry: false,
      fetchImplementation: fetch,
    }).users;
  const encoded = (raw: string): string => Buffer.from(raw).toString('base64url');
  const mail = (fields: readonly (readonly [string, string])[], body = 'Hello.'): string =>
    formatRawMessage({ headers: fields, body });

  async function errorOf(attempt: Promise<unknown>): Promise<ApiError> {
    const error: unknown = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error);
    return error as ApiError;
  }
  const reasonOf = (error: ApiError): string | undefined => error.response?.data.error.errors[0]?.reason;

  const idsOf = (messages: readonly gmail_v1.Schema$Message[] | undefined): string[] =>
    (messages ?? []).map(({ id }) => id ?? '');

  it('shows the profile with a history id that no number keeps exactly', async () => {
    const before = await users('rep-token').getProfile({ userId: 'me' });
    simulator.deliver(REP, [['Subject', 'one']]);
    const { data } = await users('rep-token').getProfile({ userId: REP });
    expect(data).to.deep.include({ emailAddress: REP, messagesTotal: 1, threadsTotal: 1 });
    expect(BigInt(data.historyId!) > BigInt(before.data.historyId!)).to.equal(true);
    expect(Number.isSafeInteger(Number(data.historyId))).to.equal(false);
  });

  it('lists the system labels', async () => {
    const { data } = await users('lead-token').labels.list({ userId: 'me' });
    expect(data.labels?.map(({ id }) => id)).to.include.members(['INBOX', 'SENT', 'SPAM', 'TRASH']);
  });

  it('pages through messages, newest first, and hides spam and trash until asked', async () => {
    const at = (minute: number): Date => new Date(clock.getTime() + minute * 60_000);
    const inbox = [1, 2, 3].map((minute) => simulator.deliver(REP, [['Subject', 'x']], { receivedAt: at(minute) }).id);
    const junk = simulator.deliver(REP, [['Subject', 'x']], { receivedAt: at(4), labels: ['SPAM'] }).id;
    const { messages } = users('rep-token');

    const first = await messages.list({ userId: 'me', maxResults: 2 });
    expect(idsOf(first.data.messages)).to.deep.equal([inbox[2], inbox[1]]);
    simulator.deliver(REP, [['Subject', 'later']], { receivedAt: at(5) });
    const second = await messages.list({ userId: 'me', maxResults: 2, pageToken: first.data.nextPageToken! });
    expect(idsOf(second.data.messages)).to.deep.equal([inbox[0]]);
    expect(second.data.nextPageToken).to.equal(undefined);

    const all = await messages.list({ userId: 'me', includeSpamTrash: true });
    expect(idsOf(all.data.messages)).to.include(junk);
    const spam = await messages.list({ userId: 'me', labelIds: ['SPAM'] });
    expect(idsOf(spam.data.messages)).to.deep.equal([junk]);
  });

  it('refuses a page token that was given for another list', async () => {
    for (const subject of ['a', 'b']) simulator.deliver(REP, [['Subject', subject]]);
    const { data } = await users('rep-token').messages.list({ userId: 'me', maxResults: 1 });
    const other = users('rep-token').messages.list({
      userId: 'me',
      labelIds: ['INBOX'],
      pageToken: data.nextPageToken!,
    });
    expect((await errorOf(other)).status).to.equal(400);
  });

  it('shows the header fields asked for, unfolded, repeated and in order, and nothing that the mask leaves out', async () => {
    const raw = 'Received: a\r\nReceived: b\r\nReferences: <1@x>\r\n <2@x>\r\nSubject: s\r\n\r\nSecret body';
    const { id } = simulator.deliver(REP, raw);
    const { data } = await users('rep-token').messages.get({
      userId: 'me',
      id,
      format: 'metadata',
      metadataHeaders: ['references', 'RECEIVED'],
      fields: 'id,payload/headers',
    });
    expect(data).to.deep.equal({
      id,
      payload: {
        headers: [
          { name: 'Received', value: 'a' },
          { name: 'Received', value: 'b' },
          { name: 'References', value: '<1@x> <2@x>' },
        ],
      },
    });
    expect(simulator.violations).to.deep.equal([]);
  });

  it('gives a body only where the metadata scope is not granted', async () => {
    const { id } = simulator.deliver(REP, mail([['Subject', 's']], 'The body'));
    const full = await users('rep-token').messages.get({ userId: 'me', id });
    expect(Buffer.from(full.data.payload!.body!.data!, 'base64url').toString()).to.equal('The body');
    const raw = await users('rep-token').messages.get({ userId: 'me', id, format: 'raw' });
    expect(Buffer.from(raw.data.raw!, 'base64url').toString()).to.equal('Subject: s\r\n\r\nThe body');

    const refused = await errorOf(users('lead-token').messages.get({ userId: 'me', id, format: 'full' }));
    expect([refused.status, refused.message]).to.deep.equal([403, "Metadata scope doesn't allow format FULL"]);
  });

  it('refuses a search under the metadata scope, even an empty one', async () => {
    for (const q of ['from:x', '']) {
      const error = await errorOf(users('lead-token').messages.list({ userId: 'me', q }));
      expect([error.status, error.message]).to.deep.equal([403, "Metadata scope does not support 'q' parameter"]);
    }
  });

  it('records everything that asks for more than header fields', async () => {
    const { id } = simulator.deliver(REP, mail([['Subject', 's']]));
    const { messages } = users('rep-token');
    const headers = { format: 'metadata', metadataHeaders: ['From'] };
    await messages.get({ userId: 'me', id });
    await messages.get({ userId: 'me', id, ...headers });
    await messages.get({ userId: 'me', id, ...headers, fields: 'id,snippet' });
    await messages.get({ userId: 'me', id, ...headers, fields: 'payload' });
    await messages.get({ userId: 'me', id, format: 'metadata', fields: 'payload/headers' });
    await messages.modify({ userId: 'me', id, requestBody: { removeLabelIds: ['UNREAD'] } });
    expect(simulator.violations).to.deep.equal([
      'users.messages.get asks for a body (format full)',
      'users.messages.get asks for a snippet (no fields mask that leaves it out)',
      'users.messages.get asks for a snippet (no fields mask that leaves it out)',
      'users.messages.get asks for a body (fields mask)',
      'users.messages.get asks for every header field',
      'users.messages.modify changes a message',
    ]);
  });

  it('refuses and records a request, a parameter or a field that the API does not have', async () => {
    const path = `${simulator.rootUrl}gmail/v1/users/me`;
    const get = (rest: string): Promise<Response> =>
      fetch(path + rest, { headers: { authorization: 'Bearer rep-token' } });
    expect((await get('/threads')).status).to.equal(404);
    expect((await get('/messages?labels=INBOX')).status).to.equal(400);
    expect((await get('/messages?maxResults=many')).status).to.equal(400);
    expect((await get('/profile?fields=address')).status).to.equal(400);
    expect((await get('/profile?fields=emailAddress(')).status).to.equal(400);
    expect(simulator.violations).to.have.length(2);
  });

  it('follows the history by type, oldest first, page by page', async () => {
    const { historyId } = (await users('rep-token').getProfile({ userId: 'me' })).data;
    const ids = ['a', 'b', 'c'].map((subject) => simulator.deliver(REP, [['Subject', subject]]).id);
    simulator.relabel(REP, ids[0]!, { add: ['STARRED'], remove: ['UNREAD'] });
    simulator.remove(REP, ids[1]!);
    const { history } = users('rep-token');
    const asked = { userId: 'me', startHistoryId: historyId!, historyTypes: ['messageAdded'], maxResults: 2 };

    const first = await history.list(asked);
    const second = await history.list({ ...asked, pageToken: first.data.nextPageToken! });
    const added = [first, second].flatMap(({ data }) => data.history?.map((r) => r.messagesAdded?.[0]?.message?.id));
    expect(added).to.deep.equal(ids);
    expect(second.data.nextPageToken).to.equal(undefined);

    const all = await history.list({ userId: 'me', startHistoryId: historyId! });
    const members = all.data.history?.map((record) => Object.keys(record)[2]);
    expect(members).to.deep.equal([
      ...['messagesAdded', 'messagesAdded', 'messagesAdded'],
      ...['labelsAdded', 'labelsRemoved', 'messagesDeleted'],
    ]);
    const caughtUp = await history.list({ userId: 'me', startHistoryId: all.data.historyId! });
    expect(caughtUp.data).to.deep.equal({ historyId: all.data.historyId });
  });

  it('answers 404 for a history id that is out of date or was never given', async () => {
    const { historyId } = (await users('rep-token').getProfile({ userId: 'me' })).data;
    simulator.expireHistory(REP);
    const { history } = users('rep-token');
    for (const startHistoryId of [historyId!, '1', '18446744073709551615']) {
      const error = await errorOf(history.list({ userId: 'me', startHistoryId }));
      expect([error.status, reasonOf(error)]).to.deep.equal([404, 'notFound']);
    }
  });

  it('sends into the SENT label and the inbox of the recipient, under a Message-ID of its own', async () => {
    const raw = mail([
      ['From', REP],
      ['To', `Lead <${LEAD}>`],
      ['Bcc', 'boss@example.test'],
      ['Subject', 'Offer'],
      ['Message-ID', '<ours@example.test>'],
    ]);
    const { data } = await users('rep-token').messages.send({ userId: 'me', requestBody: { raw: encoded(raw) } });
    expect(data.labelIds).to.deep.equal(['SENT']);
    const [sent] = simulator.messages(REP);
    const [received] = simulator.messages(LEAD);
    const names = received!.message.headers.map(([name]) => name);
    const id = sent!.message.headers.find(([name]) => name === 'Message-ID')?.[1];
    expect(id).to.match(/^<CA.+@mail\.gmail\.com>$/);
    expect(received!.message.headers).to.deep.include(['Message-ID', id]);
    expect(JSON.stringify(sent!.message)).not.to.contain('ours@example.test');
    expect(names).not.to.include('Bcc');
    expect(names).to.include.members(['Delivered-To', 'Return-Path', 'Date']);
    expect([...received!.labelIds]).to.deep.equal(['INBOX', 'UNREAD']);
  });

  it('refuses to send without a recipient or without a message', async () => {
    const { messages } = users('rep-token');
    const lonely = await errorOf(
      messages.send({ userId: 'me', requestBody: { raw: encoded(mail([['Subject', 's']])) } }),
    );
    expect([lonely.status, lonely.message]).to.deep.equal([400, 'Recipient address required']);
    expect((await errorOf(messages.send({ userId: 'me', requestBody: {} }))).status).to.equal(400);
  });

  it('joins an answer with its thread by reference and subject, and opens another thread otherwise', () => {
    const sent = simulator.send(REP, [
      ['To', LEAD],
      ['Subject', 'Offer'],
    ]);
    const id = sent.message.headers.find(([name]) => name === 'Message-ID')![1];
    const answer = (subject: string): string =>
      simulator.deliver(REP, [
        ['In-Reply-To', id],
        ['Subject', subject],
      ]).threadId;
    expect(answer('RE: offer')).to.equal(sent.threadId);
    expect(answer('Something else')).not.to.equal(sent.threadId);
  });

  it('trashes, restores and deletes', async () => {
    const { id } = simulator.deliver(REP, [['Subject', 's']]);
    const { messages } = users('rep-token');
    expect((await messages.trash({ userId: 'me', id })).data.labelIds).to.deep.equal(['UNREAD', 'TRASH']);
    expect((await messages.untrash({ userId: 'me', id })).data.labelIds).to.deep.equal(['UNREAD']);
    await messages.delete({ userId: 'me', id });
    const gone = await errorOf(messages.get({ userId: 'me', id, format: 'minimal' }));
    expect([gone.status, gone.message]).to.deep.equal([404, 'Requested entity was not found.']);
  });

  it('refuses a wrong, a missing and a revoked token with 401', async () => {
    const path = `${simulator.rootUrl}gmail/v1/users/me/profile`;
    expect((await fetch(path)).status).to.equal(401);
    expect((await errorOf(users('other').getProfile({ userId: 'me' }))).status).to.equal(401);
    simulator.revoke(REP);
    const error = await errorOf(users('rep-token').getProfile({ userId: 'me' }));
    expect([error.status, reasonOf(error)]).to.deep.equal([401, 'authError']);
    simulator.mailbox(REP, { token: 'rep-token', scopes: METADATA });
    expect((await users('rep-token').getProfile({ userId: 'me' })).status).to.equal(200);
  });

  it('refuses a call outside the granted scopes and a mailbox that is not the token’s', async () => {
    const scope = await errorOf(users('lead-token').messages.trash({ userId: 'me', id: '1' }));
    expect([scope.status, reasonOf(scope)]).to.deep.equal([403, 'insufficientPermissions']);
    const mailbox = await errorOf(users('lead-token').getProfile({ userId: REP }));
    expect([mailbox.status, mailbox.message]).to.deep.equal([403, `Delegation denied for ${REP}`]);
  });

  it('refuses what passes the units of a minute and forgets them after it', async () => {
    const small = await startGmailSimulator({ now: () => clock, unitsPerMinute: 2 });
    small.mailbox(REP, { token: 'rep-token', scopes: FULL });
    const asked = (): Promise<unknown> =>
      gmail({
        version: 'v1',
        rootUrl: small.rootUrl,
        headers: { authorization: 'Bearer rep-token' },
        retry: false,
        fetchImplementation: fetch,
      }).users.getProfile({ userId: 'me' });
    await asked();
    await asked();
    const error = await errorOf(asked());
    expect([error.status, reasonOf(error)]).to.deep.equal([403, 'rateLimitExceeded']);
    clock = new Date(clock.getTime() + 60_000);
    await asked();
    await small.close();
  });

  it('lets chosen calls go wrong, as often as asked', async () => {
    simulator.failNext({ kind: 'error', error: quotaExceeded() }, { method: 'users.messages.list', times: 2 });
    simulator.failNext({ kind: 'error', error: userRateLimited(clock), retryAfter: '7' });
    const { messages } = users('rep-token');
    expect((await errorOf(users('rep-token').getProfile({ userId: 'me' }))).status).to.equal(429);
    expect((await errorOf(messages.list({ userId: 'me' }))).status).to.equal(403);
    expect((await errorOf(messages.list({ userId: 'me' }))).status).to.equal(403);
    expect((await messages.list({ userId: 'me' })).status).to.equal(200);
  });

  it('runs an action between one call and the next', async () => {
    const { id } = simulator.deliver(REP, [['Subject', 's']]);
    simulator.afterNext('users.messages.list', () => simulator.remove(REP, id));
    const { messages } = users('rep-token');
    expect(idsOf((await messages.list({ userId: 'me' })).data.messages)).to.deep.equal([id]);
    expect((await errorOf(messages.get({ userId: 'me', id, format: 'minimal' }))).status).to.equal(404);
    expect(simulator.requests.map(({ method }) => method)).to.deep.equal(['users.messages.list', 'users.messages.get']);
  });
});
