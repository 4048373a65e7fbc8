import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { faultsOfMatrix } from '../../scripts/faults/inspect-rows.ts';
import { switchOff } from '../../scripts/faults/switch-off.ts';
import type { FaultCase } from './fault-row.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('the matrix of faults', () => {
  it('has a row for every fault, and names only tests, texts and a page that are there', async function () {
    this.timeout(60_000);
    const script = join(ROOT, 'scripts/document-faults.ts');
    const { stderr } = await promisify(execFile)(process.execPath, [script, '--check']).catch(
      (error: unknown) => error as { stderr: string },
    );
    expect(stderr).to.equal('');
  });

  it('names a fault without a row, one with two, and a containment or a test that is not there', async () => {
    const broken: FaultCase = {
      id: 'F41',
      expected: 'Nothing is lost.',
      test: ['faults/fault-matrix.test.ts', 'no such test'],
      containment: { file: 'package.json', find: 'no such text', replace: '' },
    };
    const problems = await faultsOfMatrix([broken, broken], ROOT);
    expect(problems).to.include('F42 has no row');
    expect(problems).to.include('F41 has two rows');
    expect(problems).to.include('F41: package.json has 0 times and not once: no such text');
    expect(problems).to.include('test/faults/fault-matrix.test.ts has no test "no such test"');
  });

  it('switches a containment off by changing the one place where it stands', () => {
    const change = { file: 'a.ts', find: 'if (held) return;', replace: '' };
    expect(switchOff('before if (held) return; after', change)).to.equal('before  after');
    expect(() => switchOff('if (held) return; if (held) return;', change)).to.throw('2 times and not once');
  });
});
