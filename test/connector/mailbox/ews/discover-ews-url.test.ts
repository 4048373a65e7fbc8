import { expect } from 'chai';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { discoverEwsUrl, type DiscoverOptions } from '../../../../connector/src/mailbox/ews/discover-ews-url.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/tls');
const pem = (name: string): string => readFileSync(join(FIXTURES, `${name}.pem`), 'utf8');
const ADDRESS = 'rep@corp.example';
const SECRET = 'canary-secret-4f1b';
const FOUND = 'https://mail.corp.example/EWS/Exchange.asmx';

const json = (url: string): string => JSON.stringify({ Protocol: 'EWS', Url: url });
const pox = (account: string): string =>
  '<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">' +
  '<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Account>' +
  `${account}</Account></Response></Autodiscover>`;

describe('autodiscover of an Exchange server', () => {
  let servers: Server[] = [];
  let asked: { readonly host: string; readonly path: string; readonly authorization: string | undefined }[];

  beforeEach(() => {
    asked = [];
  });

  afterEach(() => {
    for (const server of servers) server.close().closeAllConnections();
    servers = [];
  });

  /** A server on this machine, which is a private address; gives its host and port. */
  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer({ key: pem('server-key'), cert: pem('server') }, (request, response) => {
      const { authorization, host = '' } = request.headers;
      asked.push({ host, path: request.url ?? '', authorization });
      answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const isJson = ({ url }: IncomingMessage): boolean => url?.includes('.json') === true;

  function discover(host: string, options: Partial<DiscoverOptions> = {}): Promise<string> {
    return discoverEwsUrl({
      ...{ address: ADDRESS, namedHosts: [host], certificateAuthorities: pem('private-authority') },
      login: { kind: 'basic', user: ADDRESS, password: SECRET },
      resolve: (name) => Promise.resolve(name === 'mail.corp.example' ? [{ address: '198.51.99.7', family: 4 }] : []),
      ...options,
    });
  }

  async function failure(attempt: Promise<string>): Promise<string> {
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(MailboxError).and.include({ code: 'reconnect' });
    expect((error as Error).message).not.to.contain(SECRET);
    return (error as Error).message;
  }

  it('takes what the newer kind says, to which no login is shown', async () => {
    const host = await serve((_, response) => response.end(json(FOUND)));
    expect(await discover(host)).to.equal(FOUND);
    expect(asked.map(({ authorization }) => authorization)).to.deep.equal([undefined]);
    expect(asked[0]!.path).to.equal('/autodiscover/autodiscover.json/v1.0/rep%40corp.example?Protocol=EWS');
  });

  it('takes what the older kind says, by the login', async () => {
    const protocols =
      '<Protocol><Type>EXCH</Type><EwsUrl>https://inner.corp.example/x</EwsUrl></Protocol>' +
      `<Protocol><Type>EXPR</Type><EwsUrl>${FOUND}</EwsUrl></Protocol>`;
    const host = await serve((request, response) => {
      if (isJson(request)) response.writeHead(404).end();
      else response.end(pox(`<Action>settings</Action>${protocols}`));
    });
    expect(await discover(host)).to.equal(FOUND);
    expect(asked.at(-1)!.authorization).to.match(/^Basic /);
  });

  it('asks for the address that it is told to ask for instead', async () => {
    const answers = [
      pox('<Action>redirectAddr</Action><RedirectAddr>rep@other.example</RedirectAddr>'),
      pox(`<Protocol><Type>EXPR</Type><EwsUrl>${FOUND}</EwsUrl></Protocol>`),
    ];
    const host = await serve((request, response) => {
      if (isJson(request)) response.writeHead(404).end();
      else response.end(answers.shift());
    });
    expect(await discover(host)).to.equal(FOUND);
  });

  it('asks no server of the domain that lies in a private network, and says how it may be', async () => {
    const resolve = () => Promise.resolve([{ address: '10.1.2.3', family: 4 }]);
    const message = await failure(discoverEwsUrl({ address: ADDRESS, namedHosts: [], resolve }));
    expect(message).to.contain('autodiscover.corp.example, which lies in a private network');
    expect(message).to.contain('--autodiscover-host').and.to.contain('--ews-url');
  });

  it('shows the login to no host that another one leads to', async () => {
    const other = await serve((_, response) => response.end(json(FOUND)));
    for (const lead of ['Location', 'RedirectUrl']) {
      const host = await serve((request, response) => {
        if (isJson(request)) response.writeHead(404).end();
        else if (lead === 'Location') response.writeHead(302, { location: `https://${other}/autodiscover/x` }).end();
        else response.end(pox(`<Action>redirectUrl</Action><RedirectUrl>https://${other}/x</RedirectUrl>`));
      });
      expect(await failure(discover(host))).to.contain(`it leads to ${other}`);
    }
    expect(asked.filter(({ host }) => host === other)).to.deep.equal([]);
  });

  it('refuses a document type, an answer longer than 5 MB, and what never ends', async () => {
    const bodies = [`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${pox('&e;')}`, 'x'.repeat(6_000_000), '{'];
    for (const body of bodies) {
      const host = await serve((_, response) => response.end(body));
      await failure(discover(host));
    }
    const looping = await serve(({ url = '' }, response) => response.writeHead(302, { location: url }).end());
    expect(await failure(discover(looping))).to.contain('redirects without end');
    const silent = await serve(() => undefined);
    await failure(discover(silent, { deadlineMs: 100 }));
  });

  describe('follows no address', () => {
    const forms = (port: string): string[] => [
      `http://127.0.0.1:${port}/x`,
      `https://127.0.0.1:${port}/x`,
      `https://127.1:${port}/x`,
      `https://2130706433:${port}/x`,
      `https://0x7f000001:${port}/x`,
      `https://0177.0.0.1:${port}/x`,
      `https://0x7f.0.0.1:${port}/x`,
      `https://localhost:${port}/x`,
      `https://LOCALHOST:${port}/x`,
      `https://localhost.:${port}/x`,
      `https://[::1]:${port}/x`,
      `https://[::ffff:127.0.0.1]:${port}/x`,
      `https://[::ffff:7f00:1]:${port}/x`,
      `https://[0:0:0:0:0:ffff:127.0.0.1]:${port}/x`,
      `https://[64:ff9b::7f00:1]:${port}/x`,
      `https://[2002:7f00:1::]:${port}/x`,
      `https://[fe80::1]:${port}/x`,
      `https://[fd00::1]:${port}/x`,
      `https://0:${port}/x`,
      `https://0.0.0.0:${port}/x`,
      'https://10.0.0.1/x',
      'https://172.16.0.1/x',
      'https://192.168.1.1/x',
      'https://169.254.169.254/latest/meta-data/',
      'http://169.254.169.254/latest/meta-data/',
      'https://[fd00:ec2::254]/latest/meta-data/',
      'https://100.64.0.1/x',
      'https://metadata.google.internal/computeMetadata/v1/',
      'https://private.corp.example/x',
      'https://mapped.corp.example/x',
      'https://mixed.corp.example/x',
      `https://mail.corp.example:${port}/x`,
      `https://mail.corp.example@127.0.0.1:${port}/x`,
      `https://user:pass@mail.corp.example/x`,
      `https://mail.corp.example.evil.example/x`,
      `https://evilcorp.example/x`,
      `https://corp.example.:${port}/x`,
      `//127.0.0.1:${port}/x`,
      `\\\\127.0.0.1:${port}\\x`,
      'file:///etc/passwd',
      'ftp://mail.corp.example/x',
      'gopher://mail.corp.example/x',
      'javascript:alert(1)',
      'data:text/plain,x',
      '',
      'https://',
      'not a url',
    ];
    const NAMES: Readonly<Record<string, readonly string[]>> = {
      'private.corp.example': ['10.0.0.5'],
      'mapped.corp.example': ['::ffff:10.0.0.5'],
      'mixed.corp.example': ['198.51.99.7', '127.0.0.1'],
      'mail.corp.example': ['198.51.99.7'],
      localhost: ['127.0.0.1'],
    };
    const resolve = (host: string) =>
      Promise.resolve((NAMES[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

    it('that a redirect, or an answer, leads to without leave, in whatever form it is written', async () => {
      const forbidden = await serve((_, response) => response.end(json(FOUND)));
      const port = forbidden.split(':')[1]!;
      expect(forms(port)).to.have.length.greaterThan(30);
      let form = '';
      const redirecting = await serve((request, response) => {
        if (isJson(request)) response.writeHead(302, { location: form }).end();
        else response.end(pox(`<Protocol><Type>EXPR</Type><EwsUrl>${form}</EwsUrl></Protocol>`));
      });
      const naming = await serve((_, response) => response.end(json(form)));
      for (form of forms(port)) {
        await failure(discover(redirecting, { resolve }));
        await failure(discover(naming, { resolve }));
      }
      expect(asked.filter(({ host }) => host.endsWith(`:${port}`))).to.deep.equal([]);
    });

    it('at which a name is found only after it was allowed', async () => {
      let times = 0;
      const rebinding = (host: string) => {
        if (host !== 'autodiscover.corp.example') return Promise.resolve([]);
        times += 1;
        return Promise.resolve([{ address: times === 1 ? '198.51.100.1' : '127.0.0.1', family: 4 }]);
      };
      await failure(discoverEwsUrl({ address: ADDRESS, namedHosts: [], resolve: rebinding, deadlineMs: 100 }));
      expect(asked).to.deep.equal([]);
    });
  });
});
