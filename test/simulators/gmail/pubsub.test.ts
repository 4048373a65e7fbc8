import { expect } from 'chai';
import { gmail, type gmail_v1 } from '@googleapis/gmail';
import { OAuth2Client } from 'google-auth-library';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { startGmailSimulator, type GmailSimulator } from './gmail-simulator.ts';

const REP = 'rep@example.test';
const TOPIC = 'projects/replies/topics/mail';
const ACCOUNT = 'push@replies.iam.gserviceaccount.com';
const AUDIENCE = 'https://replies.example.com/told/gmail';

/** What the official client throws for an answer that is not 2xx. */
interface ApiError {
  readonly status: number;
  readonly message: string;
}

describe("the Gmail simulator's notifications", () => {
  let simulator: GmailSimulator;
  let clock: Date;
  let endpoint: Server;
  let received: { authorization: string; body: string }[];
  let answers: number[];

  beforeEach(async () => {
    clock = new Date();
    received = [];
    answers = [];
    endpoint = createServer((request, response) => {
      void text(request).then((body) => {
        received.push({ authorization: request.headers.authorization ?? '', body });
        response.writeHead(answers.shift() ?? 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    simulator = await startGmailSimulator({ now: () => clock });
    simulator.mailbox(REP, { token: 'rep-token', scopes: ['gmail.metadata'] });
    simulator.pubsub.setTopic(TOPIC, {
      push: {
        endpoint: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`,
        ...{ audience: AUDIENCE, serviceAccount: ACCOUNT },
      },
    });
  });

  afterEach(async () => {
    await simulator.close();
    endpoint.close();
    endpoint.closeAllConnections();
  });

  const users = (): gmail_v1.Resource$Users =>
    gmail({
      ...{ version: 'v1', rootUrl: simulator.rootUrl, retry: false, fetchImplementation: fetch },
      headers: { authorization: 'Bearer rep-token' },
    }).users;
  const watch = async (topicName = TOPIC, more: object = {}): Promise<gmail_v1.Schema$WatchResponse> =>
    (await users().watch({ userId: 'me', requestBody: { topicName, ...more } })).data;
  const later = (milliseconds: number): void => void (clock = new Date(clock.getTime() + milliseconds));
  async function delivered(): Promise<{ authorization: string; body: string }[]> {
    simulator.deliver(REP, [['Subject', 'x']]);
    await simulator.pubsub.settled();
    return received;
  }

  it('grants a watch for seven days with the metadata scope', async () => {
    const { expiration, historyId } = await watch();
    expect(Number(expiration) - clock.getTime()).to.equal(7 * 86_400_000);
    expect(historyId).to.equal((await users().getProfile({ userId: 'me' })).data.historyId);
  });

  const refused: readonly (readonly [what: string, topic: string, status: number, words: string])[] = [
    ['no topic of the project', 'projects/other/topics/mail', 400, 'Invalid topicName does not match projects/replies'],
    ['a name that is none', 'mail', 400, 'Invalid topicName'],
    ['a topic that is not there', 'projects/replies/topics/gone', 404, 'Resource not found'],
    ['a topic that Gmail may not publish into', 'projects/replies/topics/closed', 403, 'User not authorized'],
  ];
  for (const [what, topic, status, words] of refused) {
    it(`refuses to watch for ${what}`, async () => {
      simulator.pubsub.setTopic('projects/replies/topics/closed', { mayPublish: false });
      const error: unknown = await watch(topic).catch((reason: unknown) => reason);
      expect((error as ApiError).status).to.equal(status);
      expect((error as ApiError).message).to.contain(words);
    });
  }

  it("signs each push so that Google's own library verifies it, and tells the address and the history id", async () => {
    await watch();
    const [push] = await delivered();
    const verifier = new OAuth2Client({ endpoints: { oauth2FederatedSignonPemCertsUrl: simulator.certificatesUrl } });
    const idToken = push!.authorization.slice('Bearer '.length);
    const ticket = await verifier.verifyIdToken({ idToken, audience: AUDIENCE });
    expect(ticket.getPayload()).to.include({ email: ACCOUNT, email_verified: true });
    const { message } = JSON.parse(push!.body) as { readonly message: { readonly data: string } };
    const data = JSON.parse(Buffer.from(message.data, 'base64').toString()) as { readonly emailAddress: string };
    expect(data).to.include({ emailAddress: REP }).and.to.have.property('historyId').that.is.a('number');
  });

  it('sends a push again until it is acknowledged', async () => {
    answers = [500, 401];
    await watch();
    expect(await delivered()).to.have.length(3);
    expect(simulator.pubsub.pushes.map(({ status }) => status)).to.deep.equal([500, 401, 204]);
  });

  it('tells of a mailbox once a second at most, and drops the rest', async () => {
    await watch();
    await delivered();
    expect(await delivered()).to.have.length(1);
    later(1_000);
    expect(await delivered()).to.have.length(2);
  });

  it('tells nothing without a watch, after it was stopped, after it has ended, or once Gmail may not publish', async () => {
    expect(await delivered()).to.have.length(0);
    await watch();
    await users().stop({ userId: 'me' });
    expect(await delivered()).to.have.length(0);
    await watch();
    later(7 * 86_400_000);
    expect(await delivered()).to.have.length(0);
    await watch();
    simulator.pubsub.setTopic(TOPIC, { mayPublish: false });
    expect(await delivered()).to.have.length(0);
  });

  it('tells only of the labels that are watched', async () => {
    await watch(TOPIC, { labelIds: ['SENT'] });
    expect(await delivered()).to.have.length(0);
    simulator.deliver(REP, [['Subject', 'x']], { labels: ['SENT'] });
    await simulator.pubsub.settled();
    expect(received).to.have.length(1);
  });
});
