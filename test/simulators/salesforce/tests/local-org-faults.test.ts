import { expect } from 'chai';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import type { Fault } from '../faults.ts';

describe('local org: faults', () => {
  let org: LocalOrg;

  before(async () => {
    org = await startLocalOrg();
  });

  after(() => org.close());

  /** Without jsforce, which tries again by itself. */
  const create = (name: string): Promise<Response> =>
    fetch(`${org.url}/services/data/v67.0/sobjects/Account`, {
      method: 'POST',
      headers: { authorization: `Bearer ${org.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ Name: name }),
    });

  async function count(name: string): Promise<number> {
    const soql = encodeURIComponent(`SELECT COUNT() FROM Account WHERE Name = '${name}'`);
    const answer = await fetch(`${org.url}/services/data/v67.0/query?q=${soql}`, {
      headers: { authorization: `Bearer ${org.accessToken}` },
    });
    return ((await answer.json()) as { totalSize: number }).totalSize;
  }

  async function outcome(fault: Fault, name: string): Promise<string> {
    org.failNext(fault, ({ method }) => method === 'POST');
    const response = await create(name).catch(() => undefined);
    if (response === undefined) return 'no answer';
    const text = await response.text();
    return `${response.status} ${text.startsWith('<') ? 'page' : text.endsWith('}') || text.endsWith(']') ? 'whole' : 'cut'}`;
  }

  const faults: readonly [Fault, string, number][] = [
    [{ kind: 'status', status: 503 }, '503 whole', 0],
    [{ kind: 'login-page' }, '200 page', 0],
    [{ kind: 'expired-session' }, '401 whole', 0],
    [{ kind: 'refused' }, 'no answer', 0],
    [{ kind: 'cut-json' }, '201 cut', 1],
    [{ kind: 'lost-answer' }, 'no answer', 1],
  ];
  for (const [fault, expected, saved] of faults) {
    it(`plays ${fault.kind} once, with ${saved} record saved`, async () => {
      expect(await outcome(fault, fault.kind)).to.equal(expected);
      expect(await count(fault.kind)).to.equal(saved);
      expect((await create(`${fault.kind} again`)).status).to.equal(201);
    });
  }

  it('ends every session at once', async () => {
    const ended = await startLocalOrg();
    try {
      ended.expireSessions();
      const headers = { authorization: `Bearer ${ended.accessToken}` };
      const response = await fetch(`${ended.url}/services/data/v67.0/limits`, { headers });
      expect(response.status).to.equal(401);
    } finally {
      await ended.close();
    }
  });
});
