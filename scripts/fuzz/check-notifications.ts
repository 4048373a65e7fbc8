import { createHash } from 'node:crypto';
import { openPushTokenVerifier } from '../../connector/src/mailbox/gmail/verify-push-token.ts';
import { gmailNotifications } from '../../connector/src/server/notifications/gmail-notifications.ts';
import { graphNotifications } from '../../connector/src/server/notifications/graph-notifications.ts';
import type {
  Notification,
  NotificationAnswer,
  NotificationOutcome,
  NotificationRoute,
} from '../../connector/src/server/notifications/notification-route.ts';
import { demand } from './demand.ts';
import { inputOf, jsonOf, readHttpText, type HttpText } from './http-text.ts';

const ADDRESS = 'rep@example.com';
const ID = '7f105c7d-2dc5-4530-97cd-4e7ae6534c07';
const STATE = 'secret-client-state-4711';
const KNOWN = { id: ID, mailboxId: '1', clientStateHash: createHash('sha256').update(STATE).digest('base64url') };
const PUSH = {
  audience: 'https://replies.example.com/told/gmail',
  serviceAccount: 'push@replies.iam.gserviceaccount.com',
};
const KEY_ID = 'f1b2c3';
/** The public half of a key whose private half was thrown away. */
const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAk4gZ9ydUVqxRqj4g5QjN
7Dq6fYKpfaKQVZwZk04Lck9u9aeKmrecPUCmhbUUW5M4e+C5zn8wWK59hGaX4CeD
DzDkhLeiLmma7eRxryH+uZh/kAsmzV+oYypexANcS2CJaDRTUzhzvTBFXi8EDIPh
PXDmanTyBvwrT9Wjya1k73OtzOpKLa8YG2OGUxr5+bK3Esrw/mvq4Xc6IL80G3fv
Aw9cy8qOtIP5nf17Oa5+OMlD/gaQKiG+Ec0taaySLnSki+6nHJaCxY74cGd9LoSJ
EQTMlWFCsmiavfSQgfy2UB/LOBfbPdxbUbpMOTMN6pzhfIjOBPxSyef6/RoePzEl
1wIDAQAB
-----END PUBLIC KEY-----
`;
const STATUSES = [200, 202, 204, 400, 401, 403, 415];

/** What one notification led to. */
interface Told {
  readonly woken: string[];
  readonly forgotten: string[];
  readonly outcomes: NotificationOutcome[];
}

let told: Told = { woken: [], forgotten: [], outcomes: [] };
const sides = {
  wake: (mailboxId: string, why: string) => Promise.resolve(void told.woken.push(`${why} ${mailboxId}`)),
  count: (outcome: NotificationOutcome) => void told.outcomes.push(outcome),
};
const graph = graphNotifications({
  ...sides,
  find: (ids) => Promise.resolve([KNOWN].filter(({ id }) => ids.includes(id))),
  forget: (id) => Promise.resolve(void told.forgotten.push(id)),
});
const gmail = gmailNotifications({
  ...sides,
  verify: () => Promise.resolve(true),
  find: (address) => (address === ADDRESS ? ['1'] : []),
});
const verify = openPushTokenVerifier(PUSH);

/** The certificates are the only thing that is ever asked for. */
const certificates: typeof fetch = (input) => {
  const url = input instanceof Request ? input.url : String(input);
  demand(url === 'https://www.googleapis.com/oauth2/v1/certs', 'no address of a notification is asked for anything');
  const headers = { 'content-type': 'application/json', 'cache-control': 'public, max-age=99999999' };
  return Promise.resolve(new Response(JSON.stringify({ [KEY_ID]: PUBLIC_KEY }), { headers }));
};

/** Sends a request to the routes of the notifications, as the listener hands it to them. */
export async function checkNotifications(bytes: Uint8Array): Promise<void> {
  const text = readHttpText(bytes);
  const query = new URLSearchParams(/\?(\S*)/.exec(text.firstLine)?.[1] ?? '');
  const notification = { headers: Object.fromEntries(text.headers), query, body: text.body };
  if (/graph/i.test(text.firstLine)) return checkGraph(await tell(graph, notification), text);
  checkGmail(await tell(gmail, notification), text);
  const { authorization } = notification.headers;
  demand(authorization === undefined || !(await isPush(authorization)), 'a push that Google did not sign is none');
}

async function isPush(authorization: string): Promise<boolean> {
  const network = globalThis.fetch;
  globalThis.fetch = certificates;
  try {
    return await verify(authorization);
  } finally {
    globalThis.fetch = network;
  }
}

async function tell(route: NotificationRoute, notification: Notification): Promise<NotificationAnswer> {
  told = { woken: [], forgotten: [], outcomes: [] };
  const answer = (await route.admit?.(notification)) ?? (await route.take(notification));
  demand(STATUSES.includes(answer.status), 'a notification is taken or refused');
  demand(new Set(told.woken).size === told.woken.length, 'a mailbox is woken once for each reason');
  demand(answer.status < 300 || told.woken.length === 0, 'what is refused wakes nobody');
  return answer;
}

function checkGraph({ status, text = '' }: NotificationAnswer, sent: HttpText): void {
  demand(/^[\x20-\x7e]{0,1024}$/.test(text) && !/[<>&"']/.test(text), 'what is answered is no markup');
  demand(text === '' || told.outcomes.length === 0, 'who asks for a token is told nothing else');
  const acted = told.woken.length > 0 || told.forgotten.length > 0;
  demand(!acted || provesGraph(jsonOf(sent)), 'only who knows the secret of a subscription wakes its mailbox');
  demand(acted === told.outcomes.includes('accepted'), 'what is accepted wakes a mailbox, and nothing else does');
  demand(status !== 202 || told.outcomes.length > 0, 'what is taken is counted');
}

/** Whether a notification names the subscription and its secret, told in the plainest way. */
function provesGraph(body: unknown): boolean {
  const { value } = body as { readonly value: readonly Record<string, unknown>[] };
  return value.some((item) => String(item?.['subscriptionId']).toLowerCase() === ID && item['clientState'] === STATE);
}

function checkGmail({ text }: NotificationAnswer, sent: HttpText): void {
  demand(text === undefined, 'a push is answered by its status alone');
  demand(told.outcomes.length === 1, 'a push is counted once');
  if (told.woken.length === 0) return;
  const { message } = jsonOf(sent) as { readonly message: { readonly data: string } };
  const { emailAddress } = JSON.parse(Buffer.from(message.data, 'base64').toString()) as Record<string, unknown>;
  demand(emailAddress === ADDRESS, 'only the mailbox that is named is woken');
}

const change = (more: object): object => ({
  ...{ subscriptionId: ID, subscriptionExpirationDateTime: '2026-12-01T00:00:00Z', clientState: STATE },
  ...{ resource: 'Users/u/Messages/m', tenantId: '84bd8158-6d4d-4958-8b9f-9d6445542f95', ...more },
});
const resourceData = { '@odata.type': '#Microsoft.Graph.Message', '@odata.id': 'Users/u/Messages/m', id: 'm' };

/** The inputs to begin with: pushes with their tokens, changes, every lifecycle event, and what asks for an answer. */
export function notificationSeeds(): string[] {
  const changed = change({ changeType: 'created', resourceData });
  const lifecycle = ['reauthorizationRequired', 'subscriptionRemoved', 'missed', 'else'].map((lifecycleEvent) =>
    change({ lifecycleEvent }),
  );
  const strange = change({ changeType: 'created', subscriptionId: ID.replace('7', '8') });
  const forged = change({ changeType: 'created', clientState: 'guess' });
  const claims = {
    ...{ aud: PUSH.audience, email: PUSH.serviceAccount, email_verified: true, iss: 'https://accounts.google.com' },
    ...{ iat: 1772528400, exp: 1772532000, sub: '113774264463038321964' },
  };
  const token = [{ alg: 'RS256', kid: KEY_ID, typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const authorization = { authorization: `Bearer ${token.join('.')}.${'c2lnbmF0dXJl'.repeat(28)}` };
  const pushes = [
    { emailAddress: ADDRESS, historyId: 9876543210 },
    { emailAddress: 'x@example.com', historyId: '1' },
  ].map((data) => ({
    message: {
      data: Buffer.from(JSON.stringify(data)).toString('base64'),
      messageId: '2070443601311540',
      publishTime: '2026-11-28T10:00:00Z',
    },
    subscription: 'projects/replies/subscriptions/mail-push',
  }));
  return [
    ...[[changed], lifecycle, [strange, forged, changed], [forged]].map((value) =>
      requestText('/told/graph', { value }),
    ),
    ...pushes.map((push) => requestText('/told/gmail', push, authorization)),
    requestText('/told/graph?validationToken=Validation%3A%20Testing%20client%20application', ''),
    requestText('/told/graph?validationToken=%3Cscript%3E&validationToken=x', ''),
    requestText('/told/graph', 'value=1', { 'content-type': 'text/plain' }),
  ];
}

function requestText(path: string, body: object | string, headers: Readonly<Record<string, string>> = {}): string {
  const fields = Object.entries({ 'content-type': 'application/json; charset=utf-8', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return inputOf(
    [`POST ${path} HTTP/1.1`, ...fields, '', typeof body === 'string' ? body : JSON.stringify(body)].join('\r\n'),
  );
}
