import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createFetch } from '../../../connector/src/http/create-fetch.ts';
import { HttpError } from '../../../connector/src/http/http-error.ts';
import { networkFault } from '../../../connector/src/salesforce/network-fault.ts';
import { freePort } from '../../servers/free-port.ts';

const HOST = 'acme.my.salesforce.com';

/** The error of a fetch that failed below with this code. */
function failedFetch(code: string): HttpError {
  const system = Object.assign(new Error(`${code} secret-of-the-request`), { code });
  const cause = new TypeError('fetch failed', { cause: system });
  return new HttpError('network', `The connection to ${HOST} failed: ${code}.`, { cause });
}

describe('a Salesforce that cannot be reached', () => {
  const BY_CODE: Record<string, readonly ['retry' | 'refused', string, string]> = {
    ENOTFOUND: ['retry', 'no host of this name', 'typing error'],
    EAI_AGAIN: ['retry', 'no host of this name', 'DNS'],
    ECONNREFUSED: ['retry', 'refuses the connection', 'firewall'],
    ENETUNREACH: ['retry', 'no way to the host', 'network connection'],
    ETIMEDOUT: ['retry', 'did not answer in time', 'proxy'],
    UND_ERR_CONNECT_TIMEOUT: ['retry', 'did not answer in time', 'proxy'],
    ECONNRESET: ['retry', 'the connection broke', 'status.salesforce.com'],
    CERT_HAS_EXPIRED: ['refused', 'certificate', 'clock'],
    SELF_SIGNED_CERT_IN_CHAIN: ['refused', 'certificate', 'NODE_EXTRA_CA_CERTS'],
    ERR_TLS_CERT_ALTNAME_INVALID: ['refused', 'certificate', 'Setup > My Domain'],
    ERR_SSL_WRONG_VERSION_NUMBER: ['refused', 'does not speak TLS', 'https'],
    CODE_OF_A_LATER_RELEASE: ['retry', 'the connection broke', 'repeated'],
  };
  for (const [code, [retry, words, advice]] of Object.entries(BY_CODE)) {
    it(`is worded by its cause ${code}, with what to do`, () => {
      const fault = networkFault(failedFetch(code), HOST);
      expect(fault.code).to.equal(retry);
      expect(fault.message).to.include(HOST).and.include(words).and.include(code);
      expect(fault.actions.join(' ')).to.include(advice);
      expect(`${fault.message} ${fault.actions.join(' ')}`).not.to.include('secret');
    });
  }

  it('is worded by what our own limits found', () => {
    const faults = (['deadline', 'too_large', 'redirect', 'host_refused'] as const).map((code) =>
      networkFault(new HttpError(code, `what happened: ${code}.`), HOST),
    );
    expect(faults.map(({ code }) => code)).to.deep.equal(['retry', 'retry', 'retry', 'refused']);
    for (const fault of faults) {
      expect(fault.message).to.include('what happened');
      expect(fault.actions).not.to.deep.equal([]);
    }
  });

  it('ends with causes that name each other in a circle', () => {
    const one = new Error('one');
    one.cause = new Error('two', { cause: one });
    expect(networkFault(one, HOST).message).to.include('the connection broke');
  });

  describe('by a real connection', () => {
    let server: Server;
    let host: string;
    before(async () => {
      server = createServer((_request, response) => response.end());
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => server.close());

    const failure = async (url: string): Promise<Error> => {
      const allowedHosts = [new URL(url).host];
      const bounded = createFetch({ allowedHosts, maxBytes: 1000, deadlineMs: 5000 });
      const error: unknown = await bounded(url).catch((thrown: unknown) => thrown);
      return networkFault(error, allowedHosts[0] ?? '');
    };

    it('tells a port where nobody listens', async () => {
      expect((await failure(`http://127.0.0.1:${await freePort()}/`)).message).to.include('ECONNREFUSED');
    });

    it('tells a port that speaks no TLS', async () => {
      expect((await failure(`https://${host}/`)).message).to.include('does not speak TLS');
    });
  });
});
