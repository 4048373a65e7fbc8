import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { connectSalesforce, type SalesforceOptions } from '../../../connector/src/salesforce/jsforce-salesforce.ts';
import { SalesforceError } from '../../../connector/src/salesforce/salesforce-error.ts';
import type { SalesforceSession } from '../../../connector/src/salesforce/salesforce-login.ts';
import { sampleMail } from '../../contract/store-samples.ts';

const SECRET = '00D000000000001!session-secret';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json = (status: number, body: unknown): Answer => {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' }).end(JSON.stringify(body));
  };
};
const text = (status: number, type: string, body: string): Answer => {
  return (_request, response) => void response.writeHead(status, { 'content-type': type }).end(body);
};
const error = (status: number, errorCode: string, message = 'the words of the platform'): Answer =>
  json(status, [{ errorCode, message }]);
const noUsers = json(200, { totalSize: 0, done: true, records: [] });

/** What stands between us and the org when things go wrong: a server that answers as a test says, and nothing else. */
describe('the Salesforce adapter before a server that fails', () => {
  let server: Server;
  let answers: Answer[];
  let authorizations: (string | undefined)[];
  let hosts: (string | undefined)[];

  beforeEach(async () => {
    answers = [];
    authorizations = [];
    hosts = [];
    server = createServer((request, response) => {
      authorizations.push(request.headers.authorization);
      hosts.push(request.headers.host);
      const answer = answers.shift() ?? error(500, 'UNEXPECTED_REQUEST');
      answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connect = (options: Partial<SalesforceOptions> = {}) =>
    connectSalesforce({ instanceUrl: origin(), accessToken: SECRET, ...options });
  const failureOf = async (options: Partial<SalesforceOptions> = {}): Promise<SalesforceError> => {
    const failure = await connect(options)
      .usersByEmail(['rep@seller.example'])
      .catch((thrown: unknown) => thrown);
    if (!(failure instanceof SalesforceError)) throw new Error(`expected a SalesforceError, got ${String(failure)}`);
    return failure;
  };

  const PASSING: Record<string, Answer> = {
    'a 503 without JSON': text(503, 'text/html; charset=UTF-8', '<html>Service unavailable</html>'),
    'a 503 with the code of the platform': error(503, 'SERVER_UNAVAILABLE'),
    'a 500 without a body': text(500, 'application/json', ''),
    'a 502 of a proxy': text(502, 'text/html', '<html>Bad gateway</html>'),
    'a login page instead of JSON': text(200, 'text/html', '<html>Login</html>'),
    'JSON that was cut': text(200, 'application/json', '{"totalSize":1,"done":tr'),
    'JSON of another shape': json(200, { welcome: true }),
    'the number zero': json(200, 0),
    'an empty answer': text(200, 'application/json', ''),
    'no content': (_request, response) => void response.writeHead(204).end(),
    'the daily limit of requests': error(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
    'a redirect to another host': (_request, response) =>
      void response.writeHead(302, { location: 'https://elsewhere.example/login' }).end(),
    'a connection that breaks at once': (request) => void request.socket.destroy(),
    'a connection that breaks in the middle of the answer': (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"totalSize":', () => request.socket.destroy());
    },
    'a code nobody has met': error(400, 'CODE_OF_A_LATER_RELEASE'),
  };
  for (const [what, answer] of Object.entries(PASSING)) {
    it(`takes ${what} for a fault that passes`, async () => {
      answers = [answer];
      expect((await failureOf()).code).to.equal('retry');
      expect(authorizations).to.have.length(1);
    });
  }

  const WORDS: Record<string, readonly [Answer, string, string]> = {
    'maintenance announced by the platform': [
      error(503, 'SERVER_UNAVAILABLE'),
      'under maintenance',
      'status.salesforce',
    ],
    'maintenance without a word of the platform': [
      text(503, 'text/html', '<html>We are down</html>'),
      'under maintenance',
      'status.salesforce',
    ],
    'a page in place of an answer': [text(200, 'text/html', '<html>Log in</html>'), 'with a page', 'sign-on page'],
    'used up API calls': [error(403, 'REQUEST_LIMIT_EXCEEDED'), 'no more API calls', 'Company Information'],
    'a redirect': [
      (_request, response) => void response.writeHead(302, { location: 'https://renamed.my.salesforce.com/' }).end(),
      'renamed.my.salesforce.com',
      'Setup > My Domain',
    ],
    'a broken connection': [(request) => void request.socket.destroy(), 'the connection broke', 'repeated'],
  };
  for (const [what, [answer, words, advice]] of Object.entries(WORDS)) {
    it(`has words and advice for ${what}`, async () => {
      answers = [answer];
      const { message, actions } = await failureOf();
      expect(message).to.include(words);
      expect(actions.join(' ')).to.include(advice);
    });
  }

  it('shows no control characters of a stranger', async () => {
    answers = [error(503, 'SERVER_UNAVAILABLE', 'clear\u001B[2J\r\nthe screen')];
    expect((await failureOf()).message).to.match(/SERVER_UNAVAILABLE: clear \[2J the screen$/);
  });

  it('follows the org to the address that a new login names', async () => {
    const { port } = new URL(origin());
    const instances = [origin(), `http://localhost:${port}`];
    answers = [error(401, 'INVALID_SESSION_ID'), noUsers, noUsers];
    let logins = 0;
    const login = (): Promise<SalesforceSession> => {
      const instanceUrl = instances[logins] ?? '';
      return Promise.resolve({ instanceUrl, accessToken: `00D000000000001!${(logins += 1)}` });
    };
    const salesforce = connectSalesforce({ login });
    await salesforce.usersByEmail(['rep@seller.example']);
    await salesforce.usersByEmail(['rep@seller.example']);
    expect(hosts).to.deep.equal([`127.0.0.1:${port}`, `localhost:${port}`, `localhost:${port}`]);
    expect(await salesforce.org()).to.include({ instanceUrl: instances[1] });
  });

  it('does not take its token to an address that a login should not have named', async () => {
    const login = (): Promise<SalesforceSession> =>
      Promise.resolve({ instanceUrl: 'http://acme.my.salesforce.com', accessToken: SECRET });
    const failure = await connectSalesforce({ login })
      .usersByEmail(['rep@seller.example'])
      .catch((thrown: unknown) => thrown);
    expect(failure).to.be.instanceOf(SalesforceError).and.have.property('code', 'refused');
  });

  it('gives up on a server that does not answer in time', async () => {
    answers = [() => undefined];
    const failure = await failureOf({ deadlineMs: 50 });
    expect(failure.code).to.equal('retry');
    expect(failure.message).to.include('did not answer within 50 ms');
  });

  it('takes a server that is not there for a fault that passes', async () => {
    const failure = await failureOf({ instanceUrl: 'http://127.0.0.1:1' });
    expect(failure.code).to.equal('retry');
  });

  const REFUSED: Record<string, readonly [Answer, string]> = {
    'an object that is missing': [error(400, 'INVALID_TYPE', "sObject type 'User'"), 'Reply Tracking: Connector'],
    'a field that is missing': [error(400, 'INVALID_FIELD', "No such column 'Email'"), 'Reply Tracking: Connector'],
    'a right that is missing': [error(403, 'INSUFFICIENT_ACCESS'), 'Reply Tracking: Connector'],
    'an org without API': [error(403, 'API_DISABLED_FOR_ORG'), 'Log in to the org again'],
    'a retired version': [error(410, 'UNSUPPORTED_API_VERSION'), 'API version'],
    'an address without API': [text(404, 'text/html', '<html>Not found</html>'), 'API version'],
  };
  for (const [what, [answer, advice]] of Object.entries(REFUSED)) {
    it(`says what to do about ${what}`, async () => {
      answers = [answer];
      const failure = await failureOf();
      expect(failure.code).to.equal('refused');
      expect(failure.actions.join(' ')).to.include(advice);
    });
  }

  it('repeats a call once with a new token when the session has ended', async () => {
    const tokens = ['first', 'second'];
    answers = [error(401, 'INVALID_SESSION_ID'), noUsers];
    const salesforce = connect({ accessToken: () => Promise.resolve(tokens.shift() ?? 'one too many') });
    await salesforce.usersByEmail(['rep@seller.example']);
    expect(authorizations).to.deep.equal(['Bearer first', 'Bearer second']);
    expect(salesforce.apiCalls).to.equal(2);
  });

  it('stops when three tokens in a row are refused', async () => {
    answers = Array<Answer>(5).fill(error(401, 'INVALID_SESSION_ID'));
    const tokens = ['first', 'second', 'third'];
    const failure = await failureOf({ accessToken: () => Promise.resolve(tokens.shift() ?? 'one too many') });
    expect(failure.code).to.equal('refused');
    expect(authorizations).to.deep.equal(['Bearer first', 'Bearer second', 'Bearer third']);
  });

  it('does not repeat a call with the token that was just refused', async () => {
    answers = [error(401, 'INVALID_SESSION_ID')];
    const failure = await failureOf({ accessToken: () => Promise.resolve('same') });
    expect(failure.code).to.equal('refused');
    expect(authorizations).to.have.length(1);
  });

  it('stops at once when there is no way to a new token', async () => {
    answers = [error(401, 'INVALID_SESSION_ID')];
    expect((await failureOf()).code).to.equal('refused');
    expect(authorizations).to.have.length(1);
  });

  it('tries again later when no token can be had', async () => {
    const failure = await failureOf({ accessToken: () => Promise.reject(new Error('the token endpoint is away')) });
    expect(failure.code).to.equal('retry');
  });

  it('keeps the token out of every error', async () => {
    answers = [error(401, 'INVALID_SESSION_ID', 'Session expired or invalid')];
    const { message, actions } = await failureOf();
    expect(`${message} ${actions.join(' ')}`).not.to.include('secret');
  });

  it('has one write under way at a time', async () => {
    const underWay = { now: 0, most: 0 };
    const written = [{ success: true, id: 'a01000000000001AAA', errors: [] }];
    const body = { compositeResponse: [{ referenceId: 'collection0', httpStatusCode: 200, body: written }] };
    const slowly: Answer = (request, response) => {
      underWay.now += 1;
      underWay.most = Math.max(underWay.most, underWay.now);
      const finish = (): void => {
        underWay.now -= 1;
        json(200, body)(request, response);
      };
      request.resume().once('end', () => setTimeout(finish, 20));
    };
    answers = [slowly, error(503, 'SERVER_UNAVAILABLE'), slowly, slowly];
    const salesforce = connect();
    const write = (messageId: string) =>
      salesforce.write([{ key: messageId, type: 'TrackedEmail', mail: sampleMail(messageId, { recipients: [] }) }]);
    const outcomes = await Promise.allSettled(['a@b', 'c@d', 'e@f', 'g@h'].map(write));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(underWay.most).to.equal(1);
  });

  for (const instanceUrl of [
    'http://org.example',
    'not an address',
    'https://acme.lightning.force.com',
    'ftp://org.example',
  ]) {
    it(`does not take its token to ${instanceUrl}`, async () => {
      const failure = await Promise.resolve()
        .then(() => connectSalesforce({ instanceUrl, accessToken: SECRET }).usersByEmail(['rep@seller.example']))
        .catch((thrown: unknown) => thrown);
      expect(failure).to.be.instanceOf(SalesforceError).and.have.property('code', 'refused');
    });
  }
});
