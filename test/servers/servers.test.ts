import { expect } from 'chai';

import { startPostgresql } from './postgresql.ts';
import { requireServer } from './require-server.ts';

describe('the real servers of the tests', () => {
  it('gives each caller an empty PostgreSQL database of its own', async function () {
    requireServer(this, 'postgresql');
    const postgresql = await startPostgresql();
    const [first, second] = [await postgresql.createDatabase(), await postgresql.createDatabase()];
    expect(new URL(first).hostname).to.equal('127.0.0.1');
    expect(first).not.to.equal(second);
  });
});
