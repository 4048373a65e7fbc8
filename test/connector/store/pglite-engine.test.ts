import { expect } from 'chai';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openPgliteEngine } from '../../../connector/src/store/pglite-engine.ts';

describe('Postgres in this process', function () {
  this.timeout(120_000);

  it('is abandoned once: what has its descriptors afterwards keeps them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'engine-'));
    const engine = await openPgliteEngine(join(folder, 'postgres'));
    engine.abandon();
    const others = Array.from({ length: 50 }, () => openSync('/dev/null', 'r'));
    engine.abandon();
    for (const descriptor of others) {
      expect(fstatSync(descriptor).isCharacterDevice()).to.equal(true);
      closeSync(descriptor);
    }
    await rm(folder, { recursive: true });
  });
});
