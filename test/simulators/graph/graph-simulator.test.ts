import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from '@azure/msal-node';
import { expect } from 'chai';
import { createHash, generateKeyPairSync } from 'node:crypto';

import { GraphError, unavailable } from './graph-error.ts';
import { startGraphSimulator, type GraphSimulator, type GraphSimulatorOptions } from './graph-simulator.ts';

const REP = 'rep@example.test';
const TOKEN = 'graph-token';
const IMMUTABLE = 'IdType="ImmutableId"';
const SELECT = '$select=internetMessageId,receivedDateTime';

const raw = (id: string, more = ''): string =>
  `From: "Prospect, P." <p@example.org>\r\nTo: rep@example.test\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: ${id}\r\n${more}\r\nThe body.`;

interface Collection {
  readonly value: readonly Record<string, unknown>[];
  readonly '@odata.nextLink'?: string;
  readonly '@odata.deltaLink'?: string;
  readonly '@odata.count'?: number;
}

describe('the Graph simulator', () => {
  let graph: GraphSimulator;

  async function start(options: GraphSimulatorOptions = {}, permissions = ['Mail.ReadBasic.All']): Promise<void> {
    graph = await startGraphSimulator(options);
    graph.mailbox(REP, { token: TOKEN, permissions });
  }

  afterEach(() => graph.close());

  function ask(path: string, init: RequestInit = {}, prefer = ''): Promise<Response> {
    const url = path.startsWith('http') ? path : `${graph.rootUrl}${path}`;
    const headers = { authorization: `Bearer ${TOKEN}`, ...(prefer && { prefer }), ...(init.headers as object) };
    return fetch(url, { ...init, headers });
  }

  async function json(path: string, prefer = ''): Promise<Collection> {
    return (await (await ask(path, {}, prefer)).json()) as Collection;
  }

  async function codeOf(answer: Promise<Response>): Promise<[status: number, code: string]> {
    const response = await answer;
    const { error } = (await response.json()) as { readonly error: { readonly code: string } };
    return [response.status, error.code];
  }

  const delta = (folder: string, query = SELECT): string =>
    `users/${REP}/mailFolders/${folder}/messages/delta?${query}`;

  it('walks a folder page by page to a delta link, and from there shows what changed', async () => {
    await start();
    for (const id of ['<1@x>', '<2@x>', '<3@x>']) graph.deliver(REP, raw(id));
    const first = await json(delta('inbox'), 'odata.maxpagesize=2');
    expect(first.value).to.have.length(2);
    const last = await json(first['@odata.nextLink']!, 'odata.maxpagesize=2');
    expect(last.value).to.have.length(1);
    const [read, gone] = graph.state(REP).messagesIn(graph.state(REP).folder('inbox')!.id);
    graph.state(REP).change(read!.immutableId, { isRead: true });
    graph.state(REP).remove(gone!.immutableId);
    graph.deliver(REP, raw('<4@x>'));
    const changes = await json(last['@odata.deltaLink']!, IMMUTABLE);
    expect(changes.value.map((entry) => Object.keys(entry).filter((name) => !name.startsWith('@odata')))).to.deep.equal(
      [
        ['id', 'isRead', 'parentFolderId'],
        ['id', '@removed'],
        ['id', 'internetMessageId', 'receivedDateTime'],
      ],
    );
    expect(graph.violations).to.deep.equal([]);
  });

  it('takes the documented options of delta and refuses all others', async () => {
    await start();
    expect((await ask(delta('inbox', `${SELECT}&$filter=receivedDateTime ge 2026-01-01T00:00:00Z`))).status).to.equal(
      200,
    );
    for (const option of [
      "$filter=subject eq 'x'",
      '$filter=receivedDateTime lt 2026-01-01T00:00:00Z',
      '$search="x"',
      '$skip=2',
      '$orderby=subject',
    ]) {
      expect((await ask(delta('inbox', `${SELECT}&${option}`))).status, option).to.equal(400);
    }
    const { '@odata.deltaLink': link } = await json(delta('inbox'));
    expect((await ask(`${link}&$top=5`)).status).to.equal(400);
    expect((await ask(delta('inbox', '$deltatoken=made-up'))).status).to.equal(400);
  });

  it('refuses under Mail.ReadBasic what is more than basic properties, and records it', async () => {
    await start();
    const { id } = graph.deliver(REP, raw('<1@x>'));
    for (const path of [
      '?$select=body',
      '?$select=bodyPreview',
      '?$expand=attachments',
      '?$expand=singleValueExtendedProperties',
      '/$value',
      '/attachments',
    ]) {
      expect(await codeOf(ask(`users/${REP}/messages/${id}${path}`)), path).to.deep.equal([403, 'ErrorAccessDenied']);
    }
    expect(
      await codeOf(ask(`users/${REP}/messages/${id}`, { method: 'PATCH', body: '{"isRead":true}' })),
    ).to.deep.equal([403, 'ErrorAccessDenied']);
    expect(graph.violations).to.include.members([
      'Get message selects body',
      'Get message selects bodyPreview',
      'Get message expands attachments',
      'Get message $value asks for $value of a message',
      'Update message changes a message',
    ]);
  });

  it('gives header fields only when they are selected, in delta only where it is told to, and none of a sent copy', async () => {
    await start();
    const { id } = graph.deliver(REP, raw('<1@x>', 'In-Reply-To: <0@x>\r\n'));
    const sent = graph.deliver(REP, raw('<2@x>'), { folder: 'sentitems' });
    const select = '$select=internetMessageHeaders';
    expect((await json(delta('inbox', select))).value[0]).not.to.have.property('internetMessageHeaders');
    graph.headersInDelta(true);
    expect((await json(delta('inbox', select))).value[0]).to.have.property('internetMessageHeaders');
    const message = (await (await ask(`users/${REP}/messages/${id}?${select}`)).json()) as Record<string, unknown>;
    expect(message['internetMessageHeaders']).to.deep.include({ name: 'In-Reply-To', value: '<0@x>' });
    expect(await (await ask(`users/${REP}/messages/${sent.id}?${select}`)).json()).not.to.have.property(
      'internetMessageHeaders',
    );
  });

  it('keeps an immutable id through a move, and gives another ordinary one', async () => {
    await start();
    const before = graph.deliver(REP, raw('<1@x>'));
    const after = graph.state(REP).move(before.immutableId, graph.state(REP).folder('archive')!.id);
    const idOf = async (prefer: string): Promise<unknown> => (await json(delta('archive'), prefer)).value[0]!['id'];
    expect(await idOf(IMMUTABLE)).to.equal(before.immutableId);
    expect(await idOf(''))
      .to.equal(after.id)
      .and.not.to.equal(before.id);
  });

  it('gives at most the cap of a filtered delta, the newest first where it is asked to', async () => {
    await start({ filterCap: 3 });
    for (let day = 1; day <= 5; day++)
      graph.deliver(REP, raw(`<${day}@x>`), { receivedAt: new Date(Date.UTC(2026, 0, day)) });
    const query = `${SELECT}&$filter=receivedDateTime ge 2026-01-01T00:00:00Z&$orderby=receivedDateTime desc`;
    const { value } = await json(delta('inbox', query));
    expect(value.map(({ internetMessageId }) => internetMessageId)).to.deep.equal(['<5@x>', '<4@x>', '<3@x>']);
  });

  it('answers 410 for a state token that is out of date', async () => {
    await start();
    const { '@odata.deltaLink': link } = await json(delta('inbox'));
    graph.expireDelta(REP);
    expect(await codeOf(ask(link!))).to.deep.equal([410, 'SyncStateNotFound']);
  });

  it('shows the folders of every depth, and which were renamed, made or removed since', async () => {
    await start();
    const deals = graph.state(REP).addFolder('Deals', 'inbox');
    const first = await json(`users/${REP}/mailFolders/delta?$select=displayName`, 'odata.maxpagesize=100');
    expect(first.value.map(({ displayName }) => displayName)).to.include.members(['Inbox', 'Sent Items', 'Deals']);
    expect(first.value[0]).not.to.have.property('wellKnownName');
    graph.state(REP).renameFolder(deals.id, 'Won');
    expect((await json(first['@odata.deltaLink']!)).value).to.have.length(1);
  });

  it('answers a batch of at most 20 in another order, each part by itself, and fails what depends on a failure', async () => {
    await start();
    const part = (id: string, folder: string, dependsOn: string[] = []): object => ({
      id,
      method: 'GET',
      url: `/users/${REP}/mailFolders/${folder}`,
      dependsOn,
    });
    const send = (requests: object[]): Promise<Response> =>
      ask('$batch', {
        method: 'POST',
        body: JSON.stringify({ requests }),
        headers: { 'content-type': 'application/json' },
      });
    const answer = await send([part('1', 'inbox'), part('2', 'nosuchfolder'), part('3', 'archive', ['2'])]);
    const { responses } = (await answer.json()) as { readonly responses: readonly { id: string; status: number }[] };
    expect(responses.map(({ id, status }) => [id, status])).to.deep.equal([
      ['3', 424],
      ['2', 404],
      ['1', 200],
    ]);
    const twentyOne = Array.from({ length: 21 }, (_, place) => part(String(place), 'inbox'));
    expect((await send(twentyOne)).status).to.equal(400);
  });

  it('refuses a worthless token, the mailbox of another user, and a user without one, each by its code', async () => {
    await start();
    graph.user('other@example.test');
    graph.user('nomail@example.test', { mailbox: false });
    expect(await codeOf(ask(`users/nomail@example.test/mailFolders/inbox`))).to.deep.equal([
      404,
      'MailboxNotEnabledForRESTAPI',
    ]);
    expect(await codeOf(ask(`users/nobody@example.test/mailFolders/inbox`))).to.deep.equal([404, 'ErrorInvalidUser']);
    graph.mailbox(REP, { token: TOKEN, permissions: ['Mail.ReadBasic'], application: false });
    expect(await codeOf(ask(`users/other@example.test/mailFolders/inbox`))).to.deep.equal([403, 'ErrorAccessDenied']);
    graph.revoke();
    expect(await codeOf(ask(`users/${REP}/mailFolders/inbox`))).to.deep.equal([401, 'InvalidAuthenticationToken']);
  });

  it('throttles beyond its quota, and as a test plans it, with Retry-After', async () => {
    await start({ requestsPerTenMinutes: 1 });
    await ask(`users/${REP}/mailFolders/inbox`);
    const refused = await ask(`users/${REP}/mailFolders/inbox`);
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([429, '10']);
    graph.failNext({ kind: 'error', error: unavailable(), retryAfter: 'Sat, 28 Nov 2026 10:00:00 GMT' });
    const planned = await ask(`users/${REP}/mailFolders/inbox`);
    expect([planned.status, planned.headers.get('retry-after')]).to.deep.equal([503, 'Sat, 28 Nov 2026 10:00:00 GMT']);
    expect(new GraphError(410, 'x', 'y').body).to.have.property('error');
  });

  it('sends MIME, answers with no id, names the message anew and gives its recipients a copy', async () => {
    await start({}, ['Mail.ReadBasic.All', 'Mail.Send']);
    graph.user('p2@example.test');
    const mime = Buffer.from(raw('<planned@x>', 'References: <token@x>\r\n').replace('To: rep', 'To: p2')).toString(
      'base64',
    );
    const answer = await ask(`users/${REP}/sendMail`, {
      method: 'POST',
      body: mime,
      headers: { 'content-type': 'text/plain' },
    });
    expect([answer.status, await answer.text()]).to.deep.equal([202, '']);
    const { value } = await json(delta('sentitems'));
    expect(value[0]!['internetMessageId']).to.be.a('string').and.not.to.equal('<planned@x>');
    expect([...graph.state('p2@example.test').messages.values()]).to.have.length(1);
  });

  it('issues an application token for an assertion that is signed by a registered certificate', async () => {
    await start();
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const thumbprint = createHash('sha256').update('a certificate').digest('hex');
    graph.application({ clientId: 'app-1', certificate: { thumbprint, publicKey }, roles: ['Mail.ReadBasic.All'] });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const token = await applicationToken(graph, { clientId: 'app-1', thumbprint, privateKey: pem });
    const answer = await fetch(`${graph.rootUrl}users/${REP}/mailFolders/inbox`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).to.equal(200);
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }) as string;
    const refused: unknown = await applicationToken(graph, { clientId: 'app-1', thumbprint, privateKey: other }).catch(
      (error: unknown) => error,
    );
    expect(String(refused)).to.contain('AADSTS700027');
  });

  it('refreshes a consent, with a new refresh token each time, and ends it when it is withdrawn', async () => {
    await start();
    graph.application({ clientId: 'app-2', delegated: ['Mail.ReadBasic'] });
    const refreshToken = graph.refreshToken(REP, {
      clientId: 'app-2',
      scopes: ['Mail.ReadBasic', 'offline_access', 'openid'],
    });
    const refresh = (): Promise<Response> =>
      fetch(`${graph.loginUrl}${graph.tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: 'app-2',
          refresh_token: refreshToken,
          scope: 'Mail.ReadBasic',
        }),
      });
    const tokens = (await (await refresh()).json()) as Record<string, string>;
    expect(tokens['refresh_token']).to.be.a('string').and.not.to.equal(refreshToken);
    expect(tokens['scope']).to.equal('Mail.ReadBasic');
    graph.revoke();
    const refused = await refresh();
    expect([refused.status, ((await refused.json()) as Record<string, unknown>)['error']]).to.deep.equal([
      400,
      'invalid_grant',
    ]);
  });
});

/** By Microsoft's own client, whose requests are sent here. */
async function applicationToken(
  graph: GraphSimulator,
  certificate: { readonly clientId: string; readonly thumbprint: string; readonly privateKey: string },
): Promise<string> {
  const send = async <T>(url: string, method: string, body?: string): Promise<NetworkResponse<T>> => {
    const here = url.replace('https://login.microsoftonline.com/', graph.loginUrl);
    const answer = await fetch(here, {
      method,
      ...(body && { body }),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    return { headers: Object.fromEntries(answer.headers), body: (await answer.json()) as T, status: answer.status };
  };
  const networkClient: INetworkModule = {
    sendGetRequestAsync: (url) => send(url, 'GET'),
    sendPostRequestAsync: (url, options) => send(url, 'POST', options?.body),
  };
  const client = new ConfidentialClientApplication({
    auth: {
      clientId: certificate.clientId,
      authority: `https://login.microsoftonline.com/${graph.tenantId}`,
      clientCertificate: { thumbprintSha256: certificate.thumbprint, privateKey: certificate.privateKey },
    },
    system: { networkClient },
  });
  const result = await client.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] });
  return result!.accessToken;
}
