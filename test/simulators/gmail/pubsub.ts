import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { badRequest, GoogleError } from './google-error.ts';
import type { MailboxState } from './mailbox-state.ts';
import { rsaKeyPair, signedAssertion, type KeyPair } from './oauth/signed-assertion.ts';

/** A push subscription of a topic, with authentication enabled. */
export interface PushSetup {
  readonly endpoint: string;
  readonly audience: string;
  /** The service account that signs for the subscription. */
  readonly serviceAccount: string;
}

export interface TopicSetup {
  /** Whether gmail-api-push@system.gserviceaccount.com has the role Publisher; default true. */
  readonly mayPublish?: boolean;
  /** Default: nobody is subscribed. */
  readonly push?: PushSetup;
}

/** One push that was sent, and what came back. */
export interface Push {
  readonly authorization: string;
  readonly body: string;
  /** Undefined when nobody answered. */
  readonly status: number | undefined;
}

export interface Watch {
  readonly topic: string;
  readonly labelIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Topics of one project, the watches of mailboxes on them, and their push subscriptions. */
export interface Pubsub {
  setTopic(name: string, setup: TopicSetup): void;
  /** users.watch and users.stop */
  watch(mailbox: MailboxState, body: Readonly<Record<string, unknown>>): object;
  stop(mailbox: MailboxState): void;
  readonly watches: ReadonlyMap<string, Watch>;
  readonly pushes: readonly Push[];
  /** Notifications are lost from now on, or delivered again. */
  lose(lost: boolean): void;
  /** Resolves once every notification so far has been acknowledged or given up. */
  settled(): Promise<void>;
  /** Called for each change of a mailbox. */
  changed(mailbox: MailboxState, labelIds: ReadonlySet<string>): void;
  /** The public keys by which tokens are verified, PEM by key id, as the certificate endpoint answers them. */
  certificates(): Readonly<Record<string, string>>;
  /** A token as the subscription would send it now, with claims and header fields of its own. */
  token(push: PushSetup, claims?: object, header?: object): string;
  close(): void;
}

/** "Renewing mailbox watch": a watch ends after seven days. */
const WATCH_MS = 7 * 86_400_000;
/** "Limitations": at most one event a second for each user; what comes above it is dropped. */
const EVENT_MS = 1_000;
const TOKEN_SECONDS = 3_600;
/** "Push backoff" begins with 100 ms. */
const RETRY_MS = 100;
const MOST_TRIES = 8;
/** "Receive push messages": the answers that acknowledge a message. */
const ACKNOWLEDGED: ReadonlySet<number> = new Set([102, 200, 201, 202, 204]);
const TOPIC = /^projects\/([^/]+)\/topics\/[^/]+$/;

export function createPubsub(project: string, now: () => Date): Pubsub {
  const topics = new Map<string, TopicSetup>();
  const watches = new Map<string, Watch>();
  const told = new Map<string, number>();
  const pushes: Push[] = [];
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  const kid = randomBytes(20).toString('hex');
  let keys: KeyPair | undefined;
  let lost = false;
  const keyPair = (): KeyPair => (keys ??= rsaKeyPair());

  function token({ audience, serviceAccount }: PushSetup, claims: object = {}, header: object = {}): string {
    const iat = Math.floor(now().getTime() / 1000);
    return signedAssertion(
      { alg: 'RS256', kid, typ: 'JWT', ...header },
      {
        ...{ aud: audience, azp: '113774264463038321964', email: serviceAccount, email_verified: true },
        ...{ exp: iat + TOKEN_SECONDS, iat, iss: 'https://accounts.google.com', sub: '113774264463038321964' },
        ...claims,
      },
      keyPair().privateKey,
    );
  }

  async function push(setup: PushSetup, topic: string, data: string): Promise<void> {
    const messageId = String(BigInt(`0x${randomBytes(6).toString('hex')}`));
    const publishTime = now().toISOString();
    const message = {
      data: Buffer.from(data).toString('base64'),
      ...{ messageId, message_id: messageId, publishTime, publish_time: publishTime },
    };
    const body = JSON.stringify({ message, subscription: `${topic.replace('/topics/', '/subscriptions/')}-push` });
    for (let tries = 0; tries < MOST_TRIES && !closing.signal.aborted; tries++) {
      if (tries > 0) {
        await sleep(RETRY_MS * 2 ** (tries - 1), undefined, { signal: closing.signal }).catch(() => undefined);
      }
      const authorization = `Bearer ${token(setup)}`;
      const status = await post(setup.endpoint, authorization, body);
      pushes.push({ authorization, body, status });
      if (status !== undefined && ACKNOWLEDGED.has(status)) return;
    }
  }

  function post(endpoint: string, authorization: string, body: string): Promise<number | undefined> {
    const headers = { authorization, 'content-type': 'application/json' };
    return fetch(endpoint, { method: 'POST', headers, body, signal: closing.signal }).then(
      ({ status }) => status,
      () => undefined,
    );
  }

  return {
    ...{ watches, pushes, token },
    setTopic: (name, setup) => void topics.set(name, setup),
    watch: (mailbox, body) => {
      const topic = topicOf(body, project);
      checkTopic(topic, topics.get(topic));
      const expiresAt = now().getTime() + WATCH_MS;
      watches.set(mailbox.address, { topic, labelIds: labelsOf(body), expiresAt });
      return { historyId: String(mailbox.historyId), expiration: String(expiresAt) };
    },
    stop: (mailbox) => void watches.delete(mailbox.address),
    lose: (value) => {
      lost = value;
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    changed: (mailbox, labelIds) => {
      const watch = watches.get(mailbox.address);
      const at = now().getTime();
      if (watch === undefined || watch.expiresAt <= at) return;
      if (watch.labelIds.length > 0 && !watch.labelIds.some((label) => labelIds.has(label))) return;
      const { mayPublish = true, push: setup } = topics.get(watch.topic) ?? { mayPublish: false };
      if (at - (told.get(mailbox.address) ?? -Infinity) < EVENT_MS || !mayPublish || lost) return;
      told.set(mailbox.address, at);
      if (setup === undefined) return;
      const data = `{"emailAddress":${JSON.stringify(mailbox.address)},"historyId":${mailbox.historyId}}`;
      const sending = push(setup, watch.topic, data).finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    certificates: () => ({ [kid]: keyPair().publicKey.export({ type: 'spki', format: 'pem' }).toString() }),
    close: () => closing.abort(),
  };
}

function topicOf({ topicName }: Readonly<Record<string, unknown>>, project: string): string {
  const [whole, named] = (typeof topicName === 'string' ? TOPIC.exec(topicName) : undefined) ?? [];
  if (whole !== undefined && named === project) return whole;
  throw badRequest(`Invalid topicName does not match projects/${project}/topics/*`);
}

/** Gmail sends a test message into the topic before it grants a watch. */
function checkTopic(name: string, setup: TopicSetup | undefined): void {
  const failed = `Error sending test message to Cloud PubSub ${name} : `;
  if (setup === undefined) throw new GoogleError(404, 'notFound', `${failed}Resource not found (resource=${name}).`);
  if (setup.mayPublish ?? true) return;
  throw new GoogleError(403, 'forbidden', `${failed}User not authorized to perform this action.`);
}

function labelsOf({ labelIds = [], labelFilterBehavior = 'include' }: Readonly<Record<string, unknown>>): string[] {
  if (labelFilterBehavior !== 'include' && labelFilterBehavior !== 'INCLUDE') {
    throw new Error('The Gmail simulator knows no watch that leaves labels out.');
  }
  if (Array.isArray(labelIds) && labelIds.every((label) => typeof label === 'string')) return labelIds;
  throw badRequest("Invalid value at 'label_ids'");
}
